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
  ...[...NUMERICS].map(([name, numeric]): [string, Rule] => {
    const count = OPERATORS.find((operator) => operator.name === name)!.params!.length;
    return [
      name,
      ({ operands }) => {
        const result = numeric(...operands.slice(-count));
        operands.length -= count;
        operands.push(result);
      },
    ];
  }),
];
