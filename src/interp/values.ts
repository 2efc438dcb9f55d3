import { EXTERNREF, F32, F64, FUNCREF, I32, I64, typeName, V128, type ValType } from "../decoder/module.ts";
import { isReferenceOf, type Reference, type References } from "./references.ts";

/**
 * A Wasm value at the JavaScript edge: i32 as a signed number, i64 as a signed BigInt, f32 and f64 as numbers, v128 as an
 * unsigned BigInt of its bits, references as they are. Where a function gives several values, an array of them.
 * A JavaScript number cannot carry every NaN; where bits matter use the *bits form*: an unsigned BigInt of the
 * value's raw 32, 64 or 128 bits; of a reference its number among the store's `references`.
 */
export type Value = number | bigint | Reference;

/**
 * Inside the engine a value is two Int32 *lanes*: low word, high word. 32-bit types and references use the low lane only
 * and leave the high one undefined. A vector is four lanes, two values' place. Floats are raw bits, so that moving one
 * never changes a NaN (engines disagree on what a JS number keeps of it).
 */
export type Lanes = Int32Array;

/** Lanes that a value of the type takes. */
export function lanesOf(type: ValType): number {
  return type === V128 ? 4 : 2;
}

/** Lanes that values of these types take one after another. */
export function laneCount(types: readonly ValType[]): number {
  let count = 2 * types.length;
  for (const type of types) if (type === V128) count += 2;
  return count;
}

const scratch = new DataView(new ArrayBuffer(8));

/**
 * Writes `value` as `type` to the lanes from `at` on, converting as the spec's ToWebAssemblyValue does.
 * @param references the store's, where the type may be one of references @throws TypeError for what is no value of it
 */
export function valueToLanes(
  type: ValType,
  value: Value,
  lanes: Lanes,
  at: number,
  references?: References,
): void {
  switch (type) {
    case I32:
      lanes[at] = Number(value);
      return;
    case I64:
      bitsToLanes(type, BigInt.asUintN(64, BigInt(value as bigint)), lanes, at);
      return;
    case V128:
      bitsToLanes(type, BigInt.asUintN(128, BigInt(value as bigint)), lanes, at);
      return;
    case FUNCREF:
    case EXTERNREF:
      if (!isReferenceOf(type, value)) throw new TypeError(`the value is no ${typeName(type)}`);
      lanes[at] = known(references).numberOf(value);
      return;
    case F32:
      scratch.setFloat32(0, Number(value), true);
      lanes[at] = canonicalNaN32(scratch.getInt32(0, true));
      return;
    case F64:
      if (Number.isNaN(Number(value))) {
        lanes[at] = 0;
        lanes[at + 1] = 0x7ff80000;
        return;
      }
      scratch.setFloat64(0, Number(value), true);
      lanes[at] = scratch.getInt32(0, true);
      lanes[at + 1] = scratch.getInt32(4, true);
  }
}

function known(references: References | undefined): References {
  if (references === undefined) throw new Error("values: no references to look a number up in");
  return references;
}

/** The value of `type` in the lanes from `at` on. */
export function valueFromLanes(type: ValType, lanes: Lanes, at: number, references?: References): Value {
  switch (type) {
    case I32:
      return lanes[at]!;
    case I64:
      return BigInt.asIntN(64, bitsFromLanes(type, lanes, at));
    case F32:
      scratch.setInt32(0, lanes[at]!, true);
      return scratch.getFloat32(0, true);
    case F64:
      scratch.setInt32(0, lanes[at]!, true);
      scratch.setInt32(4, lanes[at + 1]!, true);
      return scratch.getFloat64(0, true);
    case V128:
      return bitsFromLanes(type, lanes, at);
    case FUNCREF:
    case EXTERNREF:
      return known(references).referenceOf(lanes[at]!);
  }
}

/** The values of `types` in the lanes from `at` on, one after another. */
export function valuesFromLanes(
  types: readonly ValType[],
  lanes: Lanes,
  at: number,
  references?: References,
): Value[] {
  let next = at;
  return types.map((type) => {
    const value = valueFromLanes(type, lanes, next, references);
    next += lanesOf(type);
    return value;
  });
}

/** Writes values of `types` one after another, from `at` on. */
export function valuesToLanes(
  types: readonly ValType[],
  values: readonly Value[],
  lanes: Lanes,
  at: number,
  references?: References,
): void {
  let next = at;
  types.forEach((type, i) => {
    valueToLanes(type, values[i] as Value, lanes, next, references);
    next += lanesOf(type);
  });
}

/** The same in bits form. */
export function allBitsFromLanes(types: readonly ValType[], lanes: Lanes, at: number): bigint[] {
  let next = at;
  return types.map((type) => {
    const bits = bitsFromLanes(type, lanes, next);
    next += lanesOf(type);
    return bits;
  });
}
export function allBitsToLanes(
  types: readonly ValType[],
  bits: readonly bigint[],
  lanes: Lanes,
  at: number,
): void {
  let next = at;
  types.forEach((type, i) => {
    bitsToLanes(type, bits[i]!, lanes, next);
    next += lanesOf(type);
  });
}

/** What a call gives at the JavaScript edge: undefined, one value, or an array of several. */
export function resultOf(values: readonly Value[]): Value | undefined {
  return values.length > 1 ? values : values[0];
}

/** Writes raw bits: the low 32, 64 or 128 bits of `bits`. */
export function bitsToLanes(type: ValType, bits: bigint, lanes: Lanes, at: number): void {
  lanes[at] = Number(BigInt.asIntN(32, bits));
  if (type === I64 || type === F64 || type === V128) lanes[at + 1] = Number(BigInt.asIntN(32, bits >> 32n));
  if (type === V128) bitsToLanes(I64, bits >> 64n, lanes, at + 2);
}

/** The raw bits as an unsigned BigInt. */
export function bitsFromLanes(type: ValType, lanes: Lanes, at: number): bigint {
  const low = BigInt(lanes[at]! >>> 0);
  if (type === V128) return (bitsFromLanes(I64, lanes, at + 2) << 64n) | bitsFromLanes(I64, lanes, at);
  return type === I64 || type === F64 ? (BigInt(lanes[at + 1]! >>> 0) << 32n) | low : low;
}

const scratchLanes = new Int32Array(4);

/** The raw bits of a JavaScript value, as an unsigned BigInt. */
export function valueToBits(type: ValType, value: Value, references?: References): bigint {
  valueToLanes(type, value, scratchLanes, 0, references);
  return bitsFromLanes(type, scratchLanes, 0);
}
/** The JavaScript value of raw bits. */
export function bitsToValue(type: ValType, bits: bigint, references?: References): Value {
  bitsToLanes(type, bits, scratchLanes, 0);
  return valueFromLanes(type, scratchLanes, 0, references);
}

/** A NaN that crossed the JavaScript edge has engine-dependent bits, so it enters as the canonical NaN. */
function canonicalNaN32(bits: number): number {
  return (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits;
}
