import { vector } from "../vector.ts";
import { F32_FORMAT, F64_FORMAT, type Format } from "./float.ts";
import { floatOperators } from "./float-operators.ts";
import { bool, integerOperators, type Numeric, type NumericTable, signed, unsigned } from "./integer.ts";

type Width = 8 | 16 | 32 | 64;

/** The lanes of a vector, the lowest first, as unsigned numbers (spec: Numerics, Vector Operations, lanes_t). */
export function lanesOf(width: Width, bits: bigint): bigint[] {
  return Array.from({ length: 128 / width }, (_, i) => unsigned(width, bits >> BigInt(width * i)));
}

/** The vector of these lanes, whatever they have beyond their width cut off. */
export function vectorOf(width: Width, lanes: readonly bigint[]): bigint {
  return vector(lanes.reduce((bits, lane, i) => bits | (unsigned(width, lane) << BigInt(width * i)), 0n));
}

/** Lane by lane. */
const map =
  (width: Width, f: Numeric): Numeric =>
  (...operands) => {
    const [first, second] = operands.map((bits) => lanesOf(width, bits));
    return vectorOf(
      width,
      first!.map((lane, i) => (second === undefined ? f(lane) : f(lane, second[i]!))),
    );
  };

/** All ones where the comparison holds, all zeros elsewhere. */
const mask =
  (width: Width, compare: Numeric): Numeric =>
  (a, b) =>
    compare(a!, b!) === 1n ? unsigned(width, -1n) : 0n;

const saturate = (width: Width, sign: string, value: bigint): bigint => {
  const N = BigInt(width);
  const [least, greatest] = sign === "s" ? [-(2n ** (N - 1n)), 2n ** (N - 1n) - 1n] : [0n, 2n ** N - 1n];
  return value < least ? least : value > greatest ? greatest : value;
};

/** What lanes mean: signed or unsigned numbers. */
const meanings = (width: Width, sign: string, bits: bigint): bigint[] =>
  lanesOf(width, bits).map((lane) => (sign === "s" ? signed(width, lane) : lane));

const half = <T>(lanes: readonly T[], part: string): T[] =>
  part === "low" ? lanes.slice(0, lanes.length / 2) : lanes.slice(lanes.length / 2);

const sum = (a: bigint, b: bigint): bigint => a + b;

/** Sums of neighbours. */
const pairwise = (lanes: readonly bigint[]): bigint[] =>
  lanes.flatMap((lane, i) => (i % 2 === 0 ? [sum(lane, lanes[i + 1]!)] : []));

const COMPARISONS = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u".split(" ");

/** Operators of an integer shape by their names without it; more than the format has, for wide lanes. */
function integerShape(width: Width): NumericTable {
  const scalar = integerOperators(width);
  const table: { [name: string]: Numeric } = {
    splat: (a) => vectorOf(width, new Array<bigint>(128 / width).fill(a!)),
    abs: map(width, (a) => (signed(width, a!) < 0n ? -a! : a!)),
    neg: map(width, (a) => -a!),
    popcnt: map(width, scalar["popcnt"]!),
    avgr_u: map(width, (a, b) => (a! + b! + 1n) / 2n),
    all_true: (a) => bool(lanesOf(width, a!).every((lane) => lane !== 0n)),
    bitmask: (a) =>
      meanings(width, "s", a!).reduce((bits, lane, i) => bits | (bool(lane < 0n) << BigInt(i)), 0n),
  };
  for (const name of ["add", "sub", "mul"]) table[name] = map(width, scalar[name]!);
  for (const name of COMPARISONS) table[name] = map(width, mask(width, scalar[name]!));
  for (const name of ["shl", "shr_s", "shr_u"]) {
    table[name] = (a, count) => map(width, (lane) => scalar[name]!(lane!, count!))(a!);
  }
  for (const sign of ["s", "u"]) {
    const clamped = (f: (a: bigint, b: bigint) => bigint): Numeric => {
      const of = (lane: bigint) => (sign === "s" ? signed(width, lane) : lane);
      return map(width, (a, b) => saturate(width, sign, f(of(a!), of(b!))));
    };
    table[`add_sat_${sign}`] = clamped(sum);
    table[`sub_sat_${sign}`] = clamped((a, b) => a - b);
    table[`min_${sign}`] = clamped((a, b) => (a < b ? a : b));
    table[`max_${sign}`] = clamped((a, b) => (a > b ? a : b));
  }
  return table;
}

/** Operators from a shape to that of lanes twice as wide, or half, by their names without the resulting shape. */
function widening(narrow: 8 | 16 | 32): NumericTable {
  const wide = (2 * narrow) as Width;
  const from = `i${narrow}x${128 / narrow}`;
  const table: { [name: string]: Numeric } = {};
  for (const sign of ["s", "u"]) {
    table[`extadd_pairwise_${from}_${sign}`] = (a) => vectorOf(wide, pairwise(meanings(narrow, sign, a!)));
    for (const part of ["low", "high"]) {
      table[`extend_${part}_${from}_${sign}`] = (a) => vectorOf(wide, half(meanings(narrow, sign, a!), part));
      table[`extmul_${part}_${from}_${sign}`] = (a, b) => {
        const [x, y] = [a!, b!].map((bits) => half(meanings(narrow, sign, bits), part));
        return vectorOf(
          wide,
          x!.map((lane, i) => lane * y![i]!),
        );
      };
    }
  }
  return table;
}

function narrowing(narrow: 8 | 16): NumericTable {
  const wide = (2 * narrow) as Width;
  const table: { [name: string]: Numeric } = {};
  for (const sign of ["s", "u"]) {
    table[`narrow_i${wide}x${128 / wide}_${sign}`] = (a, b) =>
      vectorOf(
        narrow,
        [...meanings(wide, "s", a!), ...meanings(wide, "s", b!)].map((lane) => saturate(narrow, sign, lane)),
      );
  }
  return table;
}

function floatShape(width: 32 | 64, format: Format): NumericTable {
  const scalar = floatOperators(format);
  const table: { [name: string]: Numeric } = {
    splat: (a) => vectorOf(width, new Array<bigint>(128 / width).fill(a!)),
    // These two choose an operand by a comparison, as C does: a NaN is not less than anything.
    pmin: map(width, (a, b) => (scalar["lt"]!(b!, a!) === 1n ? b! : a!)),
    pmax: map(width, (a, b) => (scalar["lt"]!(a!, b!) === 1n ? b! : a!)),
  };
  for (const name of "abs neg sqrt ceil floor trunc nearest add sub mul div min max".split(" ")) {
    table[name] = map(width, scalar[name]!);
  }
  for (const name of "eq ne lt gt le ge".split(" ")) table[name] = map(width, mask(width, scalar[name]!));
  return table;
}

function conversionShapes(scalar: ReadonlyMap<string, Numeric>): NumericTable {
  const table: { [name: string]: Numeric } = {
    "f32x4.demote_f64x2_zero": (a) =>
      vectorOf(
        32,
        lanesOf(64, a!).map((lane) => scalar.get("f32.demote_f64")!(lane)),
      ),
    "f64x2.promote_low_f32x4": (a) =>
      vectorOf(
        64,
        half(lanesOf(32, a!), "low").map((lane) => scalar.get("f64.promote_f32")!(lane)),
      ),
  };
  for (const sign of ["s", "u"]) {
    const each = (name: string) => (lane: bigint) => scalar.get(`${name}_${sign}`)!(lane);
    table[`i32x4.trunc_sat_f32x4_${sign}`] = map(32, each("i32.trunc_sat_f32"));
    table[`f32x4.convert_i32x4_${sign}`] = map(32, each("f32.convert_i32"));
    table[`i32x4.trunc_sat_f64x2_${sign}_zero`] = (a) =>
      vectorOf(32, lanesOf(64, a!).map(each("i32.trunc_sat_f64")));
    table[`f64x2.convert_low_i32x4_${sign}`] = (a) =>
      vectorOf(64, half(lanesOf(32, a!), "low").map(each("f64.convert_i32")));
  }
  return table;
}

/** Vector operators without immediates by mnemonic, as functions from raw bits to raw bits (spec: Numerics, Vector Operations). */
export function vectorOperators(scalar: ReadonlyMap<string, Numeric>): Map<string, Numeric> {
  return new Map<string, Numeric>([
    [
      "v128.not",
      (a) =>
        vectorOf(
          64,
          lanesOf(64, a).map((lane) => ~lane),
        ),
    ],
    ["v128.and", (a, b) => a & b],
    ["v128.andnot", map(64, (a, b) => a & ~b)],
    ["v128.or", (a, b) => a | b],
    ["v128.xor", (a, b) => vector(a ^ b)],
    ["v128.bitselect", (a, b, c) => vector(unsigned(128, (a & c) | (b & ~c)))],
    ["v128.any_true", (a) => bool(unsigned(128, a) !== 0n)],
    [
      "i8x16.swizzle",
      (a, b) => {
        const lanes = lanesOf(8, a);
        return vectorOf(
          8,
          lanesOf(8, b).map((index) => lanes[Number(index)] ?? 0n),
        );
      },
    ],
    [
      "i16x8.q15mulr_sat_s",
      map(16, (a, b) => saturate(16, "s", (signed(16, a) * signed(16, b) + 0x4000n) >> 15n)),
    ],
    [
      "i32x4.dot_i16x8_s",
      (a, b) => {
        const [x, y] = [meanings(16, "s", a), meanings(16, "s", b)];
        return vectorOf(32, pairwise(x.map((lane, i) => lane * y[i]!)));
      },
    ],
    ...shape("i8x16", integerShape(8)),
    ...shape("i16x8", integerShape(16)),
    ...shape("i32x4", integerShape(32)),
    ...shape("i64x2", integerShape(64)),
    ...shape("f32x4", floatShape(32, F32_FORMAT)),
    ...shape("f64x2", floatShape(64, F64_FORMAT)),
    ...shape("i16x8", widening(8)),
    ...shape("i32x4", widening(16)),
    ...shape("i64x2", widening(32)),
    ...shape("i8x16", narrowing(8)),
    ...shape("i16x8", narrowing(16)),
    ...Object.entries(conversionShapes(scalar)),
  ]);
}

function shape(name: string, table: NumericTable): [string, Numeric][] {
  return Object.entries(table).map(([operator, numeric]) => [`${name}.${operator}`, numeric]);
}
