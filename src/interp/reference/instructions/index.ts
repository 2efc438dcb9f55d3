import { denseCode, OPERATORS } from "../../../decoder/opcodes.ts";
import { CONTROL_RULES } from "./control.ts";
import { MEMORY_RULES } from "./memory.ts";
import { NUMERIC_RULES } from "./numeric.ts";
import { PARAMETRIC_RULES } from "./parametric.ts";
import { REFERENCE_RULES } from "./reference.ts";
import type { Rule } from "./rule.ts";
import { TABLE_RULES } from "./table.ts";
import { VARIABLE_RULES } from "./variable.ts";
import { VECTOR_RULES } from "./vector.ts";

export type { Context, Rule } from "./rule.ts";

const byMnemonic = new Map([
  ...NUMERIC_RULES,
  ...PARAMETRIC_RULES,
  ...VARIABLE_RULES,
  ...MEMORY_RULES,
  ...TABLE_RULES,
  ...REFERENCE_RULES,
  ...VECTOR_RULES,
  ...CONTROL_RULES,
]);

const byCode: Rule[] = [];
for (const { code, name } of OPERATORS) {
  const rule = byMnemonic.get(name);
  if (rule === undefined) throw new Error(`no reduction rule for ${name}`);
  byCode[denseCode(code)] = rule;
}

/** The reduction rule of an operator, by its code as in `Operator.code`. */
export function ruleOf(code: number): Rule {
  return byCode[denseCode(code)]!;
}
