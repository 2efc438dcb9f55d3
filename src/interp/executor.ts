import type { Func } from "./func.ts";
import type { GasSchedule } from "./gas/schedule.ts";
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
   * Calls `func` with `args` (two lanes each) and returns the lanes of its results. Host functions may call it while
   * Wasm is running. @throws Trap, and whatever a host function throws; the executor can be used again afterwards.
   */
  invoke(func: Func, args: Lanes): Lanes;
}

export type ExecutorFactory = (options: ExecutorOptions) => Executor;
