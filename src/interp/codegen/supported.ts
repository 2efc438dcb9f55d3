import { F64, I32, type ValidModule, type ValType } from "../../decoder/module.ts";
import type { Instruction } from "../reference/instruction.ts";

/** The function uses something that is not generated: it stays in the machine. */
export class NotGenerated extends Error {}

/** @param index of a block type as instructions have it, for one that `requireNumbers` has seen */
export function blockResults(index: number): readonly ValType[] {
  return index === EMPTY_BLOCK ? [] : [(index + 0x80) as ValType];
}
const EMPTY_BLOCK = 0x40 - 0x80;

const isNumber = (type: ValType): boolean => type >= F64 && type <= I32;

export function requireTypes(types: readonly ValType[], what: string): void {
  if (!types.every(isNumber)) throw new NotGenerated(`${what} that is no number`);
}

/**
 * Generated code knows numbers, blocks with one result at most and table 0: what operators of 1.0 may have in their
 * immediates beside that stays in the machine, as do other operators. @throws NotGenerated
 */
export function requireNumbers(module: ValidModule, { operator, index, second }: Instruction): void {
  switch (operator.immediates) {
    case "block-type":
      if (index >= 0) throw new NotGenerated("a block of several values");
      requireTypes(blockResults(index), "a block's result");
      break;
    case "global":
      requireTypes([module.globals[index]!.type], "a global");
      break;
    case "function":
    case "call_indirect": {
      if (second !== 0) throw new NotGenerated("another table");
      const { params, results } =
        module.types[operator.immediates === "function" ? module.functions[index]! : index]!;
      requireTypes(params, "an argument");
      requireTypes(results, "a result");
    }
  }
}
