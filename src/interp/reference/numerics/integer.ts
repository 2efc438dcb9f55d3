import { Trap } from "../../trap.ts";

/** A numeric operator as a function on raw bits. */
export type Numeric = (...operands: bigint[]) => bigint;
export type NumericTable = { readonly [mnemonic: string]: Numeric };

/** The bits that mean `value` modulo 2^width. */
export const unsigned = (width: number, value: bigint): bigint => BigInt.asUintN(width, value);
/** What the bits mean as a two's complement number (spec: signed_N). */
export const signed = (width: number, bits: bigint): bigint => BigInt.asIntN(width, bits);
export const bool = (condition: boolean): bigint => (condition ? 1n : 0n);

/** Integer operators of one width by their names without the type (spec: Numerics, Integer Operations). */
export function integerOperators(width: 8 | 16 | 32 | 64): NumericTable {
  const N = BigInt(width);
  const wrap = (value: bigint) => unsigned(width, value);
  const int = (bits: bigint) => signed(width, bits);
  const digits = (bits: bigint) => bits.toString(2).padStart(width, "0");
  const nonzero = (divisor: bigint): bigint => {
    if (divisor === 0n) throw Trap.core("integer-divide-by-zero");
    return divisor;
  };
  const rotl = (a: bigint, count: bigint) => wrap((a << (count % N)) | (a >> (N - (count % N))));
  return {
    add: (a, b) => wrap(a + b),
    sub: (a, b) => wrap(a - b),
    mul: (a, b) => wrap(a * b),
    div_u: (a, b) => a / nonzero(b),
    div_s: (a, b) => {
      const quotient = int(a) / nonzero(int(b));
      // Only -2^(N-1) / -1 does not fit.
      if (quotient === 2n ** (N - 1n)) throw Trap.core("integer-overflow");
      return wrap(quotient);
    },
    rem_u: (a, b) => a % nonzero(b),
    rem_s: (a, b) => wrap(int(a) % nonzero(int(b))),
    and: (a, b) => a & b,
    or: (a, b) => a | b,
    xor: (a, b) => a ^ b,
    shl: (a, b) => wrap(a << (b % N)),
    shr_u: (a, b) => a >> (b % N),
    shr_s: (a, b) => wrap(int(a) >> (b % N)),
    rotl: (a, b) => rotl(a, b),
    rotr: (a, b) => rotl(a, N - (b % N)),
    clz: (a) => BigInt(`${digits(a)}1`.indexOf("1")),
    ctz: (a) => BigInt([...`1${digits(a)}`].reverse().indexOf("1")),
    popcnt: (a) => BigInt(digits(a).replaceAll("0", "").length),
    extend8_s: (a) => wrap(signed(8, a)),
    extend16_s: (a) => wrap(signed(16, a)),
    ...(width === 64 && { extend32_s: (a: bigint) => wrap(signed(32, a)) }),
    eqz: (a) => bool(a === 0n),
    eq: (a, b) => bool(a === b),
    ne: (a, b) => bool(a !== b),
    lt_u: (a, b) => bool(a < b),
    lt_s: (a, b) => bool(int(a) < int(b)),
    gt_u: (a, b) => bool(a > b),
    gt_s: (a, b) => bool(int(a) > int(b)),
    le_u: (a, b) => bool(a <= b),
    le_s: (a, b) => bool(int(a) <= int(b)),
    ge_u: (a, b) => bool(a >= b),
    ge_s: (a, b) => bool(int(a) >= int(b)),
  };
}
