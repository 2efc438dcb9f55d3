import { equalTypes, type Func } from "../../func.ts";
import { Trap } from "../../trap.ts";
import type { Frame } from "../frame.ts";
import { labelOf, structureOf } from "../structure.ts";
import { type Context, pop, type Rule, type Rules } from "./rule.ts";

/** Enters the block that the operator at `offset` opens. */
const enter: Rule = (frame, { offset }) => {
  const block = structureOf(frame.instance.module, frame.func).blocks.get(offset)!;
  frame.labels.push(labelOf(block));
};

/** Takes the values of the label with index `label` (0 is the innermost) along to its continuation. */
function branch(frame: Frame, label: number, context: Context): void {
  const { labels, operands } = frame;
  const at = labels.length - 1 - label;
  if (at === 0) {
    context.return(frame);
    return;
  }
  const { kind, arity, height, continuation } = labels[at]!;
  operands.splice(height, operands.length - arity - height);
  // A loop begins anew, its label with it.
  labels.length = kind === "loop" ? at + 1 : at;
  frame.offset = continuation;
}

/** Control instructions (spec: Execution, Instructions). */
export const CONTROL_RULES: Rules = [
  ["nop", () => undefined],
  [
    "unreachable",
    () => {
      throw Trap.core("unreachable");
    },
  ],
  ["block", enter],
  ["loop", enter],
  [
    "if",
    (frame, instruction, context) => {
      const block = structureOf(frame.instance.module, frame.func).blocks.get(instruction.offset)!;
      const condition = pop(frame);
      if (condition !== 0n) enter(frame, instruction, context);
      else if (block.else === undefined) frame.offset = block.next;
      else {
        enter(frame, instruction, context);
        frame.offset = block.else;
      }
    },
  ],
  // Reached from the end of the first arm only, where the whole block ends.
  [
    "else",
    (frame) => {
      frame.offset = frame.labels.pop()!.continuation;
    },
  ],
  [
    "end",
    (frame, _, context) => {
      if (frame.labels.length === 1) context.return(frame);
      else frame.labels.pop();
    },
  ],
  ["br", (frame, { index }, context) => branch(frame, index, context)],
  [
    "br_if",
    (frame, { index }, context) => {
      if (pop(frame) !== 0n) branch(frame, index, context);
    },
  ],
  [
    "br_table",
    (frame, { labels }, context) => {
      const index = Math.min(Number(pop(frame)), labels.length - 1);
      branch(frame, labels[index]!, context);
    },
  ],
  ["return", (frame, _, context) => context.return(frame)],
  ["call", (frame, { index }, context) => context.call(frame, frame.instance.funcs.at(index)!)],
  [
    "call_indirect",
    (frame, { index, second }, context) => {
      const elements = frame.instance.tables[second]!.elements as readonly (Func | null)[];
      const element = Number(pop(frame));
      if (element >= elements.length) throw Trap.core("undefined-element");
      const func = elements[element]!;
      if (func === null) throw Trap.core("uninitialized-element");
      if (!equalTypes(func.type, frame.instance.module.types[index]!))
        throw Trap.core("indirect-call-type-mismatch");
      context.call(frame, func);
    },
  ],
];
