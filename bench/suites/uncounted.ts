import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { aot } from "../../src/aot/index.ts";
import type { load } from "../../src/decoder/index.ts";
import type { ImportMap, Instance, instantiate, Store } from "../../src/interp/index.ts";
import { chainFrom } from "../../src/interp/machine/chains.ts";
import { type Kernel, kernelBytes } from "../kernels/table.ts";
import { BUILT_PEERS } from "../paths.ts";
import { compiledSource, importedSource, onLockstep } from "./executors.ts";
import { AMPLE_GAS, check, kernelInstance } from "./kernels.ts";

/*
 * Lockstep without counting gas, which it does not offer: the text of the machine's loop and of generated code with what
 * counts taken out. That a kernel ends, and with its result, is checked; that nothing is left that counts too.
 */

/** Generated code that charges nothing and asks for no gas; it still looks at its depth, and passes what it has on. */
export function uncountedSource(source: string): string {
  const text = source
    .replace(/\bg = g - \d+ \| 0;/g, "")
    .replace(/\(g - \d+ \| (\(x & 255\) - 1)\) < 0/g, "$1 < 0")
    .replace(/\bif \(g < \d+\)/g, "if (false)");
  if (text === source || /\bg [-<] \d/.test(text))
    throw new Error("generated code counts gas in another form");
  return text;
}

/** The machine's loop, likewise. */
export function uncountedLoop(source: string): string {
  const text = source
    .replace(/\bgas = gas - code\[\w+\] \| 0;/g, "")
    .replace(/\bif \(gas < 0\) \{[^{}]*\}/g, "");
  if (text === source || /gas - code|gas < 0/.test(text))
    throw new Error("the machine counts gas in another form");
  return text;
}

export async function uncountedGenerated(kernel: Kernel): Promise<() => unknown> {
  return onLockstep(kernel, aot(await importedSource(uncountedSource(compiledSource(kernel)))));
}

interface Interpreter {
  readonly load: typeof load;
  readonly instantiate: typeof instantiate;
  readonly Store: typeof Store;
  readonly ImportMap: typeof ImportMap;
}

/** The machine as it is, its code chained at once: where nothing counts it never would be. */
export function countedMachine(kernel: Kernel): () => unknown {
  return chained(kernel, "the machine", kernelInstance(kernel, AMPLE_GAS), chainFrom);
}

function chained(kernel: Kernel, side: string, instance: Instance, chain: typeof chainFrom): () => unknown {
  check(kernel, side, instance.call("run", kernel.argument));
  chain(instance.code, 0);
  return () => instance.call("run", kernel.argument);
}

/** The same of a second build of Lockstep beside this one. */
export async function uncountedMachine(): Promise<(kernel: Kernel) => () => unknown> {
  const folder = new URL("uncounted/", BUILT_PEERS);
  rmSync(folder, { recursive: true, force: true });
  cpSync(new URL("../../src/", import.meta.url), folder, { recursive: true });
  for (const file of ["loop.js", "loop-chained.js"]) {
    const loop = new URL(`interp/machine/${file}`, folder);
    writeFileSync(loop, uncountedLoop(readFileSync(loop, "utf8")));
  }
  const other = (await import(new URL("index.js", folder).href)) as Interpreter;
  const chains = (await import(new URL("interp/machine/chains.js", folder).href)) as {
    chainFrom: typeof chainFrom;
  };
  return (kernel) => {
    const instance = other.instantiate(
      new other.Store(),
      other.load(kernelBytes(kernel)),
      new other.ImportMap(),
    );
    return chained(kernel, "the machine without gas", instance, chains.chainFrom);
  };
}
