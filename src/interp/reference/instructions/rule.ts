import type { Func } from "../../func.ts";
import type { Memory } from "../../memory.ts";
import type { Frame } from "../frame.ts";
import type { Instruction } from "../instruction.ts";

/** What rules ask of the executor, beyond the frame. */
export interface Context {
  /** Calls `func` with the arguments on top of the frame's operands. @throws Trap */
  call(frame: Frame, func: Func): void;
  /** Leaves the frame with the results on top of its operands. */
  return(frame: Frame): void;
  /** @throws Trap out-of-gas, with nothing charged */
  chargePages(pages: bigint): void;
  /** `memory.grow` was executed; `previous` is its result. */
  grew(memory: Memory, delta: number, previous: number): void;
}

/**
 * A reduction rule: what an operator does to its frame. `frame.offset` is already past the operator; control
 * operators change it. @throws Trap
 */
export type Rule = (frame: Frame, instruction: Instruction, context: Context) => void;
/** Rules by mnemonic. */
export type Rules = readonly (readonly [mnemonic: string, rule: Rule])[];

/** Pops an operand: validation says that there is one. */
export function pop(frame: Frame): bigint {
  return frame.operands.pop()!;
}
