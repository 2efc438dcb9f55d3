import { allFeatures, type FeatureSet, load } from "../../decoder/index.ts";
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
   * Its functions. Before the first one is called, `_initialize` is, once and for all. A reactor that exits has
   * trapped, and so has one in Go that panicked, with Go's message; every later call traps as well.
   */
  readonly exports: E;
  readonly instance: Instance;
  readonly wasi: Wasi;
  readonly #said: ErrorOutput;
  #state: "new" | "initialized" = "new";
  #depth = 0;
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
    // What an earlier call said is no word of this one.
    if (this.#depth === 0) this.#said.forget();
    this.#depth++;
    try {
      return action();
    } catch (error) {
      // An inner call may have ended it already.
      if (!(error instanceof Trap) || error === this.#ended) throw error;
      const end = endOf(error, this.#said);
      if (end === undefined) throw error;
      end.wasmStack = error.wasmStack;
      this.#ended = end;
      throw end;
    } finally {
      this.#depth--;
    }
  }
}

/** The trap of a reactor that a trap has ended for good, in its own words; undefined if it may go on. */
function endOf(trap: Trap, said: ErrorOutput): Trap | undefined {
  if (trap instanceof ProcExit) return new ProcExit(trap.exitCode, said.goMessage() ?? said.lastLine());
  // Go's runtime prints why it gives up, and then executes an `unreachable`.
  const message = trap.code === "unreachable" ? said.goMessage() : undefined;
  return message === undefined ? undefined : new Trap("go-panic", message);
}

/** An ended reactor's trap, as an error of the call that is made now. */
function again(ended: Trap): Trap {
  return new Trap("reactor-ended", `the reactor has ended: ${ended.message}`);
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
    module instanceof Uint8Array ? load(module, { features: options.features ?? allFeatures() }) : module;
  return new Reactor<E>(valid, options);
}

const KEPT = 4096;
/** How Go's runtime begins its last message. Goroutines follow behind an empty line. */
const GO_MESSAGE = /^(?:panic: |fatal error: )/m;

/** Hands on what is written to standard error, and remembers the end of it. */
class ErrorOutput implements Output {
  readonly #output: Output;
  #kept = "";

  constructor(output: Output) {
    this.#output = output;
  }

  write(bytes: Uint8Array): void {
    this.#output.write(bytes);
    // A panic's message comes first and its goroutines, of any number, behind: it must not be pushed out by them.
    if (GO_MESSAGE.test(this.#kept) && this.#kept.length > KEPT) return;
    this.#kept = (this.#kept + decodeLossily(bytes.subarray(-KEPT))).slice(-2 * KEPT);
  }

  forget(): void {
    this.#kept = "";
  }

  /** `panic: …` or `fatal error: …`, if the Go runtime said such a thing. */
  goMessage(): string | undefined {
    const found = GO_MESSAGE.exec(this.#kept);
    return found === null ? undefined : this.#kept.slice(found.index).split("\n\n")[0]!.trim();
  }

  lastLine(): string {
    const text = this.#kept.trimEnd();
    return text.slice(text.lastIndexOf("\n") + 1);
  }
}
