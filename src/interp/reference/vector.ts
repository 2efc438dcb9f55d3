import { V128, type ValType } from "../../decoder/module.ts";

/**
 * Vectors among the executor's values have the bit above their 128 set, so that they can be told from numbers: they take
 * two slots of a frame.
 */
const MARK = 1n << 128n;

/** A value with these 128 bits. */
export const vector = (bits: bigint): bigint => bits | MARK;

/** The 128 bits of a vector, any other value as it is. */
export const withoutMark = (value: bigint): bigint => BigInt.asUintN(128, value);

/** The executor's value for raw bits of a type. */
export const typedValue = (type: ValType, bits: bigint): bigint => (type === V128 ? vector(bits) : bits);

/** 8-byte slots that values take. */
export function slotsOf(values: readonly bigint[]): number {
  let slots = values.length;
  for (const value of values) if (value >= MARK) slots++;
  return slots;
}
