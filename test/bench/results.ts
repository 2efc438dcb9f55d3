import type { Column, MachineInfo, Result, Row } from "../../bench/result.ts";

export const MACHINE: MachineInfo = {
  cpu: "abacus",
  cores: 2,
  memory: 4,
  platform: "linux x64",
  node: "20.0.0",
  v8: "11.0",
};

export const COLUMNS: readonly Column[] = [
  { id: "ratio", title: "ratio", unit: "ratio", better: "lower" },
  { id: "rate", title: "rate", unit: "MB/s", better: "higher" },
  { id: "peer", title: "peer", unit: "ms" },
];

/** A result with one table of the given rows. */
export function resultOf(rows: readonly Row[], machine: MachineInfo = MACHINE): Result {
  return {
    format: 1,
    suite: "sums",
    date: "2030-01-02T03:04:05.678Z",
    commit: "abc1234",
    machine,
    load: 0.25,
    tables: [{ title: "Sums", note: "Two and two.", columns: COLUMNS, rows }],
    skipped: ["products: no table"],
  };
}

/** A row whose three cells have these values, each with a noise of 1 %. */
export function rowOf(name: string, ...values: number[]): Row {
  const cells = values.map((value, i) => {
    return [COLUMNS[i]!.id, { median: value, low: value * 0.99, high: value * 1.01 }] as const;
  });
  return { name, cells: Object.fromEntries(cells) };
}
