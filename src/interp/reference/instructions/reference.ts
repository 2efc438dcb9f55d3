import type { Rules } from "./rule.ts";
import { pop } from "./rule.ts";

/** Reference instructions (spec: Execution, Instructions). */
export const REFERENCE_RULES: Rules = [
  [
    "ref.null",
    ({ operands }) => {
      operands.push(0n);
    },
  ],
  [
    "ref.is_null",
    (frame) => {
      frame.operands.push(pop(frame) === 0n ? 1n : 0n);
    },
  ],
  [
    "ref.func",
    ({ instance, operands }, { index }, { references }) => {
      operands.push(BigInt(references.numberOf(instance.funcs.at(index)!)));
    },
  ],
];
