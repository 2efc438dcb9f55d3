import * as OP from "./instructions.ts";
import type { MachineState } from "./state.ts";

const WIDTH = new Map<number, number>([
  [OP.LOAD_32, 4],
  [OP.LOAD_8S, 1],
  [OP.LOAD_8U, 1],
  [OP.LOAD_16S, 2],
  [OP.LOAD_16U, 2],
  [OP.LOAD_64, 8],
  [OP.LOAD_64_8S, 1],
  [OP.LOAD_64_8U, 1],
  [OP.LOAD_64_16S, 2],
  [OP.LOAD_64_16U, 2],
  [OP.LOAD_64_32S, 4],
  [OP.LOAD_64_32U, 4],
  [OP.STORE_8, 1],
  [OP.STORE_16, 2],
  [OP.STORE_32, 4],
  [OP.STORE_64, 8],
  [OP.STORE_8_I, 1],
  [OP.STORE_16_I, 2],
  [OP.STORE_32_I, 4],
  [OP.STORE_64_I, 8],
]);

/**
 * Proves that the exception at `pc` was a memory access out of bounds. Anything else (the engine's own stack
 * overflow, say) must not pass for a trap.
 */
export function isOutOfBounds(s: MachineState): boolean {
  const { code, pc, fp } = s;
  const op = code[pc]!;
  const width = WIDTH.get(op);
  if (width === undefined) return false;
  const isStore = op >= OP.STORE_8;
  // Loads are `d a off`, stores `a value off`.
  const base = s.i32[fp + code[pc + (isStore ? 1 : 2)]!]! >>> 0;
  return base + (code[pc + 3]! >>> 0) + width > s.view.byteLength;
}
