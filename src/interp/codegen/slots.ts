import { I64 } from "../../decoder/module.ts";
import { constantOf, type Operand } from "./operand.ts";

/*
 * The other way to have i64: V8 (from 11 on, once it optimises) computes with BigInts as with machine words where they
 * come from elements of a BigUint64Array and go to one: `B[3] = B[1] * 5n + B[2]` is three instructions and a store.
 * What it does not do so, in 11.3: `BigInt.asUintN` in between (twice the time), variables (three times), DataView's
 * 64-bit accesses, variable shifts, unsigned order and division (tens of times). So i64 locals, and temporaries where
 * needed, are slots; sums, products, bitwise operators and shifts by constants are expressions over them; all else goes
 * by lanes, which are the same memory.
 *
 * Anything else than V8's optimising compiler takes a hundred times as long for that.
 */

/** Slots that a function may use; the last one of all is the division's. */
export const MAX_SLOTS = 127;

// `B`, `S` and `L` are one buffer as unsigned and signed words of 64 bits, and as lanes.
export const powerOf2 = (exponent: string): string => `B[128 + (${exponent} & 63)]`;
export const slotBig = (slot: number): string => `B[${slot}]`;
export const slotSigned = (slot: number): string => `S[${slot}]`;
export const slotLow = (slot: number): string => `L[${2 * slot}]`;
export const slotHigh = (slot: number): string => `L[${2 * slot + 1}]`;

/** The slot that an operand is, if it is one. */
export function slotOf({ big }: Operand): number | undefined {
  const found = big === undefined ? null : /^B\[(\d+)\]$/.exec(big);
  return found === null ? undefined : Number(found[1]);
}

/** An i64 as an expression that is a BigInt: `isExact` if it is below 2^64 and not negative, else only modulo 2^64. */
export interface Big {
  readonly text: string;
  readonly isExact: boolean;
}

export function bigOf({ lo, hi, big, isExact }: Operand): Big {
  if (big !== undefined) return { text: big, isExact: isExact === true };
  const [low, high] = [constantOf(lo), constantOf(hi)];
  if (low !== undefined && high !== undefined) {
    const value = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    return { text: `${value}n`, isExact: true };
  }
  if (hi === "0") return { text: `BigInt(${lo} >>> 0)`, isExact: true };
  if (hi === `(${lo} >> 31)`) return { text: `BigInt(${lo})`, isExact: false };
  return { text: bigOfLanes(lo!, hi!), isExact: true };
}

export const bigOfLanes = (lo: string, hi: string): string =>
  `(BigInt(${lo} >>> 0) + (BigInt(${hi} >>> 0) << 32n))`;

/** A slot as an operand. */
export function slotOperand(
  slot: number,
  locals: readonly number[],
  temporaries: readonly string[],
): Operand {
  const [lo, hi, big] = [slotLow(slot), slotHigh(slot), slotBig(slot)];
  return { type: I64, lo, hi, number: undefined, big, isExact: true, locals, temporaries, isEager: false };
}
