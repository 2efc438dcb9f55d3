import { Memory as LinearMemory, MAX_PAGES } from "../../interp/memory.ts";
import type { Agent } from "./agent.ts";
import { bufferOf } from "./buffer.ts";
import { scriptError } from "./errors.ts";
import { dictionary, unsignedLong } from "./idl.ts";
import type { Constructor } from "./interface.ts";

/** The limits that a descriptor gives, read in the order of Web IDL. @throws TypeError, RangeError */
export function limitsOf(descriptor: { readonly [member: string]: unknown }, what: string) {
  const { initial, maximum } = {
    initial: memberOf(descriptor, "initial", what),
    maximum: memberOf(descriptor, "maximum", what),
  };
  if (initial === undefined) throw new TypeError(`${what}: the descriptor has no initial size`);
  if (maximum !== undefined && maximum < initial) {
    throw new RangeError(`${what}: the maximum ${maximum} is below the initial size ${initial}`);
  }
  return { min: initial, max: maximum };
}

function memberOf(descriptor: { readonly [member: string]: unknown }, name: string, what: string) {
  const value = descriptor[name];
  return value === undefined ? undefined : unsignedLong(value, `${what}: ${name}`);
}

/** `WebAssembly.Memory`. */
export function memoryInterface(agent: Agent): Constructor {
  const { memories, store, errors } = agent;
  return memories.implement(
    class Memory {
      constructor(descriptor: unknown) {
        const what = "WebAssembly.Memory()";
        const members = dictionary(descriptor, `${what}: argument 0`);
        const type = limitsOf(members, what);
        if (members["shared"]) throw new TypeError(`${what}: shared memories are not supported`);
        if (type.max !== undefined && type.max > MAX_PAGES) {
          throw new RangeError(`${what}: the maximum exceeds ${MAX_PAGES} pages`);
        }
        try {
          memories.adopt(this, new LinearMemory(type, store.maxMemoryPages));
        } catch (error) {
          throw scriptError(error, errors);
        }
      }

      get buffer() {
        return bufferOf(memories.of(this, "WebAssembly.Memory.buffer: this"));
      }

      grow(delta: unknown) {
        const what = "WebAssembly.Memory.grow()";
        const memory = memories.of(this, `${what}: this`);
        const pages = unsignedLong(delta, `${what}: argument 0`);
        let old: number;
        try {
          old = memory.grow(pages);
        } catch (error) {
          throw scriptError(error, errors);
        }
        if (old < 0) throw new RangeError(`${what}: the maximum size is exceeded`);
        return old;
      }
    },
  );
}
