import * as OP from "../../machine/instructions.ts";
import type { Iteration } from "./iteration.ts";
import type { Repetition, Sum } from "./loop.ts";
import { addScaled, constantSum } from "./sum.ts";

/** By how much a sum changes from one iteration to the next; undefined if not by a constant. */
export type StepOf = (sum: Sum) => number | undefined;

/** What the branch at the end says about the number of iterations, if it is of a kind that counts. */
export function repetitionOf({ branch, left, right }: Iteration, stepOf: StepOf): Repetition | undefined {
  if (left?.kind !== "sum" || right?.kind !== "sum") return undefined;
  switch (branch) {
    case OP.BR_I32_NE:
    case OP.BR_I32_NE_I: {
      const difference = addScaled(left, right, -1);
      const step = difference && stepOf(difference);
      if (difference === undefined || step === undefined || step === 0) return undefined;
      return { moving: difference, limit: constantSum(0), step, order: "unequal", isInclusive: false };
    }
    case OP.BR_I32_LT_S:
    case OP.BR_I32_LT_S_I:
      return ordered("signed", false, left, right, stepOf);
    case OP.BR_I32_LT_U:
    case OP.BR_I32_LT_U_I:
      return ordered("unsigned", false, left, right, stepOf);
    case OP.BR_I32_GE_S:
    case OP.BR_I32_GE_S_I:
      return ordered("signed", true, right, left, stepOf);
    case OP.BR_I32_GE_U:
    case OP.BR_I32_GE_U_I:
      return ordered("unsigned", true, right, left, stepOf);
    default:
      return undefined;
  }
}

/** For loops that go on while `smaller < larger`, or `<=`. One of the two must stay and the other move towards it. */
function ordered(
  order: "signed" | "unsigned",
  isInclusive: boolean,
  smaller: Sum,
  larger: Sum,
  stepOf: StepOf,
): Repetition | undefined {
  const up = stepOf(smaller);
  const down = stepOf(larger);
  if (up === undefined || down === undefined) return undefined;
  if (up > 0 && down === 0) return { moving: smaller, limit: larger, step: up, order, isInclusive };
  if (up === 0 && down < 0) return { moving: larger, limit: smaller, step: down, order, isInclusive };
  return undefined;
}
