import { F32, F64, I32, I64, type NumType, type ValType } from "../../decoder/module.ts";
import { type Lanes, valueFromLanes, valueToLanes } from "../../interp/values.ts";

/** The types of values by the names that descriptors give them. */
export const valueTypes: ReadonlyMap<string, NumType> = new Map([
  ["i32", I32],
  ["i64", I64],
  ["f32", F32],
  ["f64", F64],
]);

/**
 * ToWebAssemblyValue: writes what a script gave as a value of `type`. @throws TypeError where the spec's conversion does;
 * whatever the script's own `valueOf` and the like throw
 */
export function toLanes(type: ValType, value: unknown, lanes: Lanes, at: number): void {
  // The operators are ToInt32, ToNumber and ToBigInt, which refuse what they must; `Number(…)` would take a BigInt.
  switch (type) {
    case I32:
      lanes[at] = (value as number) | 0;
      return;
    case I64:
      valueToLanes(type, BigInt.asIntN(64, value as bigint), lanes, at);
      return;
    case F32:
    case F64:
      valueToLanes(type, +(value as number), lanes, at);
  }
}

/** ToJSValue. */
export function fromLanes(type: ValType, lanes: Lanes, at: number): unknown {
  return type === I32 ? lanes[at] : valueFromLanes(type, lanes, at);
}
