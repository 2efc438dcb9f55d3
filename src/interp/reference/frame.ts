import type { Instance } from "../instance.ts";

/** A label (spec: Execution, Runtime Structure, Stack): a block that was entered and not yet left. */
export interface Label {
  readonly kind: "block" | "loop";
  /** Values that a branch to it takes along. */
  readonly arity: number;
  /** Operands below those of the block. */
  readonly height: number;
  /** Byte offset where a branch to it goes on: after the block's `end`, or at the first operator of a loop. */
  readonly continuation: number;
}

/**
 * One active Wasm function. Values are raw bits, whatever their type: unsigned BigInts of 32 or 64 bits; vectors as
 * `vector.ts` says; references by their numbers among the store's.
 * Plain data: together with the instances' memories, tables and globals, the frames are all the state there is.
 */
export interface Frame {
  readonly instance: Instance;
  /** Index among the functions that the module defines. */
  readonly func: number;
  /** Entered by the host, not by a call operator in the frame below. */
  readonly isEntry: boolean;
  /** 8-byte slots below this frame; the arguments are counted here, not among the caller's operands. */
  readonly base: number;
  /** Logical stack height (see `gas/logical-stack.ts`), this frame included; 0 if there is no limit to it. */
  readonly logicalHeight: number;
  /** Byte offset, in the module, of the operator that runs or ran last: for a caller, its call. */
  at: number;
  /** Byte offset of the next operator. */
  offset: number;
  /** Parameters, then declared locals. */
  readonly locals: bigint[];
  readonly operands: bigint[];
  /** Innermost last. The first one is the function body's. All follow from (func, offset), see `labelsAt`. */
  readonly labels: Label[];
}
