import { F32, F64, I32, I64, type ValType } from "../decoder/module.ts";

/**
 * A Wasm value at the JavaScript edge: i32 as a signed number, i64 as a signed BigInt, f32 and f64 as numbers.
 * A JavaScript number cannot carry every NaN; where bits matter use the *bits form*: an unsigned BigInt of the
 * value's raw 32 or 64 bits.
 */
export type Value = number | bigint;

/**
 * Inside the engine a value is two Int32 *lanes*: low word, high word. 32-bit types use the low lane only and
 * leave the high one undefined. Floats are raw bits, so that moving one never changes a NaN
 * (engines disagree on what a JS number keeps of it).
 */
export type Lanes = Int32Array;

const scratch = new DataView(new ArrayBuffer(8));

/** Writes `value` as `type` to `lanes[at]` and `lanes[at + 1]`, converting as the spec's ToWebAssemblyValue does. */
export function valueToLanes(type: ValType, value: Value, lanes: Lanes, at: number): void {
  switch (type) {
    case I32:
      lanes[at] = Number(value);
      return;
    case I64:
      bitsToLanes(type, BigInt.asUintN(64, BigInt(value)), lanes, at);
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

/** The value of `type` in `lanes[at]` and `lanes[at + 1]`. */
export function valueFromLanes(type: ValType, lanes: Lanes, at: number): Value {
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
  }
}

/** Writes raw bits: the low 32 or 64 bits of `bits`. */
export function bitsToLanes(type: ValType, bits: bigint, lanes: Lanes, at: number): void {
  lanes[at] = Number(BigInt.asIntN(32, bits));
  if (type === I64 || type === F64) lanes[at + 1] = Number(BigInt.asIntN(32, bits >> 32n));
}

/** The raw bits as an unsigned BigInt. */
export function bitsFromLanes(type: ValType, lanes: Lanes, at: number): bigint {
  const low = BigInt(lanes[at]! >>> 0);
  return type === I64 || type === F64 ? (BigInt(lanes[at + 1]! >>> 0) << 32n) | low : low;
}

const pair = new Int32Array(2);

/** The raw bits of a JavaScript value, as an unsigned BigInt. */
export function valueToBits(type: ValType, value: Value): bigint {
  valueToLanes(type, value, pair, 0);
  return bitsFromLanes(type, pair, 0);
}
/** The JavaScript value of raw bits. */
export function bitsToValue(type: ValType, bits: bigint): Value {
  bitsToLanes(type, bits, pair, 0);
  return valueFromLanes(type, pair, 0);
}

/** A NaN that crossed the JavaScript edge has engine-dependent bits, so it enters as the canonical NaN. */
function canonicalNaN32(bits: number): number {
  return (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits;
}
