import type { ValType } from "../../decoder/index.ts";
import type { Func, WasmFunc } from "../func.ts";
import type { Instance } from "../instance.ts";
import { localTypes } from "../local-types.ts";
import { codeOf } from "../machine/code.ts";
import { functionName } from "../names.ts";
import { ReferenceExecutor } from "../reference/executor.ts";
import { readInstruction } from "../reference/instruction.ts";
import type { Store } from "../store.ts";
import { Trap } from "../trap.ts";
import { bitsToValue, resultOf, type Value, valueToBits } from "../values.ts";
import type { Configuration, FrameState, Outcome, PauseReason, Stop } from "./configuration.ts";

/** How far to run. Without anything: to the end. */
export interface RunOptions {
  /** Pause once this much gas was used: at the first block start after, so always after some progress. At least 1. */
  readonly gas?: bigint;
  /** Pauses when `aborted` is true; looked at before the first block and at least every 20,000 gas. */
  readonly signal?: { readonly aborted: boolean };
  /** The same as a function. */
  readonly isInterrupted?: () => boolean;
}

export type ExecutionStatus = "paused" | "returned" | "trapped";

/** One active function of a paused execution, as a debugger shows it. */
export interface ExecutionFrame {
  readonly instance: Instance;
  /** In the module's function index space. */
  readonly func: number;
  readonly name: string | undefined;
  /** Byte offset of the next operator; for a caller, of the one after its call. */
  readonly offset: number;
  /** The mnemonic of that operator. */
  readonly operator: string;
  readonly locals: readonly TypedValue[];
  /** Raw bits, bottom first. */
  readonly operands: readonly bigint[];
}
export interface TypedValue {
  readonly type: ValType;
  readonly value: Value;
  readonly bits: bigint;
}

/**
 * A call that can be run in parts: paused after some gas, from outside, at breakpoints or operator by operator;
 * looked into while it is paused; saved as bytes and continued in another process (see `snapshot`).
 * While it is paused nothing of it occupies the store: other calls may run, and see memories and globals as they are.
 */
export class Execution {
  readonly store: Store;
  readonly func: WasmFunc;
  /** Why it is paused. */
  pauseReason: PauseReason | "start" = "start";
  /** The results as raw bits, once it has returned. */
  resultBits: readonly bigint[] = [];
  /** The trap that ended it. */
  trap: Trap | undefined;
  private configuration: Configuration | undefined;
  private currentStatus: ExecutionStatus = "paused";
  private readonly breakpoints = new Map<Instance, Set<number>>();
  private isBusy = false;

  /** Use `Instance.start`, or `restore` for a snapshot. */
  constructor(store: Store, configuration: Configuration) {
    const { instance, func } = configuration.frames[0]!;
    this.store = store;
    this.func = instance.funcs.defined(func)!;
    this.configuration = configuration;
  }

  get status(): ExecutionStatus {
    return this.currentStatus;
  }
  /** The result, once it has returned; undefined if the function has none, an array if it has several. */
  get result(): Value | undefined {
    const { results } = this.func.type;
    return resultOf(this.resultBits.map((bits, i) => bitsToValue(results[i]!, bits, this.store.references)));
  }

  /** Where it stands. @throws TypeError unless it is paused */
  get position(): Configuration {
    if (this.configuration === undefined || this.isBusy)
      throw new TypeError(`the execution is ${this.isBusy ? "running" : this.status}`);
    return this.configuration;
  }
  /** The active functions, innermost first. @throws TypeError unless it is paused */
  get frames(): ExecutionFrame[] {
    return this.position.frames.map(describeFrame).reverse();
  }

  /** Runs on. @throws TypeError unless it is paused, and whatever a host function throws that is no trap */
  run(options: RunOptions = {}): ExecutionStatus {
    const outcome = this.attempt((from) => this.store.run(from, this.stopAt(options)));
    return this.take(outcome);
  }

  /** Runs on, waiting for asynchronous host functions. @throws as `run` */
  async runAsync(options: RunOptions = {}): Promise<ExecutionStatus> {
    const stop = { ...this.stopAt(options), mayAwait: true };
    for (;;) {
      const outcome = this.attempt((from) => this.store.run(from, stop));
      if (outcome?.kind !== "awaiting") return this.take(outcome);
      this.isBusy = true;
      try {
        await outcome.promise;
        this.configuration = outcome.resume();
      } catch (error) {
        this.end("trapped");
        if (!(error instanceof Trap)) throw error;
        this.trap = error;
        return "trapped";
      } finally {
        this.isBusy = false;
      }
    }
  }

  /**
   * Executes one operator; a call of a host function is one, and must not be asynchronous. @throws as `run`
   */
  step(): ExecutionStatus {
    const after = afterHostCall(this.position);
    if (after === undefined) return this.take(this.attempt((from) => this.stepOn(from)));
    // The host function may call back into the store, so this operator is the store's own executor's to run.
    const { instance } = this.position.frames.at(-1)!;
    const isNew = this.breakpoints.get(instance)?.has(after) !== true;
    this.addBreakpoint(instance, after);
    try {
      const outcome = this.attempt((from) => this.store.run(from, {}));
      return this.take(outcome?.kind === "paused" ? { ...outcome, reason: "step" } : outcome);
    } finally {
      if (isNew) this.removeBreakpoint(instance, after);
    }
  }

  /** Stepping is the reference executor's, whatever runs the store; gas is the store's. */
  private stepOn(from: Configuration): Outcome {
    const { store } = this;
    const { gasLimit, gasUsed } = store;
    const left = gasLimit === undefined ? undefined : gasLimit - gasUsed;
    const stepper = new ReferenceExecutor({ ...store.executorOptions, gasLimit: left });
    try {
      return stepper.run(from, { operators: 1 });
    } finally {
      store.chargeGas(stepper.gasUsed);
    }
  }

  /** Pauses before the operator at this byte offset of the instance's module from now on. */
  addBreakpoint(instance: Instance, offset: number): void {
    const offsets = this.breakpoints.get(instance) ?? new Set<number>();
    this.breakpoints.set(instance, offsets.add(offset));
  }
  removeBreakpoint(instance: Instance, offset: number): void {
    this.breakpoints.get(instance)?.delete(offset);
  }

  private stopAt({ gas, signal, isInterrupted }: RunOptions): Stop {
    if (gas !== undefined && gas < 1n) throw new RangeError("the gas to run for must be at least 1");
    return {
      ...(gas === undefined ? {} : { gas: this.store.gasUsed + gas }),
      ...(signal === undefined && isInterrupted === undefined
        ? {}
        : { isInterrupted: () => signal?.aborted === true || isInterrupted?.() === true }),
    };
  }

  /** Runs `action` from where the execution stands, with the breakpoints in place; undefined if it trapped. */
  private attempt(action: (from: Configuration) => Outcome): Outcome | undefined {
    const from = this.position;
    const codes = this.installBreakpoints();
    this.isBusy = true;
    try {
      return action(from);
    } catch (error) {
      this.end("trapped");
      if (!(error instanceof Trap)) throw error;
      this.trap = error;
      return undefined;
    } finally {
      this.isBusy = false;
      for (const [instance, code] of codes) instance.code = code;
    }
  }

  private installBreakpoints() {
    const codes = [...this.breakpoints.keys()].map((instance) => [instance, instance.code] as const);
    for (const [instance, breakpoints] of this.breakpoints) {
      if (breakpoints.size === 0) continue;
      const { module, code } = instance;
      instance.code = codeOf(module, code.schedule, { ...code.probes, breakpoints: new Set(breakpoints) });
    }
    return codes;
  }

  private take(outcome: Outcome | undefined): ExecutionStatus {
    if (outcome === undefined) return this.status;
    if (outcome.kind === "paused") {
      this.configuration = outcome.configuration;
      this.pauseReason = outcome.reason;
      return "paused";
    }
    if (outcome.kind === "returned") {
      this.resultBits = outcome.results;
      this.end("returned");
      return "returned";
    }
    throw new Error("execution: a synchronous run cannot be awaiting");
  }

  private end(status: ExecutionStatus): void {
    this.currentStatus = status;
    this.configuration = undefined;
  }
}

/** The configuration in which `func` is about to begin. */
export function entryOf(func: WasmFunc, args: readonly bigint[]): Configuration {
  const { instance, index } = func;
  const { start, localCount } = instance.module.bodies[index]!;
  const locals = [...args, ...new Array<bigint>(localCount).fill(0n)];
  return { frames: [{ instance, func: index, offset: start, locals, operands: [] }], isCharged: false };
}

/** Prepares a call of `func`. @throws TypeError for a host function, or the wrong number of arguments */
export function start(store: Store, func: Func, args: readonly Value[]): Execution {
  if (func.kind !== "wasm") throw new TypeError("a host function cannot be run in parts");
  const { params } = func.type;
  if (args.length !== params.length)
    throw new TypeError(`the function takes ${params.length} arguments, ${args.length} given`);
  store.references.retain();
  return new Execution(
    store,
    entryOf(
      func,
      params.map((type, i) => valueToBits(type, args[i] as Value, store.references)),
    ),
  );
}

/** If the next operator calls a host function: the byte offset of the operator after it. */
function afterHostCall({ frames }: Configuration): number | undefined {
  const { instance, offset, operands } = frames.at(-1)!;
  const { operator, index, second, next } = readInstruction(instance.module.bytes, offset);
  const func =
    operator.name === "call"
      ? instance.funcs.at(index)
      : operator.name === "call_indirect"
        ? (instance.tables[second]!.elements[Number(operands.at(-1))] as Func | null | undefined)
        : undefined;
  return func?.kind === "host" ? next : undefined;
}

function describeFrame({ instance, func, offset, locals, operands }: FrameState): ExecutionFrame {
  const { module } = instance;
  const index = module.importedFunctionCount + func;
  const types = localTypes(instance, func);
  return {
    instance,
    func: index,
    name: functionName(instance, index),
    offset,
    operator: mnemonicAt(module.bytes, offset),
    locals: locals.map((bits, i) => {
      const type = types[i]!;
      return { type, value: bitsToValue(type, bits, instance.store.references), bits };
    }),
    operands,
  };
}

function mnemonicAt(bytes: Uint8Array, offset: number): string {
  return readInstruction(bytes, offset).operator.name;
}
