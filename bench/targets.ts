import { digits } from "./render.ts";
import type { Result, Table } from "./result.ts";
import { geomean } from "./statistics.ts";
import { EXECUTORS_TABLE, JITLESS_TABLE } from "./suites/compiled-names.ts";
import { MEAN, MEAN_HELD_OUT, MEAN_WITHOUT_MEMOPS } from "./suites/means.ts";

/** A goal that was set before any of this was written, as a figure of the saved results. */
interface Target {
  readonly what: string;
  /** At most, or at least, so much. */
  readonly limit: number;
  readonly better: "lower" | "higher";
  /** What keeps the figure from the goal, and what would help: shown where the goal is missed. */
  readonly bound: string;
  /** In words, where the figure alone would not say it. */
  readonly unit?: string;
  /** @returns undefined if the results lack it */
  readonly reached: (results: Results) => number | undefined;
}

/** The saved result of a suite, if there is one. */
export type Results = (suite: string) => Result | undefined;

const DISPATCH =
  "ten cycles an instruction, most of them to get to the next: three taken branches, one of them indirect, and values through memory; chains spare a quarter; native wasm3, which keeps values in registers, is where the target is";
const HALVES =
  "rotations and sums of 64 bits by 32-bit halves: as BigInts, which win where there are products, each goes through memory; 64-bit integers in JavaScript would help";
const BLOCKS =
  "a block's gas is three operations; 0.996 before chains took a fifth of everything else away; charging for several blocks at once would help";
const ENTRIES =
  "V8 enters a function of few long calls in the middle of a loop and keeps floats as objects there for its first hundreds of calls; shorter code would be compiled as a whole sooner";
const CALLS =
  "gas is charged and looked at in each call and after it, a quarter of a small recursive function's time, and in each round of a loop, which costs next to nothing";
const BYTECODES =
  "an interpreter's time is the number of bytecodes, which pairs of halves and checks at calls multiply; typed arrays instead of a DataView, and Math.imul as a constant, took as long";

const TARGETS: readonly Target[] = [
  atMost(
    "machine: kernels without memops",
    9,
    (r) => kernelMean(r, MEAN_WITHOUT_MEMOPS, "machine"),
    DISPATCH,
  ),
  atMost("machine: kernels held out", 9, (r) => kernelMean(r, MEAN_HELD_OUT, "machine"), DISPATCH),
  atMost("machine: all 13 kernels", 6, (r) => kernelMean(r, MEAN, "machine"), DISPATCH),
  atMost("jit: all 13 kernels", 2, (r) => kernelMean(r, MEAN, "jit"), HALVES),
  atMost("jit: its slowest kernel", 4.5, (r) => largest(perKernel(r, (row) => row["jit"])), HALVES),
  atLeast(
    "jit: times faster than polywasm, overall",
    3.5,
    (r) => {
      const found = besidePolywasm(r);
      return found.length === 0 ? undefined : 1 / geomean(found);
    },
    { bound: ENTRIES },
  ),
  atMost("jit: time to polywasm's on its worst kernel", 1.1, (r) => largest(besidePolywasm(r)), ENTRIES),
  atLeast(
    "aot without a JIT: times faster than the machine",
    10,
    (r) => {
      const ratio = cell(r("compiled"), JITLESS_TABLE, MEAN, "ratio");
      return ratio === undefined ? undefined : 1 / ratio;
    },
    { bound: BYTECODES },
  ),
  atMost("metadata, first call, to smoldot's executor", 0.81, (r) =>
    cell(r("smoldot"), SMOLDOT, "Metadata of Polkadot 9400, cold", "ratio"),
  ),
  atMost("metadata, steady, to engine Wasm", 6.5, (r) =>
    cell(r("metadata"), "Metadata of Polkadot 9400", "steady", "ratio"),
  ),
  atMost("blocks, cold, to smoldot's executor (the worst)", 1, (r) => worstBlock(r, "cold")),
  atMost("blocks, warm, to smoldot's executor (the worst)", 0.3, (r) => worstBlock(r, "warm")),
  atMost("resident memory of the first metadata, to engine Wasm", 1.3, (r) =>
    cell(r("metadata"), "Memory of that first call", "peak", "ratio"),
  ),
  atMost("counting gas: the machine, to itself without", 1.03, (r) => metering(r, "machine"), BLOCKS),
  atMost("counting gas: generated code, to itself without", 1.1, (r) => metering(r, "generated"), CALLS),
  atLeast("decoding and validating, the slowest runtime", 60, (r) => slowestDecoding(r), { unit: "MB/s" }),
];

function atMost(what: string, limit: number, reached: Target["reached"], bound = ""): Target {
  return { what, limit, better: "lower", reached, bound };
}
function atLeast(
  what: string,
  limit: number,
  reached: Target["reached"],
  words: Partial<Pick<Target, "unit" | "bound">>,
): Target {
  return { what, limit, better: "higher", reached, bound: "", ...words };
}

/** The goals as a table in Markdown: each with what the results reach. */
export function renderTargets(results: Results): string {
  const lines = TARGETS.map(({ what, limit, better, unit, reached, bound }) => {
    const value = reached(results);
    const word = unit === undefined ? "" : ` ${unit}`;
    const goal = `${better === "lower" ? "≤" : "≥"} ${limit}${word}`;
    if (value === undefined) return `| ${what} | ${goal} | | not measured |`;
    const met = better === "lower" ? value <= limit : value >= limit;
    const missed = bound === "" ? "missed" : `missed: ${bound}`;
    return `| ${what} | ${goal} | **${digits(value)}**${word} | ${met ? "met" : missed} |`;
  });
  return ["| what | target | reached | |", "|---|--:|--:|---|", ...lines].join("\n");
}

/** The suites whose results the goals are judged by. */
export function targetSuites(): string[] {
  const asked = new Set<string>();
  for (const { reached } of TARGETS) {
    reached((suite) => {
      asked.add(suite);
      return undefined;
    });
  }
  return [...asked];
}

const SMOLDOT = "Beside smoldot's executor";

const tableOf = (result: Result | undefined, title: string): Table | undefined =>
  result?.tables.find((table) => table.title === title);

function cell(result: Result | undefined, title: string, row: string, column: string): number | undefined {
  return tableOf(result, title)?.rows.find(({ name }) => name === row)?.cells[column]?.median;
}

const kernelMean = (results: Results, mean: string, executor: string): number | undefined =>
  cell(results("compiled"), EXECUTORS_TABLE, mean, executor);

/** Something of each of the 13 kernels that has it. */
function perKernel(
  results: Results,
  of: (medians: Readonly<Record<string, number>>) => number | undefined,
): number[] {
  const rows = tableOf(results("compiled"), EXECUTORS_TABLE)?.rows ?? [];
  return rows
    .filter(({ name }) => /^\w+ \((i32|i64|call|f64|memory)\)$/.test(name))
    .flatMap(({ cells }) => {
      const medians = Object.fromEntries(Object.entries(cells).map(([id, { median }]) => [id, median]));
      return of(medians) ?? [];
    });
}

const besidePolywasm = (results: Results): number[] =>
  perKernel(results, (row) => (row["polywasm"] === undefined ? undefined : row["jit"]! / row["polywasm"]));

function worstBlock(results: Results, state: "cold" | "warm"): number | undefined {
  const rows = tableOf(results("smoldot"), SMOLDOT)?.rows ?? [];
  const blocks = rows.filter(({ name }) => name.endsWith(`, ${state}`) && !name.startsWith("Metadata"));
  return largest(blocks.map(({ cells }) => cells["ratio"]!.median));
}

const metering = (results: Results, executor: string): number | undefined =>
  cell(results("metering"), "What counting gas costs", MEAN_WITHOUT_MEMOPS, executor);

function slowestDecoding(results: Results): number | undefined {
  const rows = tableOf(results("decode"), "Decoding and validating")?.rows ?? [];
  return rows.length === 0 ? undefined : Math.min(...rows.map(({ cells }) => cells["both"]!.median));
}

const largest = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : Math.max(...values);
