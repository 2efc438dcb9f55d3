import type { FuncType } from "../decoder/module.ts";
import type { HostFunc } from "./func.ts";
import { type Value, valueFromLanes, valueToLanes } from "./values.ts";

/**
 * A host function over JavaScript values: the simple form. Typed host modules (`lockstep/host`) are the richer one.
 * @throws TypeError when called, if the implementation returns nothing where the type has a result.
 */
export function hostFunc(
  name: string,
  type: FuncType,
  // biome-ignore lint/suspicious/noConfusingVoidType: an implementation without a result should not have to return
  implementation: (...args: Value[]) => Value | undefined | void,
): HostFunc {
  const { params, results } = type;
  return {
    kind: "host",
    name,
    type,
    invoke(call) {
      const { lanes, at } = call;
      const result = implementation(...params.map((param, i) => valueFromLanes(param, lanes, at + 2 * i)));
      if (results.length === 0) return;
      if (result === undefined) throw new TypeError(`host function ${name} returned no value`);
      valueToLanes(results[0]!, result as Value, call.lanes, at);
    },
  };
}
