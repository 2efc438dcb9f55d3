import type { Instance } from "../instance.ts";

/** One active function of a paused execution. Values are raw bits, unsigned BigInts of 32 or 64 bits. */
export interface FrameState {
  readonly instance: Instance;
  /** Index among the functions that the module defines. */
  readonly func: number;
  /** Byte offset, in the module, of the next operator; for a caller, of the one after its call. */
  readonly offset: number;
  /** Parameters, then declared locals. */
  readonly locals: readonly bigint[];
  /** Bottom first. A caller's do not hold the call's arguments any more, nor its results yet. */
  readonly operands: readonly bigint[];
}

/**
 * Where an execution stands, in the terms of the spec: any executor can make one and go on from one. Together with
 * the instances' memories, tables and globals, and the gas used, it is all the state there is.
 */
export interface Configuration {
  /** Outermost first; never empty. */
  readonly frames: readonly FrameState[];
  /** Whether the gas of the basic block in which the innermost frame stands has been charged. */
  readonly isCharged: boolean;
}

/** When to stop before the end. */
export interface Stop {
  /** Pause at the first block that costs gas once the store has used this much in all. */
  readonly gas?: bigint;
  /** Asked at least every 20,000 gas; true pauses at the block about to start. */
  readonly isInterrupted?: () => boolean;
  /** Pause after this many operators (reference executor only). */
  readonly operators?: number;
  /** Whether asynchronous host functions may suspend the execution; otherwise calling one traps. */
  readonly mayAwait?: boolean;
}

export type Outcome =
  | { readonly kind: "returned"; readonly results: readonly bigint[] }
  | { readonly kind: "paused"; readonly reason: PauseReason; readonly configuration: Configuration }
  | {
      readonly kind: "awaiting";
      /** Settles when the host function does. */
      readonly promise: Promise<void>;
      /** Where the execution stands once the promise is fulfilled. */
      readonly resume: () => Configuration;
    };

export type PauseReason = "gas" | "interrupt" | "breakpoint" | "step";
