import { pop, type Rules } from "./rule.ts";

/** Variable instructions (spec: Execution, Instructions). */
export const VARIABLE_RULES: Rules = [
  [
    "local.get",
    ({ locals, operands }, { index }) => {
      operands.push(locals[index]!);
    },
  ],
  [
    "local.set",
    (frame, { index }) => {
      frame.locals[index] = pop(frame);
    },
  ],
  [
    "local.tee",
    ({ locals, operands }, { index }) => {
      locals[index] = operands.at(-1)!;
    },
  ],
  [
    "global.get",
    ({ instance, operands }, { index }) => {
      operands.push(instance.globals[index]!.bits);
    },
  ],
  [
    "global.set",
    (frame, { index }) => {
      frame.instance.globals[index]!.bits = pop(frame);
    },
  ],
];
