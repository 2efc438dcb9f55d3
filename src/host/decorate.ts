import { Trap } from "../interp/trap.ts";
import type { Decorator, HostFunction } from "./define.ts";
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
      const args = formatArguments(fn, values);
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

/** A decorator that writes a line for every call when it ends: `name(0x01, 2) = Some(0x03)`. */
export function logging<S extends Guest>(write: (line: string) => void): Decorator<S> {
  return recording(({ name, args, result, trap }) => {
    const outcome = trap !== undefined ? ` trapped: ${trap}` : result === undefined ? "" : ` = ${result}`;
    write(`${name}(${args.join(", ")})${outcome}`);
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

/** What takes the gas of host functions. A `Store` is one. */
export interface GasMeter {
  /** @throws Trap out-of-gas */
  chargeGas(amount: bigint): void;
}

/**
 * What a call of a host function costs, in the gas of the store's schedule. `args` are the decoded arguments:
 * byte strings among them have a `length` to charge by. Not negative.
 */
export type CallCost = (name: string, args: readonly unknown[]) => bigint;

/**
 * A decorator that charges for every call before its body runs. Whatever is charged counts in the store's
 * `gasUsed` and against its limit.
 * @param meterOf the meter of a module's state, usually the store that the guest runs in; undefined charges nothing
 */
export function charging<S extends Guest>(
  cost: CallCost,
  meterOf: (state: S) => GasMeter | undefined,
): Decorator<S> {
  return (name, fn) => ({
    ...fn,
    body: (state, ...values) => {
      meterOf(state)?.chargeGas(cost(name, values));
      return fn.body(state, ...values);
    },
  });
}

/** A price of `base` for each call and `perByte` for each byte of the byte strings it is given. */
export function linearCost(base: bigint, perByte: bigint): CallCost {
  return (_, args) => args.reduce((sum: bigint, arg) => sum + perByte * BigInt(byteLength(arg)), base);
}

function byteLength(arg: unknown): number {
  return arg instanceof Uint8Array ? arg.length : 0;
}

function formatArguments<S extends Guest>(fn: HostFunction<S>, values: readonly unknown[]): string[] {
  return fn.params.map((param, i) => param.format(values[i]));
}

function trapCode(error: unknown): string {
  return error instanceof Trap ? error.code : "error";
}
