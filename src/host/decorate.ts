import { Trap } from "../interp/trap.ts";
import type { Decorator } from "./define.ts";
import type { Guest } from "./types/value-type.ts";

/** One call of a host function, in words. */
export interface CallRecord {
  readonly name: string;
  readonly args: readonly string[];
  /** What it returned; undefined if it returned nothing or trapped. */
  readonly result: string | undefined;
  /** The trap's code, if it trapped. */
  readonly trap: string | undefined;
}

/** A decorator that gives every call, formatted by its value types, to `sink` when the call ends. */
export function recording<S extends Guest>(sink: (record: CallRecord) => void): Decorator<S> {
  return (name, fn) => ({
    ...fn,
    body: (state, ...values) => {
      // Formatted before the body runs: it may change what views show.
      const args = fn.params.map((param, i) => param.format(values[i]));
      try {
        const value = fn.body(state, ...values);
        const result = fn.result.wasm.length === 0 ? undefined : fn.result.format(value);
        sink({ name, args, result, trap: undefined });
        return value;
      } catch (error) {
        sink({ name, args, result: undefined, trap: trapCode(error) });
        throw error;
      }
    },
  });
}

/** A decorator that counts calls by name in `counts`. */
export function counting<S extends Guest>(counts: Map<string, number>): Decorator<S> {
  return (name, fn) => ({
    ...fn,
    body: (state, ...values) => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return fn.body(state, ...values);
    },
  });
}

function trapCode(error: unknown): string {
  return error instanceof Trap ? error.code : "error";
}
