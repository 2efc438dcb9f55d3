import { EXTERNREF, type FuncType } from "../decoder/module.ts";
import type { HostFunc } from "./func.ts";
import { type Value, valuesFromLanes, valuesToLanes, valueToLanes } from "./values.ts";

/**
 * A host function over JavaScript values: the simple form. Typed host modules (`lockstep/host`) are the richer one.
 * Several results are returned as an array.
 * @throws TypeError when called, if the implementation does not return as many values as the type has results.
 */
export function hostFunc(
  name: string,
  type: FuncType,
  // biome-ignore lint/suspicious/noConfusingVoidType: an implementation without a result should not have to return
  implementation: (...args: Value[]) => Value | undefined | void,
): HostFunc {
  const { params, results } = type;
  const [first] = results;
  return {
    kind: "host",
    name,
    type,
    invoke(call) {
      const { lanes, at, references } = call;
      const result = implementation(...valuesFromLanes(params, lanes, at, references)) as Value | undefined;
      if (first === undefined) return;
      if (results.length === 1) {
        if (result === undefined && first !== EXTERNREF)
          throw new TypeError(`host function ${name} returned no value`);
        valueToLanes(first, result, call.lanes, at, references);
        return;
      }
      if (!Array.isArray(result) || result.length !== results.length) {
        throw new TypeError(`host function ${name} did not return ${results.length} values`);
      }
      valuesToLanes(results, result, call.lanes, at, references);
    },
  };
}
