import type { Func } from "../../func.ts";
import type { GasSchedule } from "../../gas/schedule.ts";
import type { References } from "../../references.ts";
import type { Frame } from "../frame.ts";
import type { Instruction } from "../instruction.ts";

/** What rules ask of the executor, beyond the frame. */
export interface Context {
  /** Calls `func` with the arguments on top of the frame's operands. @throws Trap */
  call(frame: Frame, func: Func): void;
  /** Leaves the frame with the results on top of its operands. */
  return(frame: Frame): void;
  /** Grows the frame's memory: the old size, or -1. Units: pages. @throws Trap out-of-gas, with nothing charged */
  growMemory(frame: Frame, pages: bigint): number;
  /** Charges gas beside the operator's. @throws Trap out-of-gas, with nothing charged */
  chargeGas(amount: bigint): void;
  readonly schedule: GasSchedule;
  readonly references: References;
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

/** Pops what bulk operations take: how many, from where (or what to fill with), to where. */
export function popRange(frame: Frame): { count: number; source: number; target: number } {
  const count = Number(pop(frame));
  const source = Number(pop(frame));
  const target = Number(pop(frame));
  return { count, source, target };
}
