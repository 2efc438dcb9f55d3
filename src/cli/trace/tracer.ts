import type { ValType } from "../../decoder/index.ts";
import type { Decorator, HostFunction } from "../../host/define.ts";
import type { PolkadotHost } from "../../host/polkadot/host.ts";
import {
  demangle,
  type Entry,
  type Exit,
  functionOf,
  type HostFunc,
  type Lanes,
  type Memory,
  type Observer,
  type Place,
  type Trap,
} from "../../interp/index.ts";
import { functionName } from "../../interp/names.ts";
import { bitsFromLanes } from "../../interp/values.ts";
import { trapToJson } from "../trap-report.ts";
import { type JsonValue, typeName, valueToJson } from "../values.ts";

/** Kinds of events, for `--only`. */
export const EVENT_KINDS = ["call", "return", "host", "memory"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface TraceOptions {
  readonly kinds: ReadonlySet<EventKind>;
  /** Events of frames at this depth and deeper are left out. The outermost function is at depth 0. */
  readonly maxDepth: number;
}

/** What a host function was given or gave, in words, as its declared types format it. */
interface Words {
  readonly types: readonly string[];
  readonly values: readonly string[];
}

/** A function of a module, the same object for each of its calls. */
interface FunctionInfo {
  readonly index: number;
  readonly name: string;
}

/**
 * Tells every event of a run as a plain object, for a line of JSON each. Functions of the Polkadot host speak through
 * `decorate`, which knows their declared types; what it does not wrap is told by its Wasm types.
 */
export class Tracer {
  readonly #options: TraceOptions;
  readonly #tell: (event: object) => void;
  /** Everything that is running, outermost first. */
  readonly #stack: (HostFunc | FunctionInfo)[] = [];
  readonly #functions = new Map<unknown, (FunctionInfo | undefined)[]>();
  /** A host call that has not been told yet: its arguments in words may still come. */
  #pending: { readonly func: HostFunc; readonly words: Words; readonly gas: bigint } | undefined;
  /** The result, in words, of the host function that is about to return. */
  #result: Words | undefined;

  constructor(options: TraceOptions, tell: (event: object) => void) {
    this.#options = options;
    this.#tell = tell;
  }

  /** For the store. */
  readonly observer: Observer = {
    call: (entry, gasUsed) => this.#call(entry, gasUsed),
    return: (exit, gasUsed) => this.#return(exit, gasUsed),
    hostCall: (func, lanes, at, gasUsed) => this.#hostCall(func, lanes, at, gasUsed),
    hostReturn: (func, lanes, at, gasUsed) => this.#hostReturn(func, lanes, at, gasUsed),
    grow: (_memory: Memory, delta, previous, gasUsed) => {
      this.#event("memory", this.#stack.length - 1, { event: "grow", pages: delta, previous }, gasUsed);
    },
    trap: (trap, gasUsed) => this.#trap(trap, gasUsed),
  };

  /** For the functions of the Polkadot host. */
  readonly decorate: Decorator<PolkadotHost> = (_name, fn) => ({
    ...fn,
    body: (state, ...values) => {
      this.#argumentsInWords(fn, values);
      const value = fn.body(state, ...values);
      if (fn.result.wasm.length > 0) {
        this.#result = { types: [fn.result.name], values: [fn.result.format(value)] };
      }
      return value;
    },
  });

  /** Tells what has been held back. To be called when the run has ended, whichever way. */
  end(): void {
    this.#tellPending();
  }

  #call(entry: Entry, gasUsed: bigint): void {
    const func = this.#infoOf(entry);
    const { params } = functionOf(entry).type;
    const event = {
      event: "call",
      func: func.index,
      name: func.name,
      types: params.map(typeName),
      args: valuesIn(params, entry.lanes, entry.at),
    };
    this.#event("call", this.#stack.length, event, gasUsed);
    this.#stack.push(func);
  }

  #return(exit: Exit, gasUsed: bigint): void {
    const func = this.#infoOf(exit);
    this.#leave(func);
    const { results } = functionOf(exit).type;
    const event = {
      event: "return",
      func: func.index,
      name: func.name,
      ...resultOf(results.map(typeName), valuesIn(results, exit.lanes, exit.at)),
    };
    this.#event("return", this.#stack.length, event, gasUsed);
  }

  #hostCall(func: HostFunc, lanes: Lanes, at: number, gasUsed: bigint): void {
    this.#tellPending();
    this.#result = undefined;
    const { params } = func.type;
    const words = { types: params.map(typeName), values: valuesIn(params, lanes, at).map(String) };
    this.#pending = { func, words, gas: gasUsed };
    this.#stack.push(func);
  }

  #argumentsInWords(fn: HostFunction<PolkadotHost>, values: readonly unknown[]): void {
    // Its body may be called by the body of another one, which is not a call of the guest's.
    if (this.#pending === undefined) return;
    const types = fn.params.map((param) => param.name);
    const words = { types, values: fn.params.map((param, i) => param.format(values[i])) };
    this.#pending = { ...this.#pending, words };
    this.#tellPending();
  }

  #tellPending(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    const { func, words, gas } = pending;
    const event = { event: "host", name: func.name, types: words.types, args: words.values };
    this.#event("host", this.#stack.length - 1, event, gas);
  }

  #hostReturn(func: HostFunc, lanes: Lanes, at: number, gasUsed: bigint): void {
    this.#tellPending();
    this.#leave(func);
    const { results } = func.type;
    const raw = { types: results.map(typeName), values: valuesIn(results, lanes, at).map(String) };
    const { types, values } = this.#result ?? raw;
    this.#result = undefined;
    const event = { event: "host-return", name: func.name, ...resultOf(types, values) };
    this.#event("host", this.#stack.length, event, gasUsed);
  }

  #trap(trap: Trap, gasUsed: bigint): void {
    this.#tellPending();
    this.#stack.length = 0;
    const { code, message, stack } = trapToJson(trap);
    const named = stack.map((frame) => ({ ...frame, name: frame.name && demangle(frame.name) }));
    this.#tell({ event: "trap", code, message, stack: named, gas: Number(gasUsed) });
  }

  /** Frames above it, if any, were left by a trap that a host function caught. */
  #leave(func: HostFunc | FunctionInfo): void {
    this.#stack.length = Math.max(this.#stack.lastIndexOf(func), 0);
  }

  #event(kind: EventKind, depth: number, event: object, gasUsed: bigint): void {
    this.#tellPending();
    if (!this.#options.kinds.has(kind) || depth >= this.#options.maxDepth) return;
    const { event: name, ...rest } = event as { event: string };
    this.#tell({ event: name, depth, ...rest, gas: Number(gasUsed) });
  }

  #infoOf({ instance, func }: Place): FunctionInfo {
    let functions = this.#functions.get(instance);
    if (functions === undefined) {
      functions = new Array(instance.module.bodies.length).fill(undefined);
      this.#functions.set(instance, functions);
    }
    let info = functions[func];
    if (info === undefined) {
      const index = instance.module.importedFunctionCount + func;
      info = { index, name: demangle(functionName(instance, index) ?? `function ${index}`) };
      functions[func] = info;
    }
    return info;
  }
}

function valuesIn(types: readonly ValType[], lanes: Lanes, at: number): JsonValue[] {
  return types.map((type, i) => valueToJson(bitsFromLanes(type, lanes, at + 2 * i), type));
}

/** Nothing if there is none: a function of 1.0 has at most one result. */
function resultOf(types: readonly string[], values: readonly JsonValue[]): object {
  return values.length === 0 ? {} : { type: types[0], result: values[0] };
}
