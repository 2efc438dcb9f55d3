/**
 * Floating-point numbers as exact values (spec: Values, Floating-Point; Numerics, Floating-Point Operations, Rounding).
 * Nothing here computes with JavaScript's numbers: results do not rest on the engine's arithmetic.
 */

/** An IEEE 754 interchange format. */
export interface Format {
  readonly width: 32 | 64;
  /** Bits of the fraction field. */
  readonly fraction: number;
  /** The power of two that the lowest bit of a subnormal number stands for. */
  readonly least: number;
  /** Bits of +infinity, and of the canonical NaN (positive). */
  readonly infinity: bigint;
  readonly canonicalNaN: bigint;
}

export const F32_FORMAT: Format = {
  width: 32,
  fraction: 23,
  least: -149,
  infinity: 0x7f800000n,
  canonicalNaN: 0x7fc00000n,
};
export const F64_FORMAT: Format = {
  width: 64,
  fraction: 52,
  least: -1074,
  infinity: 0x7ff0000000000000n,
  canonicalNaN: 0x7ff8000000000000n,
};

/** What bits mean. A finite number is `significand` times 2^`exponent`, with a sign that zero has too. */
export type Float =
  | { readonly kind: "nan" }
  | { readonly kind: "infinity"; readonly negative: boolean }
  | Finite;
export interface Finite {
  readonly kind: "finite";
  readonly negative: boolean;
  readonly significand: bigint;
  readonly exponent: number;
}

export const signBit = (format: Format): bigint => 1n << BigInt(format.width - 1);

export function decodeFloat(format: Format, bits: bigint): Float {
  const negative = (bits & signBit(format)) !== 0n;
  const magnitude = bits & ~signBit(format);
  if (magnitude > format.infinity) return { kind: "nan" };
  if (magnitude === format.infinity) return { kind: "infinity", negative };
  const field = Number(magnitude >> BigInt(format.fraction));
  const fraction = BigInt.asUintN(format.fraction, magnitude);
  if (field === 0) return { kind: "finite", negative, significand: fraction, exponent: format.least };
  const significand = fraction + (1n << BigInt(format.fraction));
  return { kind: "finite", negative, significand, exponent: format.least + field - 1 };
}

const withSign = (format: Format, negative: boolean, magnitude: bigint): bigint =>
  negative ? magnitude | signBit(format) : magnitude;

export const infinityBits = (format: Format, negative: boolean): bigint =>
  withSign(format, negative, format.infinity);
export const zeroBits = (format: Format, negative: boolean): bigint => withSign(format, negative, 0n);

/**
 * The bits of the number nearest to `significand` times 2^`exponent`, ties to even (spec: float_N). With `inexact` the
 * exact value lies strictly between that and the same with `significand + 1`; then `significand` must have at least
 * two bits more than the format keeps.
 */
export function roundToBits(format: Format, value: Omit<Finite, "kind">, inexact = false): bigint {
  const { negative, significand, exponent } = value;
  if (significand === 0n) return zeroBits(format, negative);
  // The result is a multiple of 2^unit: so that it has fraction + 1 bits, but never below the least unit.
  const unit = Math.max(exponent + bitLength(significand) - (format.fraction + 1), format.least);
  const rounded = shiftRounding(significand, unit - exponent, inexact);
  // Normal numbers: the leading bit adds one to the exponent field, and a carry out of rounding does so once more.
  const magnitude = (BigInt(unit - format.least) << BigInt(format.fraction)) + rounded;
  return withSign(format, negative, magnitude > format.infinity ? format.infinity : magnitude);
}

function shiftRounding(significand: bigint, shift: number, inexact: boolean): bigint {
  if (shift <= 0) return significand << BigInt(-shift);
  const floor = significand >> BigInt(shift);
  const rest = BigInt.asUintN(shift, significand);
  const half = 1n << BigInt(shift - 1);
  const isAbove = rest > half || (rest === half && inexact);
  const isTie = rest === half && !inexact;
  return isAbove || (isTie && floor % 2n === 1n) ? floor + 1n : floor;
}

export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** The significand with its sign, in units of 2^`unit`, which must not exceed the value's exponent. */
export function scaled({ negative, significand, exponent }: Finite, unit: number): bigint {
  const magnitude = significand << BigInt(exponent - unit);
  return negative ? -magnitude : magnitude;
}

/** Integer part and whether that is less than the magnitude; the sign is dropped. */
export function integerPart({ significand, exponent }: Finite): {
  integer: bigint;
  rest: bigint;
  unit: bigint;
} {
  if (exponent >= 0) return { integer: significand << BigInt(exponent), rest: 0n, unit: 1n };
  const shift = BigInt(-exponent);
  return { integer: significand >> shift, rest: significand & ((1n << shift) - 1n), unit: 1n << shift };
}
