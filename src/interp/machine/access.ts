import * as OP from "./instructions.ts";

// The instructions that reach into memory, and how many bytes each takes.

/** Loads: `d a off`. */
export const LOADS: ReadonlyMap<number, number> = new Map([
  [OP.LOAD_32, 4],
  [OP.LOAD_8S, 1],
  [OP.LOAD_8U, 1],
  [OP.LOAD_16S, 2],
  [OP.LOAD_16U, 2],
  [OP.LOAD_64, 8],
  [OP.LOAD_F64, 8],
  [OP.LOAD_64_8S, 1],
  [OP.LOAD_64_8U, 1],
  [OP.LOAD_64_16S, 2],
  [OP.LOAD_64_16U, 2],
  [OP.LOAD_64_32S, 4],
  [OP.LOAD_64_32U, 4],
]);
/** Stores of a value in a slot: `a b off`. */
export const STORES: ReadonlyMap<number, number> = new Map([
  [OP.STORE_8, 1],
  [OP.STORE_16, 2],
  [OP.STORE_32, 4],
  [OP.STORE_64, 8],
]);
/** Stores of an immediate: `a n off`; that of 8 bytes has a fourth operand. */
export const STORES_IMMEDIATE: ReadonlyMap<number, number> = new Map([
  [OP.STORE_8_I, 1],
  [OP.STORE_16_I, 2],
  [OP.STORE_32_I, 4],
  [OP.STORE_64_I, 8],
]);
