import type { ValType } from "../../decoder/module.ts";
import type { Value } from "../../interp/values.ts";
import type { Agent } from "./agent.ts";
import { isObject, oneOf, required, unsignedLong } from "./idl.ts";
import type { Constructor } from "./interface.ts";
import { fromValue, toValue, valueTypes } from "./values.ts";

/** What a `Tag` stands for: the types of an exception's values. */
export interface TagSlot {
  readonly parameters: readonly ValType[];
}
/** What an `Exception` stands for. */
export interface ExceptionSlot {
  readonly tag: TagSlot;
  readonly values: readonly Value[];
}

/** `WebAssembly.Tag`. Modules cannot import or export tags: exception handling is not among the features. */
export function tagInterface({ tags }: Agent): Constructor {
  return tags.implement(
    class Tag {
      constructor(descriptor: unknown) {
        const what = "WebAssembly.Tag()";
        if (!isObject(descriptor)) throw new TypeError(`${what}: argument 0 must be an object`);
        const { parameters } = descriptor as { readonly parameters?: unknown };
        if (!isObject(parameters)) throw new TypeError(`${what}: the descriptor has no parameters`);
        const types = [...(parameters as Iterable<unknown>)];
        tags.adopt(this, {
          parameters: types.map((type) => oneOf(type, valueTypes, `${what}: a parameter`)),
        });
      }
    },
  );
}

/** `WebAssembly.Exception`, for scripts that throw and catch them among themselves. */
export function exceptionInterface(agent: Agent): Constructor {
  const { tags, exceptions } = agent;
  return exceptions.implement(
    class Exception {
      constructor(tag: unknown, payload: unknown = undefined) {
        const what = "WebAssembly.Exception()";
        const slot = tags.of(tag, `${what}: argument 0`);
        if (!isObject(payload)) throw new TypeError(`${what}: argument 1 must be a list of values`);
        const given = [...(payload as Iterable<unknown>)];
        const { parameters } = slot;
        if (given.length !== parameters.length) {
          throw new TypeError(`${what}: the tag has ${parameters.length} values, ${given.length} given`);
        }
        exceptions.adopt(this, {
          tag: slot,
          values: parameters.map((type, i) => toValue(agent, type, given[i])),
        });
      }

      is(tag: unknown) {
        const what = "WebAssembly.Exception.is()";
        const { tag: own } = exceptions.of(this, `${what}: this`);
        return own === tags.of(tag, `${what}: argument 0`);
      }

      getArg(tag: unknown, index: unknown) {
        const what = "WebAssembly.Exception.getArg()";
        const { tag: own, values } = exceptions.of(this, `${what}: this`);
        // biome-ignore lint/complexity/noArguments: a missing index is an error of its own
        required(arguments.length, 2, what);
        const slot = tags.of(tag, `${what}: argument 0`);
        const i = unsignedLong(index, `${what}: argument 1`);
        if (own !== slot) throw new TypeError(`${what}: the exception has another tag`);
        if (i >= values.length) throw new RangeError(`${what}: there is no value ${i}`);
        return fromValue(agent, slot.parameters[i]!, values[i]!);
      }
    },
  );
}
