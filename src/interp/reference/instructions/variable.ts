import { isRefType } from "../../../decoder/module.ts";
import { typedValue } from "../vector.ts";
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
    ({ instance, operands }, { index }, { references }) => {
      const global = instance.globals[index]!;
      const { type } = global.type;
      operands.push(
        isRefType(type) ? BigInt(references.numberOf(global.reference)) : typedValue(type, global.bits),
      );
    },
  ],
  [
    "global.set",
    (frame, { index }, { references }) => {
      const global = frame.instance.globals[index]!;
      const value = pop(frame);
      if (isRefType(global.type.type)) global.reference = references.referenceOf(Number(value));
      else global.bits = value;
    },
  ],
];
