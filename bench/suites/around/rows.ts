import { interleaved, type Sampling } from "../../interleave.ts";
import type { Column, Row, Table } from "../../result.ts";
import { estimate, ratios } from "../../statistics.ts";
import { RATIO, warmUp } from "../suite.ts";

const SAMPLING: Sampling = { rounds: 5, seconds: 0.1 };
/** Seconds for each side. */
const WARM_UP = 0.3;

/** One row: the same done by Lockstep and by what it is held against. */
export interface Pair {
  readonly name: string;
  readonly ours: () => unknown;
  readonly peer: () => unknown;
}

/** Ratio and times of both sides, the peer under a title of its own. */
export function pairColumns(peer: string): readonly Column[] {
  return [
    RATIO,
    { id: "lockstep", title: "Lockstep", unit: "ms", better: "lower" },
    { id: "peer", title: peer, unit: "ms" },
  ];
}

/** A table of pairs, all of them warmed up before the first is timed: shared code has seen then what it will see. */
export async function pairTable(
  { title, note, peer }: { readonly title: string; readonly note: string; readonly peer: string },
  pairs: readonly Pair[],
): Promise<Table> {
  for (const { ours, peer } of pairs) for (const run of [ours, peer]) warmUp(run, WARM_UP);
  const rows: Row[] = [];
  for (const { name, ours, peer } of pairs) {
    const cases = [
      { name: "lockstep", run: ours },
      { name: "peer", run: peer },
    ];
    const times = await interleaved(`${title}: ${name}`, cases, SAMPLING);
    const [lockstep, other] = [times.get("lockstep")!, times.get("peer")!];
    const ratio = estimate(ratios(lockstep, other));
    rows.push({ name, cells: { ratio, lockstep: estimate(lockstep), peer: estimate(other) } });
  }
  return { title, note, columns: pairColumns(peer), rows };
}
