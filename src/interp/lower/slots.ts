import { isRefType, V128, type ValType } from "../../decoder/module.ts";
import { wideOf } from "./forms.ts";

/**
 * What 8-byte slots of a frame hold: a value of 32 bits, or of 64 (the lowest bit), the number of a reference, the upper
 * half of a vector, whose lower half is in the slot before.
 */
export const NARROW = 0;
export const WIDE = 1;
export const REFERENCE = 2;
export const UPPER = 3;

/** Slots of consecutive values, by what they hold. */
export type Slots = Uint8Array;

export const NO_SLOTS: Slots = new Uint8Array(0);
const ONE_NARROW: Slots = Uint8Array.of(NARROW);
const ONE_WIDE: Slots = Uint8Array.of(WIDE);

const cache = new WeakMap<readonly ValType[], Slots>();

/** The slots of values of these types. */
export function slotsOf(types: readonly ValType[]): Slots {
  if (types.length === 0) return NO_SLOTS;
  if (types.length === 1) return slotsOfOne(types[0]!);
  let slots = cache.get(types);
  if (slots === undefined) {
    slots = Uint8Array.from(types.flatMap((type) => [...slotsOfOne(type)]));
    cache.set(types, slots);
  }
  return slots;
}

const ONE_REFERENCE: Slots = Uint8Array.of(REFERENCE);
const ONE_VECTOR: Slots = Uint8Array.of(WIDE, UPPER);

/** The slots of one value. */
export function slotsOfOne(type: ValType): Slots {
  if (type === V128) return ONE_VECTOR;
  if (isRefType(type)) return ONE_REFERENCE;
  return wideOf(type) === WIDE ? ONE_WIDE : ONE_NARROW;
}
