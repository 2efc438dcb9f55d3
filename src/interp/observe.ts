import type { HostFunc, WasmFunc } from "./func.ts";
import type { Instance } from "./instance.ts";
import type { Memory } from "./memory.ts";
import type { Trap } from "./trap.ts";
import type { Lanes } from "./values.ts";

/** A place in a function of an instance. */
export interface Place {
  readonly instance: Instance;
  /** Index among the functions that the module defines. */
  readonly func: number;
  /** Byte offset in the module of the operator about to run. */
  readonly offset: number;
}

/** A function that begins. Its arguments are in `lanes` from `at` on, two lanes each. */
export interface Entry extends Place {
  readonly lanes: Lanes;
  readonly at: number;
  /** What was charged for its first block: `gasUsed` contains it already. */
  readonly blockGas: number;
}

/** A function that returns; `offset` is past its last operator. Its result is in `lanes` at `at`. */
export interface Exit extends Place {
  readonly lanes: Lanes;
  readonly at: number;
}

/**
 * Is told what a store's executor does, in order. Every method is optional, and what is not listened to costs
 * nothing: code is lowered with reports of calls and blocks only for an observer that has those methods.
 * `gasUsed` is the store's total at that moment. An observer must not call back into the store, nor keep or write
 * `lanes`.
 */
export interface Observer {
  /** A function begins; its first block has been charged. */
  call?(entry: Entry, gasUsed: bigint): void;
  /** The function returns. Functions left by a trap do not. */
  return?(exit: Exit, gasUsed: bigint): void;
  /** Control reaches a basic block (other than a function's first): where every branch, taken or not, leads. */
  block?(place: Place, gasUsed: bigint): void;
  /** A host function is called: its arguments are in `lanes` from `at` on, two lanes each. */
  hostCall?(func: HostFunc, lanes: Lanes, at: number, gasUsed: bigint): void;
  /** It has returned: its results are there now. */
  hostReturn?(func: HostFunc, lanes: Lanes, at: number, gasUsed: bigint): void;
  /** `memory.grow` was executed; `previous` is its result, -1 if it failed. Pages. */
  grow?(memory: Memory, delta: number, previous: number, gasUsed: bigint): void;
  /** The call that the host made ends by a trap. */
  trap?(trap: Trap, gasUsed: bigint): void;
}

/** The function at a place. */
export function functionOf({ instance, func }: Place): WasmFunc {
  return instance.funcs.defined(func)!;
}
