import { OPERATORS } from "../../../decoder/opcodes.ts";
import { NUMERICS } from "../numerics/index.ts";
import type { Rule, Rules } from "./rule.ts";

/** Pushes its constant. */
const constant: Rule = ({ operands }, { bits }) => {
  operands.push(bits);
};

/** Numeric instructions (spec: Execution, Instructions): they pop their operands and push what `NUMERICS` says. */
export const NUMERIC_RULES: Rules = [
  ...OPERATORS.filter(({ gas }) => gas === "const").map(({ name }) => [name, constant] as const),
  ...OPERATORS.flatMap(({ name, params }): [string, Rule][] => {
    const numeric = NUMERICS.get(name);
    if (numeric === undefined) return [];
    const count = params!.length;
    const rule: Rule = ({ operands }) => {
      const result = numeric(...operands.slice(-count));
      operands.length -= count;
      operands.push(result);
    };
    return [[name, rule]];
  }),
];
