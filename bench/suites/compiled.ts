import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { interleaved } from "../interleave.ts";
import { COREMARK_NEEDS, coreMark, HELD_OUT, KERNELS, type Kernel } from "../kernels/table.ts";
import { elsewhere, OUTSIDERS, type Outsider } from "../peers/native.ts";
import { hasTranslators, TRANSLATORS_NEED } from "../peers/translators.ts";
import type { Column, Findings, Row, Table } from "../result.ts";
import { type Estimate, estimate, geomeanByRound, ratios } from "../statistics.ts";
import { EXECUTORS_TABLE, JITLESS_TABLE } from "./compiled-names.ts";
import { executorsOf } from "./executors.ts";
import { MEAN, meanRows, rowName } from "./means.ts";
import { MACHINE_WARM_UP, type Suite, warmUp } from "./suite.ts";

const SAMPLING = { rounds: 5, seconds: 0.06 };
const WARM_UP_SECONDS = 0.2;
const CHILD = fileURLToPath(new URL("../jitless-child.js", import.meta.url));

/** Everything that runs kernels, beside the engine's Wasm. */
const RATIOS: readonly Column[] = [
  { id: "machine", title: "the machine", unit: "ratio", better: "lower" },
  { id: "jit", title: "lockstep/jit", unit: "ratio", better: "lower" },
  { id: "aot", title: "lockstep/aot", unit: "ratio", better: "lower" },
  { id: "polywasm", title: "polywasm", unit: "ratio" },
  { id: "wasm2js", title: "wasm2js -O", unit: "ratio" },
  { id: "liftoff", title: "V8 baseline only", unit: "ratio" },
  { id: "wasm3", title: "native wasm3", unit: "ratio" },
  { id: "interp", title: "native wasm-interp", unit: "ratio" },
  { id: "engine", title: "engine Wasm", unit: "ms" },
];

export const compiled: Suite = {
  name: "compiled",
  summary: "the kernels by every executor and peer, beside engine Wasm; and without a JIT",
  async run(): Promise<Findings> {
    const outsiders = OUTSIDERS.filter(({ isHere }) => isHere());
    const missing = OUTSIDERS.filter((outsider) => !outsiders.includes(outsider)).map(({ needs }) => needs);
    if (!hasTranslators()) missing.push(TRANSLATORS_NEED);
    if (coreMark() === undefined) missing.push(COREMARK_NEEDS);
    const tables = [await besideEngine(outsiders), withoutJit()];
    return { tables, skipped: missing.map((what) => `peers: need ${what}`) };
  },
};

async function besideEngine(outsiders: readonly Outsider[]): Promise<Table> {
  const rows: Row[] = [];
  const all = new Map<Kernel, Map<string, readonly number[]>>();
  for (const kernel of [...KERNELS, ...HELD_OUT, ...[coreMark() ?? []].flat()]) {
    const cases = await executorsOf(kernel);
    for (const { name, run } of cases) warmUp(run, name === "machine" ? MACHINE_WARM_UP : WARM_UP_SECONDS);
    const times = await interleaved(kernel.name, cases, SAMPLING, elsewhere(kernel, outsiders));
    const engine = times.get("engine")!;
    const cells: Record<string, Estimate> = { engine: estimate(engine) };
    const found = new Map<string, readonly number[]>();
    for (const [id, time] of times) {
      if (id === "engine") continue;
      found.set(id, ratios(time, engine));
      cells[id] = estimate(found.get(id)!);
    }
    all.set(kernel, found);
    rows.push({ name: rowName(kernel), cells });
  }
  const note =
    "Time of one iteration to that of the engine's optimised Wasm, warm, in turn. Lockstep counts gas, bounds the stack " +
    "and traps at the end of memory; polywasm and wasm2js do neither. Where those have no figure they gave a wrong " +
    "result. The last three run in processes of their own, whose start does not count: they take the time of the calls " +
    "themselves, but for wasm-interp, of which a process that calls nothing is taken off.";
  return { title: EXECUTORS_TABLE, note, columns: RATIOS, rows: [...rows, ...meanRows(all)] };
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
  rows.push({ name: MEAN, cells: { ratio: mean } });
  return {
    title: JITLESS_TABLE,
    note: "node --jitless: code compiled before, beside the machine, on small arguments.",
    columns: [
      { id: "ratio", title: "aot to machine", unit: "ratio", better: "lower" },
      { id: "aot", title: "lockstep/aot", unit: "ms", better: "lower" },
      { id: "machine", title: "the machine", unit: "ms", better: "lower" },
    ],
    rows,
  };
}
