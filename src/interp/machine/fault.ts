import { LOADS, STORES, STORES_IMMEDIATE } from "./access.ts";
import type { MachineState } from "./state.ts";

/**
 * Proves that the exception at `pc` was a memory access out of bounds. Anything else (the engine's own stack
 * overflow, say) must not pass for a trap.
 */
export function isOutOfBounds(s: MachineState): boolean {
  const { code, pc, fp } = s;
  const op = code[pc]!;
  const load = LOADS.get(op);
  const width = load ?? STORES.get(op) ?? STORES_IMMEDIATE.get(op);
  if (width === undefined) return false;
  // Loads are `d a off`, stores `a value off`.
  const base = s.i32[fp + code[pc + (load === undefined ? 1 : 2)]!]! >>> 0;
  return base + (code[pc + 3]! >>> 0) + width > s.view.byteLength;
}
