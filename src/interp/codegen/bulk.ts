import type { BulkLoop, Sum } from "../lower/bulk/loop.ts";

/** The lanes that a bulk loop reads, and those that running it in bulk changes. */
export function lanesOfLoop({ repetition, effect, advancing }: BulkLoop): {
  read: number[];
  written: number[];
} {
  const sums: Sum[] = [repetition.moving, repetition.limit, effect.target.base];
  const written = [...advancing];
  const read = [...advancing];
  if (effect.kind === "fill") sums.push(...effect.stores.flatMap(({ low, high }) => [low, high]));
  else {
    sums.push(effect.source.base);
    const { shift } = effect;
    if (shift !== undefined) {
      sums.push(shift.right, shift.left);
      if (shift.carry !== undefined) {
        read.push(shift.carry.lane);
        written.push(shift.carry.lane);
      }
    }
  }
  read.push(...sums.flatMap(({ lanes }) => lanes));
  return { read: [...new Set(read)], written: [...new Set(written)] };
}
