import { FLOAT_OPERATORS } from "./float.ts";
import { INTEGER_OPERATORS, REDUCTIONS } from "./integer.ts";
import { INTEGER64_OPERATORS } from "./integer64.ts";
import type { Operators, VectorReduction } from "./registers.ts";

export { A, B, C, R, type VectorOperator, type VectorReduction } from "./registers.ts";

/** Vector operators of one or two operands without immediates, by mnemonic; shifts take their count. */
export const VECTOR_OPERATORS: Operators = {
  ...INTEGER_OPERATORS,
  ...INTEGER64_OPERATORS,
  ...FLOAT_OPERATORS,
};

export const VECTOR_REDUCTIONS: { readonly [mnemonic: string]: VectorReduction } = REDUCTIONS;
