import { EXTERNREF, F32, F64, FUNCREF, I32, I64, V128, type ValType } from "../../decoder/module.ts";
import type { Func } from "../../interp/func.ts";
import { type Lanes, type Value, valueFromLanes, valueToLanes } from "../../interp/values.ts";
import type { Agent } from "./agent.ts";

/** The types of values by the names that descriptors give them. Vectors have none: scripts cannot make one. */
export const valueTypes: ReadonlyMap<string, Exclude<ValType, typeof V128>> = new Map([
  ["i32", I32],
  ["i64", I64],
  ["f32", F32],
  ["f64", F64],
  ["externref", EXTERNREF],
  ["anyfunc", FUNCREF],
] as const);

/**
 * ToWebAssemblyValue: what a script gave as a value of `type`. @throws TypeError where the spec's conversion does;
 * whatever the script's own `valueOf` and the like throw
 */
export function toValue(agent: Agent, type: ValType, value: unknown): Value {
  // The operators are ToInt32, ToNumber and ToBigInt, which refuse what they must; `Number(…)` would take a BigInt.
  switch (type) {
    case I32:
      return (value as number) | 0;
    case I64:
      return BigInt.asIntN(64, value as bigint);
    case F32:
      return Math.fround(+(value as number));
    case F64:
      return +(value as number);
    case FUNCREF: {
      const func = value === null ? null : agent.functions.find(value);
      if (func !== undefined) return func;
      throw new TypeError("a funcref must be an exported WebAssembly function or null");
    }
    case EXTERNREF:
      return value as Value;
    case V128:
      throw vectorError();
  }
}

/** ToJSValue. @throws TypeError for vectors */
export function fromValue(agent: Agent, type: ValType, value: Value): unknown {
  if (type === V128) throw vectorError();
  return type === FUNCREF && value !== null ? agent.functions.objectOf(value as Func) : value;
}

/** What a variable or element of a type begins with, if a script says nothing. */
export function defaultValue(type: ValType): Value {
  return type === EXTERNREF ? undefined : type === FUNCREF ? null : type === I64 ? 0n : 0;
}

/** The same to and from lanes, for functions that are running: references have numbers only as long. */
export function toLanes(agent: Agent, type: ValType, value: unknown, lanes: Lanes, at: number): void {
  if (type === I32) lanes[at] = (value as number) | 0;
  else valueToLanes(type, toValue(agent, type, value), lanes, at, agent.store.references);
}
export function fromLanes(agent: Agent, type: ValType, lanes: Lanes, at: number): unknown {
  if (type === I32) return lanes[at];
  return fromValue(agent, type, valueFromLanes(type, lanes, at, agent.store.references));
}

export function vectorError(): TypeError {
  return new TypeError("values of type v128 cannot be passed to or from JavaScript");
}
