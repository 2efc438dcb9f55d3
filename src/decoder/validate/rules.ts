import type { Feature } from "../features.ts";
import { DENSE_CODES, denseCode, OPERATORS, type Operator } from "../opcodes.ts";

/*
 * What the validator does at an operator, as a small number, looked up by dense opcode; 0 is for codes that are no
 * operator. The loop in `body.ts` compares with literals, which some engines need to be fast.
 */

/** An operator whose feature is switched off. */
export const DISABLED = 1;
/** The byte starts an operator of two parts. */
export const PREFIX = 2;
/* From here to `RARE`: operators of a fixed signature, which differ in their immediates only. */
const PLAIN = 3;
const MEMARG = 4;
const CONST_I32 = 5;
const CONST_I64 = 6;
const CONST_F32 = 7;
const CONST_F64 = 8;
/** Immediates that are too rare for the loop to know, see `RareImmediates`. */
const RARE = 9;

const FIXED: { readonly [immediates: string]: number } = {
  none: PLAIN,
  memarg: MEMARG,
  i32: CONST_I32,
  i64: CONST_I64,
  f32: CONST_F32,
  f64: CONST_F64,
};

/** Operators whose types depend on their context, by name: each has a rule of its own. */
const FREE: { readonly [name: string]: number } = {
  nop: 10,
  "local.get": 11,
  "local.set": 12,
  "local.tee": 13,
  drop: 14,
  select: 15,
  "global.get": 16,
  "global.set": 17,
  call: 18,
  call_indirect: 19,
  block: 20,
  loop: 21,
  if: 22,
  else: 23,
  end: 24,
  br: 25,
  br_if: 26,
  br_table: 27,
  return: 28,
  unreachable: 29,
  "select t": 30,
  "table.get": 31,
  "table.set": 32,
  "table.grow": 33,
  "table.fill": 34,
  "ref.null": 35,
  "ref.is_null": 36,
};

/** Operands of a fixed signature, at most. */
export const MAX_PARAMS = Math.max(...OPERATORS.map(({ params }) => params?.length ?? 0));

/** Number of operands, by dense code. */
export const PARAM_COUNT = new Uint8Array(DENSE_CODES);
/** Operand types, `MAX_PARAMS` places for each dense code. */
export const PARAM_TYPES = new Uint8Array(DENSE_CODES * MAX_PARAMS);
/** The type of the one result, or 0. */
export const RESULT_TYPE = new Uint8Array(DENSE_CODES);
/** log2 of the natural alignment. */
export const ALIGNMENT = new Uint8Array(DENSE_CODES);

for (const op of OPERATORS) {
  const dense = denseCode(op.code);
  const { params = [], results = [] } = op;
  if (results.length > 1) throw new Error(`the validator has no room for the results of ${op.name}`);
  PARAM_COUNT[dense] = params.length;
  PARAM_TYPES.set(params, dense * MAX_PARAMS);
  RESULT_TYPE[dense] = results[0] ?? 0;
  ALIGNMENT[dense] = Math.max(op.align, 0);
}

function ruleOf(op: Operator): number {
  const rule = op.params === undefined ? FREE[op.name] : (FIXED[op.immediates] ?? RARE);
  if (rule === undefined) throw new Error(`the validator has no rule for ${op.name}`);
  return rule;
}

/** The rules by dense code, with the operators of other features refused. */
export function rulesFor(features: ReadonlySet<Feature>): Uint8Array {
  const rules = new Uint8Array(DENSE_CODES);
  for (const op of OPERATORS) {
    const enabled = op.feature === undefined || features.has(op.feature);
    rules[denseCode(op.code)] = enabled ? ruleOf(op) : DISABLED;
    if (op.code > 0xff) rules[op.code >>> 8] = PREFIX;
  }
  return rules;
}
