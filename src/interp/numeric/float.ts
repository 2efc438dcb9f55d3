/**
 * Float operators on raw bits in the frame (spec: Numerics, Floating-Point Operations), after the *deterministic
 * profile*: every NaN that arithmetic produces is the canonical one. `I`, `F` and `G` are one buffer seen as int32,
 * f64 and f32; `d` and `a` index lanes.
 */

const TWO_32 = 4294967296;
const TWO_63 = 2 ** 63;
const TWO_64 = 2 ** 64;

export function writeF64(I: Int32Array, F: Float64Array, d: number, value: number): void {
  // biome-ignore lint/suspicious/noSelfCompare: the cheapest test for NaN on every engine
  if (value === value) F[d >> 1] = value;
  else {
    I[d] = 0;
    I[d + 1] = 0x7ff80000;
  }
}

export function writeF32(I: Int32Array, G: Float32Array, d: number, value: number): void {
  // biome-ignore lint/suspicious/noSelfCompare: the cheapest test for NaN on every engine
  if (value === value) G[d] = value;
  else I[d] = 0x7fc00000;
}

/** Rounds to the nearest integer, ties to even, keeping the sign of zero. */
export function nearest(x: number): number {
  // From 2^52 on every double is an integer; adding and taking away 2^52 rounds the others as the mode says.
  const magnitude = Math.abs(x);
  if (!(magnitude < 4503599627370496)) return x;
  const rounded = magnitude + 4503599627370496 - 4503599627370496;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

/** f32 of the unsigned 64-bit integer, rounded once. */
export function f32FromU64(low: number, high: number): number {
  const h = high >>> 0;
  const l = low >>> 0;
  // Up to 2^53 the double is exact. Above, the f32 keeps 24 bits of it: the lowest 11 bits only say whether the
  // value lies above a tie, so they are folded into one sticky bit, and the double of what remains is exact.
  if (h < 0x200000) return Math.fround(h * TWO_32 + l);
  const sticky = (l & 0x7ff) !== 0 ? 0x800 : 0;
  return Math.fround(h * TWO_32 + (((l & ~0x7ff) | sticky) >>> 0));
}

/** f32 of the signed 64-bit integer, rounded once (rounding is symmetric). */
export function f32FromI64(low: number, high: number): number {
  if (high >= 0) return f32FromU64(low, high);
  const l = -low | 0;
  return -f32FromU64(l, (~high + (l === 0 ? 1 : 0)) | 0);
}

/** Result of a truncation. */
export const TRUNC_OK = 0;
export const TRUNC_NAN = 1;
export const TRUNC_RANGE = 2;

/** Writes trunc(x) as i32 if it is in range, signed or unsigned. */
export function truncToI32(I: Int32Array, d: number, x: number, signed: boolean): number {
  // biome-ignore lint/suspicious/noSelfCompare: the cheapest test for NaN on every engine
  if (x !== x) return TRUNC_NAN;
  if (signed ? !(x > -2147483649 && x < 2147483648) : !(x > -1 && x < TWO_32)) return TRUNC_RANGE;
  I[d] = Math.trunc(x) | 0;
  return TRUNC_OK;
}

/** Writes trunc(x) as i64 if it is in range, signed or unsigned. */
export function truncToI64(I: Int32Array, d: number, x: number, signed: boolean): number {
  // biome-ignore lint/suspicious/noSelfCompare: the cheapest test for NaN on every engine
  if (x !== x) return TRUNC_NAN;
  if (signed ? !(x >= -TWO_63 && x < TWO_63) : !(x > -1 && x < TWO_64)) {
    return TRUNC_RANGE;
  }
  const t = Math.trunc(x);
  const high = Math.floor(t / TWO_32);
  I[d] = (t - high * TWO_32) | 0;
  I[d + 1] = high | 0;
  return TRUNC_OK;
}

/** Saturating forms: NaN gives 0, out of range the nearest bound. */
export function truncSatToI32(I: Int32Array, d: number, x: number, signed: boolean): void {
  if (truncToI32(I, d, x, signed) === TRUNC_OK) return;
  if (signed) I[d] = x > 0 ? 0x7fffffff : x < 0 ? -0x80000000 : 0;
  else I[d] = x > 0 ? -1 : 0;
}

export function truncSatToI64(I: Int32Array, d: number, x: number, signed: boolean): void {
  if (truncToI64(I, d, x, signed) === TRUNC_OK) return;
  I[d] = x > 0 ? -1 : 0;
  if (signed) I[d + 1] = x > 0 ? 0x7fffffff : x < 0 ? -0x80000000 : 0;
  else I[d + 1] = x > 0 ? -1 : 0;
}
