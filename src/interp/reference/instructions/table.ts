import { evaluateReference } from "../../constants.ts";
import { bulkCost } from "../../gas/schedule.ts";
import { elementCount } from "../../segments.ts";
import { Trap } from "../../trap.ts";
import { unsigned } from "../numerics/integer.ts";
import { type Context, pop, popRange, type Rules } from "./rule.ts";

/** Table instructions (spec: Execution, Instructions). */
export const TABLE_RULES: Rules = [
  [
    "table.get",
    (frame, { index }, { references }) => {
      const { elements } = frame.instance.tables[index]!;
      const element = Number(pop(frame));
      checkRange(element, 1, elements.length);
      frame.operands.push(BigInt(references.numberOf(elements[element]!)));
    },
  ],
  [
    "table.set",
    (frame, { index }, { references }) => {
      const table = frame.instance.tables[index]!;
      const reference = references.referenceOf(Number(pop(frame)));
      const element = Number(pop(frame));
      checkRange(element, 1, table.elements.length);
      table.set(element, reference);
    },
  ],
  [
    "table.size",
    ({ instance, operands }, { index }) => {
      operands.push(BigInt(instance.tables[index]!.elements.length));
    },
  ],
  [
    "table.grow",
    (frame, { index }, context) => {
      const delta = Number(pop(frame));
      const reference = context.references.referenceOf(Number(pop(frame)));
      chargeElements(context, delta);
      const previous = frame.instance.tables[index]!.grow(delta, reference);
      frame.operands.push(unsigned(32, BigInt(previous)));
    },
  ],
  [
    "table.fill",
    (frame, { index }, context) => {
      const table = frame.instance.tables[index]!;
      const count = Number(pop(frame));
      const reference = context.references.referenceOf(Number(pop(frame)));
      const start = Number(pop(frame));
      checkRange(start, count, table.elements.length);
      chargeElements(context, count);
      for (let i = 0; i < count; i++) table.set(start + i, reference);
    },
  ],
  [
    "table.copy",
    (frame, { index, second }, context) => {
      const { count, source, target } = popRange(frame);
      const to = frame.instance.tables[index]!;
      const from = frame.instance.tables[second]!;
      checkRange(source, count, from.elements.length);
      checkRange(target, count, to.elements.length);
      chargeElements(context, count);
      from.elements.slice(source, source + count).forEach((reference, i) => {
        to.set(target + i, reference);
      });
    },
  ],
  [
    "table.init",
    (frame, { index, second }, context) => {
      const { instance } = frame;
      const { count, source, target } = popRange(frame);
      const table = instance.tables[second]!;
      checkRange(source, count, elementCount(instance, index));
      checkRange(target, count, table.elements.length);
      chargeElements(context, count);
      const { functions, expressions } = instance.module.elements[index]!;
      for (let i = 0; i < count; i++) {
        const reference =
          expressions === undefined
            ? instance.funcs.at(functions[source + i]!)!
            : evaluateReference(expressions[source + i]!, instance);
        table.set(target + i, reference);
      }
    },
  ],
  [
    "elem.drop",
    ({ instance }, { index }) => {
      instance.droppedElements[index] = 1;
    },
  ],
];

function checkRange(start: number, count: number, size: number): void {
  if (start + count > size) throw Trap.core("out-of-bounds-table");
}

function chargeElements(context: Context, count: number): void {
  context.chargeGas(BigInt(count) * BigInt(bulkCost(context.schedule, "bulkElement")));
}
