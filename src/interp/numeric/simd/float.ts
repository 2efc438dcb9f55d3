import { nearest, truncSatToI32, writeF32, writeF64 } from "../float.ts";
import { A, B, type Operators, R, type VectorOperator } from "./registers.ts";

// Float lanes (spec: Numerics, Vector Operations), after the deterministic profile: a NaN that arithmetic produces is
// canonical. What only moves bits works on them as integers.

type Shape = "f32x4" | "f64x2";

function write(shape: Shape, i: number, value: number): void {
  if (shape === "f32x4") writeF32(R.i32, R.f32, i, value);
  else writeF64(R.i32, R.f64, 2 * i, value);
}

function shapeOperators(shape: Shape): Operators {
  const [a, b] = shape === "f32x4" ? [A.f32, B.f32] : [A.f64, B.f64];
  const { length } = a;
  const unary =
    (f: (a: number) => number): VectorOperator =>
    () => {
      for (let i = 0; i < length; i++) write(shape, i, f(a[i]!));
    };
  const binary =
    (f: (a: number, b: number) => number): VectorOperator =>
    () => {
      for (let i = 0; i < length; i++) write(shape, i, f(a[i]!, b[i]!));
    };
  /** All ones where the comparison holds. */
  const compare = (holds: (a: number, b: number) => boolean): VectorOperator => {
    const words = 4 / length;
    return () => {
      for (let i = 0; i < length; i++) R.i32.fill(holds(a[i]!, b[i]!) ? -1 : 0, words * i, words * (i + 1));
    };
  };
  /** Each lane that of the second operand where it is chosen, else that of the first: bits, NaNs included. */
  const choose = (isSecond: (a: number, b: number) => boolean): VectorOperator => {
    const words = 4 / length;
    return () => {
      for (let i = 0; i < 4; i++) {
        const lane = Math.floor(i / words);
        R.i32[i] = (isSecond(a[lane]!, b[lane]!) ? B : A).i32[i]!;
      }
    };
  };
  /** The word of each lane that has the sign changed. */
  const sign = (f: (word: number) => number): VectorOperator => {
    const words = 4 / length;
    return () => {
      for (let i = 0; i < 4; i++) R.i32[i] = i % words === words - 1 ? f(A.i32[i]!) : A.i32[i]!;
    };
  };
  return {
    abs: sign((word) => word & 0x7fffffff),
    neg: sign((word) => word ^ -0x80000000),
    sqrt: unary(Math.sqrt),
    ceil: unary(Math.ceil),
    floor: unary(Math.floor),
    trunc: unary(Math.trunc),
    nearest: unary(nearest),
    add: binary((x, y) => x + y),
    sub: binary((x, y) => x - y),
    mul: binary((x, y) => x * y),
    div: binary((x, y) => x / y),
    min: binary(Math.min),
    max: binary(Math.max),
    pmin: choose((x, y) => y < x),
    pmax: choose((x, y) => x < y),
    eq: compare((x, y) => x === y),
    ne: compare((x, y) => x !== y),
    lt: compare((x, y) => x < y),
    gt: compare((x, y) => x > y),
    le: compare((x, y) => x <= y),
    ge: compare((x, y) => x >= y),
  };
}

function conversions(): Operators {
  const table: { [name: string]: VectorOperator } = {
    "f32x4.demote_f64x2_zero": () => {
      for (let i = 0; i < 2; i++) write("f32x4", i, A.f64[i]!);
      R.i64[1] = 0n;
    },
    "f64x2.promote_low_f32x4": () => {
      for (let i = 0; i < 2; i++) write("f64x2", i, A.f32[i]!);
    },
  };
  for (const sign of ["s", "u"] as const) {
    const isSigned = sign === "s";
    const integers = isSigned ? A.i32 : A.u32;
    table[`i32x4.trunc_sat_f32x4_${sign}`] = () => {
      for (let i = 0; i < 4; i++) truncSatToI32(R.i32, i, A.f32[i]!, isSigned);
    };
    table[`i32x4.trunc_sat_f64x2_${sign}_zero`] = () => {
      for (let i = 0; i < 2; i++) truncSatToI32(R.i32, i, A.f64[i]!, isSigned);
      R.i64[1] = 0n;
    };
    table[`f32x4.convert_i32x4_${sign}`] = () => {
      for (let i = 0; i < 4; i++) R.f32[i] = integers[i]!;
    };
    table[`f64x2.convert_low_i32x4_${sign}`] = () => {
      for (let i = 0; i < 2; i++) R.f64[i] = integers[i]!;
    };
  }
  return table;
}

/** Operators by mnemonic. */
export const FLOAT_OPERATORS: Operators = {
  ...conversions(),
  ...Object.fromEntries(
    (["f32x4", "f64x2"] as const).flatMap((shape) =>
      Object.entries(shapeOperators(shape)).map(([name, operator]) => [`${shape}.${name}`, operator]),
    ),
  ),
};
