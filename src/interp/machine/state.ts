import type { Instance } from "../instance.ts";

/** Why the loop returned. From `TRAP_FIRST` on a status is a trap, see `TRAP_STATUS`. */
export const STATUS_DONE = 0;
/** The slice of gas does not cover the block at `pc`; nothing of it was charged. */
export const STATUS_REFILL = 1;
/** Function `callee` is not lowered yet; the call at `pc` is to be executed again. */
export const STATUS_LOWER = 2;
/** The prologue at `pc` found the call depth or the frame buffer exceeded. */
export const STATUS_STACK = 3;
/** `call_indirect` at `pc` meets null, a host function or another instance's function. */
export const STATUS_INDIRECT = 4;
/** `call_import` at `pc`. */
export const STATUS_IMPORT = 5;
/** `memory_grow` at `pc`. */
export const STATUS_GROW = 6;
/** `probe` at `pc`. */
export const STATUS_PROBE = 7;
/** The call at `pc` is one of function `callee`, for which there is generated code. */
export const STATUS_GENERATED = 8;
/** An instruction at `pc` that `OutOfLine` runs. */
export const STATUS_OUT_OF_LINE = 9;
export const TRAP_FIRST = 10;
/** A load or store at `pc` threw `fault`. */
export const STATUS_FAULT = 14;

/** The loop left the instruction at `pc` to others, see `run`: an operator out of line, a store, a bulk loop. */
export const LEFT_COLD = -1;
export const LEFT_STORE = -2;
export const LEFT_BULK = -3;

/** Traps by status; `STATUS_FAULT` becomes `out-of-bounds-memory` once it is proved to be one. */
export const TRAP_STATUS = {
  10: "unreachable",
  11: "integer-divide-by-zero",
  12: "integer-overflow",
  13: "invalid-conversion",
  15: "out-of-bounds-memory",
  16: "out-of-bounds-table",
  17: "undefined-element",
  19: "indirect-call-type-mismatch",
  20: "logical-stack-exhausted",
} as const;

/**
 * What the loop takes into its locals when it is entered and writes back when it leaves. One object, always of
 * the same shape, so that entering stays cheap.
 */
export interface MachineState {
  /** The current instance's module as register code. */
  code: Int32Array;
  /** Defined function -> address of its entry block, 0 while it is not lowered, -1 if there is generated code for it. */
  entries: Int32Array;
  /** Defined function -> number of its type, equal for equal types of one module. */
  typeIds: Int32Array;
  /** Table element -> defined function of this instance, or -1 for anything else. */
  table: Int32Array;
  globals: Int32Array;
  view: DataView;
  bytes: Uint8Array;
  words: Int32Array;
  instance: Instance;

  /** The frames: 8-byte slots seen as i32 lanes, f64 and f32. Frames overlap: arguments are where the caller left them. */
  i32: Int32Array;
  f64: Float64Array;
  f32: Float32Array;
  /** Return addresses; the frame distance stands in the word before each. */
  calls: Int32Array;
  depthLimit: number;
  /** Lanes that frames may use now: what `i32` has room for, or less by the store's limit. */
  stackLimit: number;

  pc: number;
  /** First lane of the current frame. */
  fp: number;
  /** Number of return addresses. */
  sp: number;
  /** What is left of the current slice of gas. */
  gas: number;
  /** Logical stack height, and the most it may be; unused unless the code was lowered to count it. */
  height: number;
  heightLimit: number;

  /** With `STATUS_LOWER` and `STATUS_GENERATED`: the defined function that is wanted. */
  callee: number;
  /** With `STATUS_FAULT`: what was thrown. */
  fault: unknown;

  /** Why generated code returned, see `generated.ts`; 0 if its function did. */
  status: number;
  /** `sp` up to which generated code may call without leaving for the machine. */
  generatedLimit: number;
  driver: Driver;
}

/** What generated code asks of the machine; see there. */
export interface Driver {
  cover(cost: number): boolean;
  reserve(lanes: number): void;
  hostFromGenerated(index: number, at: number): number;
  interpret(index: number, fp: number, sp: number, args: readonly number[]): number;
  unwind(sp: number, resumePc: number): void;
  bulkFromGenerated(block: number, fp: number): number;
  entryOf(index: number): number;
}
