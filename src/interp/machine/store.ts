import { STORES, STORES_IMMEDIATE } from "./access.ts";
import { STORE_64_I } from "./instructions.ts";
import type { MachineState } from "./state.ts";

/**
 * Makes the store at `pc`, anywhere in memory; returns the next address.
 * @throws RangeError, before anything is written, if it is out of bounds
 */
export function store({ view, code, i32: I, pc, fp }: MachineState): number {
  const op = code[pc]!;
  const address = (I[fp + code[pc + 1]!]! >>> 0) + (code[pc + 3]! >>> 0);
  const immediate = STORES_IMMEDIATE.get(op);
  const value = code[pc + 2]!;
  const low = immediate === undefined ? I[fp + value]! : value;
  switch (immediate ?? STORES.get(op)) {
    case 1:
      view.setInt8(address, low);
      break;
    case 2:
      view.setInt16(address, low, true);
      break;
    case 4:
      view.setInt32(address, low, true);
      break;
    default:
      view.setInt32(address + 4, op === STORE_64_I ? code[pc + 4]! : I[fp + value + 1]!, true);
      view.setInt32(address, low, true);
  }
  return pc + (op === STORE_64_I ? 5 : 4);
}
