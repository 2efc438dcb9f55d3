import type { Repetition } from "./loop.ts";
import { addScaled } from "./sum.ts";

/** Fewer take the loop less time than leaving it does. */
const WORTHWHILE_ITERATIONS = 16;

/**
 * The operands of `bulk` behind its number, `k a b plus m`: a loop that is nearer to its end than `m` is not worth running in
 * bulk. It may err, as it does not look at signs: how often a loop goes round is found out by `machine/bulk.ts`.
 */
export function testOf({ moving, limit, step }: Repetition): readonly number[] {
  const distance = addScaled(moving, limit, -1);
  const worthwhile = WORTHWHILE_ITERATIONS * Math.abs(step);
  const [first, second = 0, ...rest] = distance?.factors ?? [];
  if (Math.abs(first ?? 0) !== 1 || rest.length > 0 || worthwhile > 0x3fffffff) return [0, 0, 0, 0, 0];
  const { lanes, constant } = distance!;
  // The sign does not matter, so that of the first lane is made a plus.
  return [
    Math.imul(second, first!),
    lanes[0]!,
    lanes[1] ?? lanes[0]!,
    Math.imul(constant, first!),
    worthwhile,
  ];
}
