import { I64 } from "../../decoder/module.ts";
import type { ScaleResult } from "./encoding.ts";
import type { NumberType } from "./numbers.ts";
import type { Param, Result } from "./value-type.ts";

/** A number of which one value, `absent`, stands for none: `optional(i32, -1)`. */
export function optional<T extends number | bigint>(
  type: NumberType<T>,
  absent: T,
): Param<T | undefined> & Result<T | undefined> {
  return {
    name: `optional ${type.name}`,
    wasm: type.wasm,
    load: (lanes, at, memory) => {
      const value = type.load(lanes, at, memory);
      return value === absent ? undefined : value;
    },
    store: (value, frame, guest) => type.store(value ?? absent, frame, guest),
    format: (value) => (value === undefined ? "None" : type.format(value)),
  };
}

/** What `resultCode` passes: a value, or one of the errors by name. */
export type Outcome<T, E extends string> = ScaleResult<T, E>;

/**
 * A result that may fail, in one signed number: what is not negative is the value, and −1, −2, … are the errors in
 * their order.
 */
export function resultCode<T extends number | bigint, const E extends string>(
  type: NumberType<T>,
  errors: readonly E[],
): Result<Outcome<T, E>> {
  const code = (error: E): T => {
    const value = -1 - errors.indexOf(error);
    return (type.wasm[0] === I64 ? BigInt(value) : value) as T;
  };
  return {
    name: `-> ${type.name} or error`,
    wasm: type.wasm,
    store: (outcome, frame, guest) =>
      type.store("ok" in outcome ? outcome.ok : code(outcome.error), frame, guest),
    format: (outcome) => ("ok" in outcome ? type.format(outcome.ok) : `error ${outcome.error}`),
  };
}
