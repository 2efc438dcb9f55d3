import type { Configuration, Outcome, Stop } from "./execution/configuration.ts";
import type { Func } from "./func.ts";
import type { GasSchedule } from "./gas/schedule.ts";
import type { Observer } from "./observe.ts";
import type { References } from "./references.ts";
import type { Lanes } from "./values.ts";

/** What every executor is told when a store makes it. */
export interface ExecutorOptions {
  readonly schedule: GasSchedule;
  /** The most gas that may be used; undefined for no limit. */
  readonly gasLimit: bigint | undefined;
  /** Wasm calls that may be active at once. */
  readonly maxCallDepth: number;
  /** 8-byte slots of all active frames, which overlap: a callee's parameters are its caller's operands. */
  readonly maxStackSlots: number;
  /** Greatest logical stack height (see `gas/logical-stack.ts`); undefined for no limit. */
  readonly maxLogicalStack: number | undefined;
  /** How often a host function may call back into Wasm that calls a host function…: each level uses JavaScript's stack. */
  readonly maxHostNesting: number;
  /** Is told what happens; undefined for no one. */
  readonly observer: Observer | undefined;
  /** The store's references. */
  readonly references: References;
}

/**
 * Runs functions for one store. There is more than one way to do it (the register machine, the reference executor);
 * results, traps, gas, memory and the order of host calls are the same on all of them.
 */
export interface Executor {
  readonly name: string;
  readonly gasUsed: bigint;
  readonly gasLimit: bigint | undefined;
  /**
   * Calls `func` with the arguments in `lanes` (two each, four for vectors), and writes its results there: it has room for
   * either. Host functions may call it while Wasm is running.
   * @throws Trap, and whatever a host function throws; the executor can be used again afterwards.
   */
  invoke(func: Func, lanes: Lanes): void;
  /**
   * Goes on from a configuration until its outermost function returns, or until `stop` says so.
   * @throws Trap, and whatever a host function throws; ConfigurationError if the configuration does not fit the code
   */
  run(configuration: Configuration, stop: Stop): Outcome;
  /** Charges gas beside the operators', for host functions that cost some. @throws Trap out-of-gas */
  chargeGas(amount: bigint): void;
}

export type ExecutorFactory = (options: ExecutorOptions) => Executor;
