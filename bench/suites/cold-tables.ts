import { type ColdRun, type Side, totalOf } from "../cold.ts";
import { PART_NAMES } from "../profile.ts";
import type { Column, Row, Table } from "../result.ts";
import { estimate } from "../statistics.ts";
import { comparison, ENGINE, OURS, RATIO } from "./suite.ts";

type Runs = Readonly<Record<Side, readonly ColdRun[]>>;

const row = (name: string, { lockstep, engine }: Runs, of: (run: ColdRun) => number): Row =>
  comparison(name, { lockstep: lockstep.map(of), engine: engine.map(of) });

/** One row for the whole and one for each of its steps. */
export function coldRows(runs: Runs, whole: string): Row[] {
  const steps = Object.keys(runs.lockstep[0]!.steps);
  return [
    row(whole, runs, totalOf),
    ...steps.map((step) => row(`${whole}: ${step}`, runs, (run) => run.steps[step]!)),
  ];
}

const MEMORY_COLUMNS: readonly Column[] = [RATIO, { ...OURS, unit: "MB" }, { ...ENGINE, unit: "MB" }];

/** Peak resident set of the processes of `coldRounds`. */
export function peakTable(title: string, runs: Runs): Table {
  return {
    title,
    note: "Resident set of the process: its peak, and by how much the measured steps raised it.",
    columns: MEMORY_COLUMNS,
    rows: [row("peak", runs, ({ peak }) => peak), row("raised by", runs, ({ growth }) => growth)],
  };
}

const PART_COLUMNS: readonly Column[] = [
  { id: "share", title: "share", unit: "share" },
  { id: "time", title: "time", unit: "ms" },
];

/** Where profiled runs spent their time. Sampling slows them down, so the shares count, not the times. */
export function partsTable(title: string, runs: readonly Readonly<Record<string, number>>[]): Table {
  const totals = runs.map((parts) => Object.values(parts).reduce((sum, ms) => sum + ms, 0));
  const rows = PART_NAMES.map((part): Row => {
    const time = runs.map((parts) => parts[part] ?? 0);
    const share = time.map((ms, i) => (100 * ms) / totals[i]!);
    return { name: part, cells: { share: estimate(share), time: estimate(time) } };
  })
    .filter(({ cells }) => cells["share"]!.median > 0)
    .sort((a, b) => b.cells["share"]!.median - a.cells["share"]!.median);
  return {
    title,
    note: "By a sampling profiler, which slows everything down: the shares count, not the times.",
    columns: PART_COLUMNS,
    rows,
  };
}
