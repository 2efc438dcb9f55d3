import { F64, I64, type ValType } from "../../decoder/module.ts";
import { DENSE_CODES, denseCode, OPERATORS } from "../../decoder/opcodes.ts";
import * as OP from "../machine/instructions.ts";

/** How an operator is lowered; the instruction it becomes stands in `INSTRUCTION`. */
export const FORM_NONE = 0;
/** `d a` */
export const FORM_UNARY = 1;
/** `d a b`, operands in slots only. */
export const FORM_BINARY = 2;
/** `d a b`, or with an immediate the next instruction; operands may be swapped. */
export const FORM_COMMUTATIVE = 3;
/** `d a b`, or with an immediate on the right the next instruction. */
export const FORM_SHIFT = 4;
/** `d a b` of the swapped operands: a > b is b < a. */
export const FORM_SWAPPED = 5;
/** Integer comparisons, see `COMPARE_*`. */
export const FORM_COMPARE = 6;
export const FORM_LOAD = 7;
export const FORM_STORE = 8;
/** The result has the bits of the operand: nothing to do. */
export const FORM_SAME_BITS = 9;
export const FORM_SUB = 10;
export const FORM_ROTR = 11;
export const FORM_EQZ = 12;

/** 1 for values of 64 bits. */
export const wideOf = (type: ValType | undefined): number => (type === I64 || type === F64 ? 1 : 0);

/** By dense opcode. */
export const FORM = new Uint8Array(DENSE_CODES);
export const INSTRUCTION = new Uint16Array(DENSE_CODES);
/** 1 where the (first) operand is 64 bits wide. */
export const OPERAND_WIDE = new Uint8Array(DENSE_CODES);
/** 1 where the result is 64 bits wide. */
export const RESULT_WIDE = new Uint8Array(DENSE_CODES);
/** For `FORM_COMPARE`: what to do with an immediate, or with both in slots. */
export const COMPARE = new Uint8Array(DENSE_CODES);
export const COMPARE_PLAIN = 0;
/** `a > b` is `b < a`; `a > n` is `a >= n + 1`. */
export const COMPARE_GT = 1;
/** `a <= b` is `b >= a`; `a <= n` is `a < n + 1`. */
export const COMPARE_LE = 2;

const numbers = OP as unknown as { readonly [name: string]: number };

function instruction(name: string): number {
  const number = numbers[name.toUpperCase().replaceAll(".", "_")];
  if (typeof number !== "number") throw new Error(`no instruction ${name}`);
  return number;
}

function put(mnemonic: string, form: number, op = 0): void {
  const code = denseOf.get(mnemonic)!;
  FORM[code] = form;
  INSTRUCTION[code] = op;
}

const denseOf = new Map(OPERATORS.map((operator) => [operator.name, denseCode(operator.code)]));

for (const operator of OPERATORS) {
  const code = denseCode(operator.code);
  RESULT_WIDE[code] = wideOf(operator.results?.[0]);
  OPERAND_WIDE[code] = wideOf(operator.params?.[operator.immediates === "memarg" ? 1 : 0]);
}

for (const type of ["i32", "i64"]) {
  for (const name of ["add", "mul", "and", "or", "xor"])
    put(`${type}.${name}`, FORM_COMMUTATIVE, instruction(`${type}.${name}`));
  for (const name of ["shl", "shr_s", "shr_u", "rotl"])
    put(`${type}.${name}`, FORM_SHIFT, instruction(`${type}.${name}`));
  put(`${type}.rotr`, FORM_ROTR, instruction(`${type}.rotr`));
  put(`${type}.sub`, FORM_SUB, instruction(`${type}.sub`));
  put(`${type}.eqz`, FORM_EQZ);
  for (const name of ["div_s", "div_u", "rem_s", "rem_u"])
    put(`${type}.${name}`, FORM_BINARY, instruction(`${type}.${name}`));
  for (const name of ["clz", "ctz", "popcnt", "extend8_s", "extend16_s"])
    put(`${type}.${name}`, FORM_UNARY, instruction(`${type}.${name}`));
  for (const name of ["eq", "ne", "lt_s", "lt_u", "ge_s", "ge_u"])
    put(`${type}.${name}`, FORM_COMPARE, instruction(`${type}.${name}`));
  for (const sign of ["s", "u"]) {
    put(`${type}.gt_${sign}`, FORM_COMPARE, instruction(`${type}.lt_${sign}`));
    COMPARE[denseOf.get(`${type}.gt_${sign}`)!] = COMPARE_GT;
    put(`${type}.le_${sign}`, FORM_COMPARE, instruction(`${type}.ge_${sign}`));
    COMPARE[denseOf.get(`${type}.le_${sign}`)!] = COMPARE_LE;
  }
}
// A reference's number is 0 for null.
put("ref.is_null", FORM_EQZ);
put("i64.extend32_s", FORM_UNARY, OP.I64_EXTEND32_S);
put("i64.extend_i32_s", FORM_UNARY, OP.I64_EXTEND_S);
put("i64.extend_i32_u", FORM_UNARY, OP.I64_EXTEND_U);

for (const type of ["f32", "f64"]) {
  for (const name of ["abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt"])
    put(`${type}.${name}`, FORM_UNARY, instruction(`${type}.${name}`));
  for (const name of ["add", "sub", "mul", "div", "min", "max", "copysign"])
    put(`${type}.${name}`, FORM_BINARY, instruction(`${type}.${name}`));
  for (const name of ["eq", "ne", "lt", "le"])
    put(`${type}.${name}`, FORM_BINARY, instruction(`${type}.${name}`));
  put(`${type}.gt`, FORM_SWAPPED, instruction(`${type}.lt`));
  put(`${type}.ge`, FORM_SWAPPED, instruction(`${type}.le`));
}

for (const operator of OPERATORS) {
  if (operator.gas !== "conversion") continue;
  const { name } = operator;
  if (/reinterpret|wrap/.test(name)) put(name, FORM_SAME_BITS);
  else if (!name.startsWith("i64.extend")) put(name, FORM_UNARY, instruction(name));
}

const LOADS: { readonly [mnemonic: string]: number } = {
  "i32.load": OP.LOAD_32,
  "f32.load": OP.LOAD_32,
  "i64.load": OP.LOAD_64,
  "f64.load": OP.LOAD_F64,
};
for (const [mnemonic, op] of Object.entries(LOADS)) put(mnemonic, FORM_LOAD, op);
for (const width of ["8_s", "8_u", "16_s", "16_u"]) {
  put(`i32.load${width}`, FORM_LOAD, instruction(`load_${width.replace("_", "")}`));
  put(`i64.load${width}`, FORM_LOAD, instruction(`load_64_${width.replace("_", "")}`));
}
put("i64.load32_s", FORM_LOAD, OP.LOAD_64_32S);
put("i64.load32_u", FORM_LOAD, OP.LOAD_64_32U);

const STORES: { readonly [mnemonic: string]: number } = {
  "i32.store": OP.STORE_32,
  "f32.store": OP.STORE_32,
  "i64.store32": OP.STORE_32,
  "i32.store8": OP.STORE_8,
  "i64.store8": OP.STORE_8,
  "i32.store16": OP.STORE_16,
  "i64.store16": OP.STORE_16,
  "i64.store": OP.STORE_64,
  "f64.store": OP.STORE_64,
};
for (const [mnemonic, op] of Object.entries(STORES)) put(mnemonic, FORM_STORE, op);

/** From a store to its form with an immediate value. */
export const STORE_TO_IMMEDIATE = OP.STORE_8_I - OP.STORE_8;
