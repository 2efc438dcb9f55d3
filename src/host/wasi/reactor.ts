import { type FeatureSet, load } from "../../decoder/index.ts";
import type { ValidModule } from "../../decoder/module.ts";
import type { Instance } from "../../interp/instance.ts";
import type { Memory } from "../../interp/memory.ts";
import { Store } from "../../interp/store.ts";
import { Trap } from "../../interp/trap.ts";
import type { Value } from "../../interp/values.ts";
import { type CommandOptions, instantiateWasi } from "./command.ts";
import { ProcExit } from "./exit.ts";
import type { Wasi } from "./state.ts";
import { decodeLossily, discarded, type Output } from "./streams.ts";

export interface ReactorOptions extends CommandOptions {
  /** Where it runs; by default a store of its own, without a limit of gas. */
  readonly store?: Store;
  /** What is accepted when bytes are loaded. Default: all that Lockstep knows. */
  readonly features?: FeatureSet;
}

/** The functions of a reactor; i64 is BigInt. `E` may say more: `loadReactor<{ add(n: number): number }>(bytes)`. */
export type ReactorExports = { readonly [name: string]: (...args: Value[]) => Value | undefined };

/** The exports that are not for callers. */
const INITIALIZE = "_initialize";

/**
 * A reactor: a module whose exported functions are called again and again, and which keeps its state, such as Go makes
 * with `-buildmode=c-shared` of functions marked `//go:wasmexport`.
 */
export class Reactor<E> {
  /**
   * Its functions. Before the first one is called, `_initialize` is, once and for all. A reactor that exits (as a Go
   * program does that panics) has trapped, and every later call does as well.
   */
  readonly exports: E;
  readonly instance: Instance;
  readonly wasi: Wasi;
  readonly #said: ErrorOutput;
  #state: "new" | "initialized" = "new";
  #ended: Trap | undefined;

  constructor(module: ValidModule, options: ReactorOptions) {
    this.#said = new ErrorOutput(options.stderr ?? discarded);
    const store = options.store ?? new Store();
    const made = instantiateWasi(store, module, { ...options, stderr: this.#said });
    this.instance = made.instance;
    this.wasi = made.wasi;
    const exports = Object.create(null) as { [name: string]: (...args: Value[]) => Value | undefined };
    for (const [name, { kind }] of made.instance.externs) {
      if (kind !== "func" || name === INITIALIZE) continue;
      exports[name] = (...args) => this.#call(name, args);
    }
    this.exports = Object.freeze(exports) as E;
  }

  /** Undefined if it has none. */
  get memory(): Memory | undefined {
    return this.instance.memory;
  }

  /** Calls `_initialize`, if it has not been called: for whoever wants to choose when. @throws Trap */
  initialize(): void {
    if (this.#ended !== undefined) throw again(this.#ended);
    if (this.#state !== "new") return;
    // Set before: what is called while it initializes belongs to that.
    this.#state = "initialized";
    if (this.instance.externs.get(INITIALIZE)?.kind !== "func") return;
    try {
      this.#guarded(() => this.instance.call(INITIALIZE));
    } catch (error) {
      // One that did not come up never will.
      if (error instanceof Trap) this.#ended ??= error;
      throw error;
    }
  }

  #call(name: string, args: Value[]): Value | undefined {
    this.initialize();
    return this.#guarded(() => this.instance.call(name, ...args));
  }

  #guarded(action: () => Value | undefined): Value | undefined {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof ProcExit) || error === this.#ended) throw error;
      const exit = new ProcExit(error.exitCode, this.#said.lastWords());
      exit.wasmStack = error.wasmStack;
      this.#ended = exit;
      throw exit;
    }
  }
}

/** An ended reactor's trap, as an error of the call that is made now. */
function again(ended: Trap): Trap {
  const exit = ended instanceof ProcExit ? ` (${ended.message})` : `: ${ended.message}`;
  return new Trap("reactor-ended", `the reactor has ended${exit}`);
}

/**
 * Loads a reactor with WASI, deterministic by default:
 *
 *     const { exports } = loadReactor(bytes);
 *     exports.process_a(42);
 *
 * @param module bytes, or a module that was loaded
 * @throws ModuleError, LinkError; Trap from its start function
 */
export function loadReactor<E = ReactorExports>(
  module: Uint8Array | ValidModule,
  options: ReactorOptions = {},
): Reactor<E> {
  const valid =
    module instanceof Uint8Array ? load(module, { features: options.features ?? FEATURES }) : module;
  return new Reactor<E>(valid, options);
}

const FEATURES: FeatureSet = "polkadot";

const KEPT = 4096;
/** Go's runtime begins its last message so. */
const GO_LAST_WORDS = /^(panic: |fatal error: |runtime: )/m;

/** Hands on what is written to standard error, and remembers the end of it. */
class ErrorOutput implements Output {
  readonly #output: Output;
  #kept: number[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  write(bytes: Uint8Array): void {
    this.#output.write(bytes);
    for (const byte of bytes.subarray(-KEPT)) this.#kept.push(byte);
    if (this.#kept.length > 4 * KEPT) this.#kept = this.#kept.slice(-KEPT);
  }

  /** What the program said last: a Go panic's message without its goroutines, else the last line. */
  lastWords(): string {
    const text = decodeLossily(Uint8Array.from(this.#kept)).trimEnd();
    const panic = GO_LAST_WORDS.exec(text);
    if (panic !== null) return text.slice(panic.index).split("\n\n")[0]!.trim();
    return text.slice(text.lastIndexOf("\n") + 1);
  }
}
