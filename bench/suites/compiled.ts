import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type AotModule, aot, compileModule } from "../../src/aot/index.ts";
import { load } from "../../src/decoder/index.ts";
import { type ExecutorFactory, ImportMap, instantiate, Store } from "../../src/interp/index.ts";
import { jit } from "../../src/jit/index.ts";
import { type EngineFunction, engineWasm } from "../engine/wasm-api.ts";
import { interleaved } from "../interleave.ts";
import { KERNELS, type Kernel, kernelBytes } from "../kernels/table.ts";
import { hasTranslators, onPolywasm, onWasm2js, TRANSLATORS_NEED } from "../peers/translators.ts";
import type { Column, Findings, Row, Table } from "../result.ts";
import { type Estimate, estimate, geomeanByRound, ratios } from "../statistics.ts";
import { AMPLE_GAS, check } from "./kernels.ts";
import { type Suite, warmUp } from "./suite.ts";

const SAMPLING = { rounds: 5, seconds: 0.06 };
const WARM_UP_SECONDS = 0.3;
const CHILD = fileURLToPath(new URL("../jitless-child.js", import.meta.url));

/** Everything that runs kernels, and how it is measured: beside the engine's Wasm. */
const RATIOS: readonly (Column & { readonly id: string })[] = [
  { id: "jit", title: "lockstep/jit", unit: "ratio", better: "lower" },
  { id: "aot", title: "lockstep/aot", unit: "ratio", better: "lower" },
  { id: "machine", title: "the machine", unit: "ratio", better: "lower" },
  { id: "polywasm", title: "polywasm", unit: "ratio" },
  { id: "wasm2js", title: "wasm2js -O", unit: "ratio" },
];

export const compiled: Suite = {
  name: "compiled",
  summary: "the kernels on generated code, beside engine Wasm and other translators; and without a JIT",
  async run(): Promise<Findings> {
    const skipped = hasTranslators() ? [] : [`other translators: need ${TRANSLATORS_NEED}`];
    return { tables: [await besideEngine(), withoutJit()], skipped };
  },
};

async function besideEngine(): Promise<Table> {
  const rows: Row[] = [];
  const all = new Map<string, (readonly number[])[]>();
  for (const kernel of KERNELS) {
    const runs = await subjects(kernel);
    for (const run of runs.values()) warmUp(run, WARM_UP_SECONDS);
    const cases = [...runs].map(([name, run]) => ({ name, run }));
    const times = await interleaved(kernel.name, cases, SAMPLING);
    const cells: Record<string, Estimate> = {};
    for (const { id } of RATIOS) {
      const time = times.get(id);
      if (time === undefined) continue;
      const ratio = ratios(time, times.get("engine")!);
      cells[id] = estimate(ratio);
      all.set(id, [...(all.get(id) ?? []), ratio]);
    }
    rows.push({ name: `${kernel.name} (${kernel.class})`, cells });
  }
  const means = [...all].map(([id, found]) => [id, estimate(geomeanByRound(found))] as const);
  rows.push({ name: "geometric mean", cells: Object.fromEntries(means) });
  const note =
    "Time of one iteration to that of the engine's optimised Wasm, warm, all in one process and in turn. Lockstep " +
    "counts gas, bounds the stack and traps at the end of memory; the others do not. Those without a figure gave a " +
    "wrong result.";
  return { title: "Kernels on generated code", note, columns: RATIOS, rows };
}

/** Whatever gives the right result. */
async function subjects(kernel: Kernel): Promise<Map<string, () => unknown>> {
  const wasm = engineWasm();
  const engine = new wasm.Instance(new wasm.Module(kernelBytes(kernel))).exports["run"] as EngineFunction;
  const runs = new Map<string, () => unknown>([["engine", () => engine(kernel.argument)]]);
  runs.set("jit", onLockstep(kernel, jit()));
  runs.set("aot", onLockstep(kernel, aot(await compiledKernel(kernel))));
  runs.set("machine", onLockstep(kernel));
  if (!hasTranslators()) return runs;
  for (const [name, make] of [
    ["polywasm", onPolywasm],
    ["wasm2js", onWasm2js],
  ] as const) {
    const run = await make(kernel);
    if (run(kernel.argument) === kernel.result) runs.set(name, () => run(kernel.argument));
  }
  return runs;
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

/** The kernel as `lockstep compile` writes it, imported. */
export async function compiledKernel(kernel: Kernel): Promise<AotModule> {
  const [file] = compileModule(load(kernelBytes(kernel)), `${kernel.name}.mjs`).files;
  return (await import(`data:text/javascript,${encodeURIComponent(file!.source)}`)) as AotModule;
}

/** Machine and generated code in a process of their own, as the engine's own Wasm needs a JIT. */
function withoutJit(): Table {
  const { stdout, status, stderr } = spawnSync(process.execPath, ["--jitless", CHILD], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the process without a JIT failed: ${stderr}`);
  const found = JSON.parse(stdout) as readonly {
    readonly name: string;
    readonly machine: number[];
    readonly aot: number[];
  }[];
  const rows = found.map(
    ({ name, machine, aot }): Row => ({
      name,
      cells: { ratio: estimate(ratios(aot, machine)), aot: estimate(aot), machine: estimate(machine) },
    }),
  );
  const mean = estimate(geomeanByRound(found.map(({ machine, aot }) => ratios(aot, machine))));
  rows.push({ name: "geometric mean", cells: { ratio: mean } });
  return {
    title: "Without a JIT",
    note: "node --jitless: code compiled before, beside the machine, on small arguments.",
    columns: [
      { id: "ratio", title: "aot to machine", unit: "ratio", better: "lower" },
      { id: "aot", title: "lockstep/aot", unit: "ms", better: "lower" },
      { id: "machine", title: "the machine", unit: "ms", better: "lower" },
    ],
    rows,
  };
}
