import { pop, type Rules } from "./rule.ts";

/** Parametric instructions (spec: Execution, Instructions). */
export const PARAMETRIC_RULES: Rules = [
  [
    "drop",
    (frame) => {
      pop(frame);
    },
  ],
  [
    "select",
    (frame) => {
      const condition = pop(frame);
      const second = pop(frame);
      if (condition === 0n) frame.operands.splice(-1, 1, second);
    },
  ],
];
