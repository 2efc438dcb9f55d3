import type { Sum } from "./loop.ts";

/** More terms than any address in a loop of real code has; a bound makes adding take constant time. */
const MAX_TERMS = 4;

export function constantSum(constant: number): Sum {
  return { kind: "sum", lanes: [], factors: [], constant };
}

export function laneSum(lane: number): Sum {
  return { kind: "sum", lanes: [lane], factors: [1], constant: 0 };
}

/** `a + factor * b`; undefined if it has too many terms. */
export function addScaled(a: Sum, b: Sum, factor: number): Sum | undefined {
  const lanes: number[] = [];
  const factors: number[] = [];
  let i = 0;
  let k = 0;
  while (i < a.lanes.length || k < b.lanes.length) {
    const fromA = a.lanes[i] ?? Number.POSITIVE_INFINITY;
    const fromB = b.lanes[k] ?? Number.POSITIVE_INFINITY;
    let total = 0;
    if (fromA <= fromB) total = a.factors[i++]!;
    if (fromB <= fromA) total = (total + Math.imul(b.factors[k++]!, factor)) | 0;
    if (total === 0) continue;
    lanes.push(Math.min(fromA, fromB));
    factors.push(total);
  }
  if (lanes.length > MAX_TERMS) return undefined;
  return { kind: "sum", lanes, factors, constant: (a.constant + Math.imul(b.constant, factor)) | 0 };
}

/** Whether two sums differ by a constant only. */
export function haveSameTerms(a: Sum, b: Sum): boolean {
  return (
    a.lanes.length === b.lanes.length &&
    a.lanes.every((lane, i) => lane === b.lanes[i] && a.factors[i] === b.factors[i])
  );
}
