import { A, B, type Operators, R, type VectorOperator } from "./registers.ts";

// Lanes of 64 bits, which JavaScript computes with as BigInt. Storing into the typed array is what wraps results.

function unary(f: (a: bigint) => bigint): VectorOperator {
  return () => {
    for (let i = 0; i < 2; i++) R.i64[i] = f(A.i64[i]!);
  };
}

function binary(f: (a: bigint, b: bigint) => bigint): VectorOperator {
  return () => {
    for (let i = 0; i < 2; i++) R.i64[i] = f(A.i64[i]!, B.i64[i]!);
  };
}

/** -1, all ones, where the comparison holds. */
const compare = (holds: (a: bigint, b: bigint) => boolean): VectorOperator =>
  binary((a, b) => (holds(a, b) ? -1n : 0n));

function shift(view: "i64" | "u64", f: (a: bigint, count: bigint) => bigint): VectorOperator {
  const a = A[view];
  const r = R[view];
  return (count) => {
    const n = BigInt(count & 63);
    for (let i = 0; i < 2; i++) r[i] = f(a[i]!, n);
  };
}

function wideningOperators(): Operators {
  const table: { [name: string]: VectorOperator } = {};
  for (const sign of ["s", "u"] as const) {
    const view = sign === "s" ? "i32" : "u32";
    const [a, b] = [A[view], B[view]];
    for (const [part, first] of [["low", 0] as const, ["high", 2] as const]) {
      table[`i64x2.extend_${part}_i32x4_${sign}`] = () => {
        for (let i = 0; i < 2; i++) R.i64[i] = BigInt(a[first + i]!);
      };
      table[`i64x2.extmul_${part}_i32x4_${sign}`] = () => {
        for (let i = 0; i < 2; i++) R.i64[i] = BigInt(a[first + i]!) * BigInt(b[first + i]!);
      };
    }
  }
  return table;
}

/** Operators by mnemonic. */
export const INTEGER64_OPERATORS: Operators = {
  "i64x2.abs": unary((a) => (a < 0n ? -a : a)),
  "i64x2.neg": unary((a) => -a),
  "i64x2.add": binary((a, b) => a + b),
  "i64x2.sub": binary((a, b) => a - b),
  "i64x2.mul": binary((a, b) => a * b),
  "i64x2.shl": shift("i64", (a, n) => a << n),
  "i64x2.shr_s": shift("i64", (a, n) => a >> n),
  "i64x2.shr_u": shift("u64", (a, n) => a >> n),
  "i64x2.eq": compare((a, b) => a === b),
  "i64x2.ne": compare((a, b) => a !== b),
  "i64x2.lt_s": compare((a, b) => a < b),
  "i64x2.gt_s": compare((a, b) => a > b),
  "i64x2.le_s": compare((a, b) => a <= b),
  "i64x2.ge_s": compare((a, b) => a >= b),
  ...wideningOperators(),
};
