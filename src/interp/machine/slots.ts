/**
 * The i64 of functions that have them in slots, see codegen: as unsigned and signed words, and as lanes. Behind them the
 * powers of 2, as V8 shifts BigInts by constants only.
 */
export const SLOTS = new BigUint64Array(128 + 64);
for (let i = 0; i < 64; i++) SLOTS[128 + i] = 1n << BigInt(i);
export const SIGNED_SLOTS = new BigInt64Array(SLOTS.buffer);
export const SLOT_LANES = new Int32Array(SLOTS.buffer);

/**
 * Divides slot `a` by slot `b`, one of which is 2^63 or more: quotient to slot `d`, remainder to the last one. V8 divides
 * signed words only.
 */
export function divideSlots(d: number, a: number, b: number): void {
  const [r, lanes] = [REMAINDER, SLOT_LANES];
  if (SIGNED_SLOTS[b]! < 0n) SLOTS[d] = 0n;
  else {
    // The dividend is halved, so this may be 1 too small.
    SLOTS[r] = SLOTS[a]! >> 1n;
    SIGNED_SLOTS[d] = SIGNED_SLOTS[r]! / SIGNED_SLOTS[b]!;
    SLOTS[d] = SLOTS[d]! << 1n;
  }
  SLOTS[r] = SLOTS[a]! - SLOTS[d]! * SLOTS[b]!;
  const [rh, bh] = [lanes[2 * r + 1]! >>> 0, lanes[2 * b + 1]! >>> 0];
  if (rh > bh || (rh === bh && lanes[2 * r]! >>> 0 >= lanes[2 * b]! >>> 0)) {
    SLOTS[d] = SLOTS[d]! + 1n;
    SLOTS[r] = SLOTS[r]! - SLOTS[b]!;
  }
}
export const REMAINDER = 127;
