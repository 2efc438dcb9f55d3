import {
  bitLength,
  decodeFloat,
  type Finite,
  type Float,
  type Format,
  infinityBits,
  integerPart,
  roundToBits,
  scaled,
  signBit,
  zeroBits,
} from "./float.ts";
import { bool, type NumericTable } from "./integer.ts";

/**
 * Float operators of one format by their names without the type (spec: Numerics, Floating-Point Operations), in the
 * deterministic profile: a NaN that arithmetic produces is the positive canonical one.
 */
export function floatOperators(format: Format): NumericTable {
  const nan = format.canonicalNaN;
  const sign = signBit(format);
  const decode = (bits: bigint) => decodeFloat(format, bits);

  const add = (a: bigint, b: bigint): bigint => {
    const [x, y] = [decode(a), decode(b)];
    if (x.kind === "nan" || y.kind === "nan") return nan;
    if (x.kind === "infinity" && y.kind === "infinity") return x.negative === y.negative ? a : nan;
    if (x.kind === "infinity") return a;
    if (y.kind === "infinity") return b;
    const unit = Math.min(x.exponent, (y as Finite).exponent);
    const sum = scaled(x, unit) + scaled(y as Finite, unit);
    // A sum of zero is +0, unless both are -0.
    if (sum === 0n) return zeroBits(format, x.negative && (y as Finite).negative);
    return roundToBits(format, { negative: sum < 0n, significand: sum < 0n ? -sum : sum, exponent: unit });
  };

  const mul = (a: bigint, b: bigint): bigint => {
    const [x, y] = [decode(a), decode(b)];
    if (x.kind === "nan" || y.kind === "nan") return nan;
    const negative = x.negative !== y.negative;
    if (x.kind === "infinity" || y.kind === "infinity") {
      return isZero(x) || isZero(y) ? nan : infinityBits(format, negative);
    }
    return roundToBits(format, {
      negative,
      significand: x.significand * y.significand,
      exponent: x.exponent + y.exponent,
    });
  };

  const div = (a: bigint, b: bigint): bigint => {
    const [x, y] = [decode(a), decode(b)];
    if (x.kind === "nan" || y.kind === "nan") return nan;
    const negative = x.negative !== y.negative;
    if (x.kind === "infinity") return y.kind === "infinity" ? nan : infinityBits(format, negative);
    if (y.kind === "infinity") return zeroBits(format, negative);
    if (isZero(y)) return isZero(x) ? nan : infinityBits(format, negative);
    if (isZero(x)) return zeroBits(format, negative);
    // Enough bits that the quotient has two more than are kept.
    const shift = bitLength(y.significand) + format.fraction + 3;
    const dividend = x.significand << BigInt(shift);
    const value = {
      negative,
      significand: dividend / y.significand,
      exponent: x.exponent - y.exponent - shift,
    };
    return roundToBits(format, value, dividend % y.significand !== 0n);
  };

  const sqrt = (a: bigint): bigint => {
    const x = decode(a);
    if (x.kind === "nan") return nan;
    if (isZero(x)) return a;
    if (x.negative) return nan;
    if (x.kind === "infinity") return a;
    // An even exponent, and enough bits that the root has two more than are kept.
    const shift = 2 * (format.fraction + 3) + (Math.abs(x.exponent) % 2);
    const radicand = x.significand << BigInt(shift);
    const root = integerRoot(radicand);
    const value = { negative: false, significand: root, exponent: (x.exponent - shift) / 2 };
    return roundToBits(format, value, root * root !== radicand);
  };

  /** -1, 0 or 1; undefined if either is NaN. Zeros are equal. */
  const compare = (a: bigint, b: bigint): number | undefined => {
    const [x, y] = [decode(a), decode(b)];
    if (x.kind === "nan" || y.kind === "nan") return undefined;
    return compareValues(x, y);
  };

  /** The lesser of both if `wanted` is -1, the greater if it is 1; of two zeros the one with the sign to match. */
  const extreme = (a: bigint, b: bigint, wanted: -1 | 1): bigint => {
    const order = compare(a, b);
    if (order === undefined) return nan;
    if (order === 0) return wanted < 0 ? a | b : a & b;
    return order === wanted ? a : b;
  };

  /** An integer near `a`: `up` decides, from the part after the point, whether the magnitude goes up. */
  const integral = (a: bigint, up: (x: Finite, part: ReturnType<typeof integerPart>) => boolean): bigint => {
    const x = decode(a);
    if (x.kind === "nan") return nan;
    if (x.kind === "infinity") return a;
    const part = integerPart(x);
    const significand = up(x, part) ? part.integer + 1n : part.integer;
    return roundToBits(format, { negative: x.negative, significand, exponent: 0 });
  };

  return {
    add,
    sub: (a, b) => {
      // NaN has no sign to change; otherwise a - b is a + (-b).
      return decode(b).kind === "nan" ? nan : add(a, b ^ sign);
    },
    mul: (a, b) => mul(a, b),
    div: (a, b) => div(a, b),
    sqrt: (a) => sqrt(a),
    min: (a, b) => extreme(a, b, -1),
    max: (a, b) => extreme(a, b, 1),
    ceil: (a) => integral(a, (x, { rest }) => rest !== 0n && !x.negative),
    floor: (a) => integral(a, (x, { rest }) => rest !== 0n && x.negative),
    trunc: (a) => integral(a, () => false),
    nearest: (a) =>
      integral(
        a,
        (_, { integer, rest, unit }) => 2n * rest > unit || (2n * rest === unit && integer % 2n === 1n),
      ),
    // These three move bits and leave a NaN as it is.
    abs: (a) => a & ~sign,
    neg: (a) => a ^ sign,
    copysign: (a, b) => (a & ~sign) | (b & sign),
    eq: (a, b) => bool(compare(a, b) === 0),
    ne: (a, b) => bool(compare(a, b) !== 0),
    lt: (a, b) => bool(compare(a, b) === -1),
    gt: (a, b) => bool(compare(a, b) === 1),
    le: (a, b) => bool([-1, 0].includes(compare(a, b) ?? Number.NaN)),
    ge: (a, b) => bool([1, 0].includes(compare(a, b) ?? Number.NaN)),
  };
}

const isZero = (x: Float): boolean => x.kind === "finite" && x.significand === 0n;

function compareValues(x: Exclude<Float, { kind: "nan" }>, y: Exclude<Float, { kind: "nan" }>): number {
  if (x.kind === "infinity") {
    if (y.kind === "infinity" && x.negative === y.negative) return 0;
    return x.negative ? -1 : 1;
  }
  if (y.kind === "infinity") return y.negative ? 1 : -1;
  const unit = Math.min(x.exponent, y.exponent);
  const difference = scaled(x, unit) - scaled(y, unit);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The greatest integer whose square does not exceed `square`, by Newton's iteration from above. */
function integerRoot(square: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(bitLength(square) / 2));
  for (;;) {
    const next = (root + square / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}
