import { pop, type Rule, type Rules } from "./rule.ts";

const select: Rule = (frame) => {
  const condition = pop(frame);
  const second = pop(frame);
  if (condition === 0n) frame.operands.splice(-1, 1, second);
};

/** Parametric instructions (spec: Execution, Instructions). */
export const PARAMETRIC_RULES: Rules = [
  [
    "drop",
    (frame) => {
      pop(frame);
    },
  ],
  ["select", select],
  ["select t", select],
];
