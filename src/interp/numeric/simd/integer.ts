import { countOnes32 } from "../int64.ts";
import { A, B, type Operators, R, type VectorOperator, type VectorReduction } from "./registers.ts";

// Integer lanes (spec: Numerics, Vector Operations). Storing into a typed array is what wraps results.

type Shape = "i8x16" | "i16x8" | "i32x4";
type SignedView = "i8" | "i16" | "i32";
type UnsignedView = "u8" | "u16" | "u32";

const SHAPES: readonly (readonly [
  shape: Shape,
  signed: SignedView,
  unsigned: UnsignedView,
  width: number,
])[] = [
  ["i8x16", "i8", "u8", 8],
  ["i16x8", "i16", "u16", 16],
  ["i32x4", "i32", "u32", 32],
];

type View = SignedView | UnsignedView;

function unary(view: View, f: (a: number) => number): VectorOperator {
  const a = A[view];
  const r = R[view];
  return () => {
    for (let i = 0; i < r.length; i++) r[i] = f(a[i]!);
  };
}

function binary(view: View, f: (a: number, b: number) => number): VectorOperator {
  const a = A[view];
  const b = B[view];
  const r = R[view];
  return () => {
    for (let i = 0; i < r.length; i++) r[i] = f(a[i]!, b[i]!);
  };
}

/** -1, all ones, where the comparison holds. */
const compare = (view: View, holds: (a: number, b: number) => boolean): VectorOperator =>
  binary(view, (a, b) => (holds(a, b) ? -1 : 0));

function shift(view: View, width: number, f: (a: number, count: number) => number): VectorOperator {
  const a = A[view];
  const r = R[view];
  return (count) => {
    const n = count & (width - 1);
    for (let i = 0; i < r.length; i++) r[i] = f(a[i]!, n);
  };
}

const clamp = (value: number, least: number, greatest: number): number =>
  value < least ? least : value > greatest ? greatest : value;

const COMPARISONS: readonly (readonly [name: string, holds: (a: number, b: number) => boolean])[] = [
  ["lt", (a, b) => a < b],
  ["gt", (a, b) => a > b],
  ["le", (a, b) => a <= b],
  ["ge", (a, b) => a >= b],
];

function shapeOperators([, signed, unsigned, width]: (typeof SHAPES)[number]): Operators {
  const table: { [name: string]: VectorOperator } = {
    abs: unary(signed, (a) => Math.abs(a)),
    neg: unary(signed, (a) => -a),
    popcnt: unary(unsigned, countOnes32),
    add: binary(signed, (a, b) => a + b),
    sub: binary(signed, (a, b) => a - b),
    mul: binary(signed, Math.imul),
    avgr_u: binary(unsigned, (a, b) => (a + b + 1) >>> 1),
    eq: compare(signed, (a, b) => a === b),
    ne: compare(signed, (a, b) => a !== b),
    shl: shift(signed, width, (a, n) => a << n),
    shr_s: shift(signed, width, (a, n) => a >> n),
    shr_u: shift(unsigned, width, (a, n) => a >>> n),
  };
  for (const [sign, view] of [["s", signed] as const, ["u", unsigned] as const]) {
    const least = sign === "s" ? -(2 ** (width - 1)) : 0;
    const greatest = least + 2 ** width - 1;
    for (const [name, holds] of COMPARISONS) table[`${name}_${sign}`] = compare(view, holds);
    table[`min_${sign}`] = binary(view, Math.min);
    table[`max_${sign}`] = binary(view, Math.max);
    table[`add_sat_${sign}`] = binary(view, (a, b) => clamp(a + b, least, greatest));
    table[`sub_sat_${sign}`] = binary(view, (a, b) => clamp(a - b, least, greatest));
  }
  return table;
}

/** What makes lanes of lanes half as wide. */
function wideningOperators(): Operators {
  const table: { [name: string]: VectorOperator } = {};
  const pairs = [
    ["i8x16", "i16x8", { s: "i8", u: "u8" }, "i16"],
    ["i16x8", "i32x4", { s: "i16", u: "u16" }, "i32"],
  ] as const;
  for (const [from, to, narrow, wide] of pairs) {
    const r = R[wide];
    const { length } = r;
    for (const sign of ["s", "u"] as const) {
      const a = A[narrow[sign]];
      const b = B[narrow[sign]];
      table[`${to}.extadd_pairwise_${from}_${sign}`] = () => {
        for (let i = 0; i < length; i++) r[i] = a[2 * i]! + a[2 * i + 1]!;
      };
      for (const [part, first] of [["low", 0] as const, ["high", length] as const]) {
        table[`${to}.extend_${part}_${from}_${sign}`] = () => {
          for (let i = 0; i < length; i++) r[i] = a[first + i]!;
        };
        table[`${to}.extmul_${part}_${from}_${sign}`] = () => {
          for (let i = 0; i < length; i++) r[i] = Math.imul(a[first + i]!, b[first + i]!);
        };
      }
    }
  }
  return table;
}

/** What makes lanes of lanes twice as wide, those of the second operand above. */
function narrowingOperators(): Operators {
  const table: { [name: string]: VectorOperator } = {};
  const pairs = [
    ["i16x8", "i16", "i8x16", { s: "i8", u: "u8" }, 8],
    ["i32x4", "i32", "i16x8", { s: "i16", u: "u16" }, 16],
  ] as const;
  for (const [from, wide, to, narrow, width] of pairs) {
    for (const sign of ["s", "u"] as const) {
      const least = sign === "s" ? -(2 ** (width - 1)) : 0;
      const greatest = least + 2 ** width - 1;
      const [a, b, r] = [A[wide], B[wide], R[narrow[sign]]];
      table[`${to}.narrow_${from}_${sign}`] = () => {
        for (let i = 0; i < a.length; i++) {
          r[i] = clamp(a[i]!, least, greatest);
          r[a.length + i] = clamp(b[i]!, least, greatest);
        }
      };
    }
  }
  return table;
}

function bits(f: (a: number, b: number) => number): VectorOperator {
  return binary("i32", f);
}

/** Operators by mnemonic. */
export const INTEGER_OPERATORS: Operators = {
  "v128.not": unary("i32", (a) => ~a),
  "v128.and": bits((a, b) => a & b),
  "v128.andnot": bits((a, b) => a & ~b),
  "v128.or": bits((a, b) => a | b),
  "v128.xor": bits((a, b) => a ^ b),
  "i8x16.swizzle": () => {
    for (let i = 0; i < 16; i++) R.u8[i] = A.u8[B.u8[i]!] ?? 0;
  },
  "i16x8.q15mulr_sat_s": binary("i16", (a, b) => clamp((a * b + 0x4000) >> 15, -0x8000, 0x7fff)),
  // The sum of the products of -32768 by itself, twice, is the one that wraps.
  "i32x4.dot_i16x8_s": () => {
    for (let i = 0; i < 4; i++) {
      R.i32[i] = A.i16[2 * i]! * B.i16[2 * i]! + A.i16[2 * i + 1]! * B.i16[2 * i + 1]!;
    }
  },
  ...wideningOperators(),
  ...narrowingOperators(),
  ...Object.fromEntries(
    SHAPES.flatMap((shape) =>
      Object.entries(shapeOperators(shape)).map(([name, operator]) => [`${shape[0]}.${name}`, operator]),
    ),
  ),
};

function reductions([, view]: readonly [string, SignedView, ...unknown[]]): [string, VectorReduction][] {
  const lanes = A[view];
  return [
    ["all_true", () => (lanes.every((lane) => lane !== 0) ? 1 : 0)],
    [
      "bitmask",
      () => {
        let mask = 0;
        for (let i = 0; i < lanes.length; i++) if (lanes[i]! < 0) mask |= 1 << i;
        return mask;
      },
    ],
  ];
}

/** Those that give a number, by mnemonic. */
export const REDUCTIONS: { readonly [mnemonic: string]: VectorReduction } = {
  "v128.any_true": () => (A.i32.some((word) => word !== 0) ? 1 : 0),
  "i64x2.all_true": () => (A.i64.every((lane) => lane !== 0n) ? 1 : 0),
  "i64x2.bitmask": () => (A.i32[1]! >>> 31) | ((A.i32[3]! >>> 31) << 1),
  ...Object.fromEntries(
    SHAPES.flatMap((shape) => reductions(shape).map(([name, f]) => [`${shape[0]}.${name}`, f])),
  ),
};
