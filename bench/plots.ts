import type { Plot, PlotRow } from "./plot.ts";
import type { Column, Row } from "./result.ts";
import { EXECUTORS_TABLE } from "./suites/compiled-names.ts";
import { MEAN } from "./suites/means.ts";
import type { Results } from "./targets.ts";

const OURS = ["machine", "jit", "aot"];

/** Each executor's kernels on the scale of engine Wasm; undefined without results. */
export function executorsPlot(results: Results): Plot | undefined {
  const table = results("compiled")?.tables.find(({ title }) => title === EXECUTORS_TABLE);
  const means = table?.rows.find(({ name }) => name === MEAN);
  if (table === undefined || means === undefined) return undefined;
  const kernels = table.rows.filter(({ name }) => /^\w+ \((i32|i64|call|f64|memory)\)$/.test(name));
  const row = ({ id, title }: Column): PlotRow[] => {
    const mean = means.cells[id]?.median;
    if (mean === undefined) return [];
    const values = kernels.flatMap(({ cells }) => cells[id]?.median ?? []);
    return [{ name: title, values, mean, ours: OURS.includes(id) }];
  };
  const rows = table.columns.filter(({ unit }) => unit === "ratio").flatMap(row);
  return {
    title: "Kernels by executor",
    note: "Time to that of V8's optimised Wasm, less is better. Small dots: kernels. Large: their geometric mean.",
    rows: rows.sort((a, b) => a.mean - b.mean),
  };
}

const REAL_WORK: readonly (readonly [name: string, suite: string, row: string])[] = [
  ["metadata, first: engine", "metadata", "first call"],
  ["metadata, steady: engine", "metadata", "steady"],
  ["block, cold: engine", "block", "cold"],
  ["block, warm: engine", "block", "warm"],
  ["metadata, first: smoldot", "smoldot", "Metadata of Polkadot 9400, cold"],
  ["metadata, again: smoldot", "smoldot", "Metadata of Polkadot 9400, warm"],
  ["block, cold: smoldot", "smoldot", "Polkadot 1, cold"],
  ["block, warm: smoldot", "smoldot", "Polkadot 1, warm"],
];

/** The machine's time on real work, to two peers; undefined without results. */
export function realWorkPlot(results: Results): Plot | undefined {
  const rows = REAL_WORK.flatMap(([name, suite, wanted]): PlotRow[] => {
    const found: Row | undefined = results(suite)
      ?.tables.flatMap((table) => table.rows)
      .find((row) => row.name === wanted);
    const ratio = found?.cells["ratio"];
    if (ratio === undefined) return [];
    return [{ name, values: [ratio.low, ratio.high], mean: ratio.median, ours: true }];
  });
  if (rows.length === 0) return undefined;
  return {
    title: "Real work on the machine",
    note: "Time to that of engine Wasm, and to smoldot's executor; less is better. Small dots: fastest and slowest round.",
    rows,
  };
}
