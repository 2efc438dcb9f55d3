import { type AotModule, aot, compileModule } from "../../src/aot/index.ts";
import { load } from "../../src/decoder/index.ts";
import { type ExecutorFactory, ImportMap, instantiate, Store } from "../../src/interp/index.ts";
import { jit } from "../../src/jit/index.ts";
import { type EngineFunction, engineWasm } from "../engine/wasm-api.ts";
import type { Case } from "../interleave.ts";
import { type Kernel, kernelBytes } from "../kernels/table.ts";
import { hasTranslators, onPolywasm, onWasm2js } from "../peers/translators.ts";
import { AMPLE_GAS, check } from "./kernels.ts";

/** Whatever runs the kernel in this process and gives the right result; the engine's Wasm comes first. */
export async function executorsOf(kernel: Kernel): Promise<Case[]> {
  const wasm = engineWasm();
  const engine = new wasm.Instance(new wasm.Module(kernelBytes(kernel))).exports["run"] as EngineFunction;
  check(kernel, "engine Wasm", engine(kernel.argument));
  const ours: Case[] = [
    { name: "engine", run: () => engine(kernel.argument) },
    { name: "jit", run: onLockstep(kernel, jit()) },
    { name: "aot", run: onLockstep(kernel, aot(await compiledKernel(kernel))) },
    { name: "machine", run: onLockstep(kernel) },
  ];
  if (!hasTranslators()) return ours;
  const translators = { polywasm: await onPolywasm(kernel), wasm2js: await onWasm2js(kernel) };
  const right = Object.entries(translators).filter(([, run]) => run(kernel.argument) === kernel.result);
  return [...ours, ...right.map(([name, run]) => ({ name, run: () => run(kernel.argument) }))];
}

export function onLockstep(kernel: Kernel, executor?: ExecutorFactory): () => unknown {
  const store = new Store({ gasLimit: AMPLE_GAS, ...(executor && { executor }) });
  const instance = instantiate(store, load(kernelBytes(kernel)), new ImportMap());
  const result = instance.call("run", kernel.argument);
  // The result is known for the kernel's own argument only.
  if (!Number.isNaN(kernel.result))
    check(kernel, executor === undefined ? "the machine" : "generated code", result);
  return () => instance.call("run", kernel.argument);
}

/** The kernel as `lockstep compile` writes it. */
export function compiledSource(kernel: Kernel): string {
  const [file] = compileModule(load(kernelBytes(kernel)), `${kernel.name}.mjs`).files;
  return file!.source;
}

export async function compiledKernel(kernel: Kernel): Promise<AotModule> {
  return importedSource(compiledSource(kernel));
}

export async function importedSource(source: string): Promise<AotModule> {
  return (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as AotModule;
}
