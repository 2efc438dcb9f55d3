import { EXTERNREF, FUNCREF, isRefType, type RefType, V128 } from "../../src/decoder/module.ts";
import {
  type Expected,
  expectedVector,
  type NaNClass,
  type TypedBits,
  typeByName,
  widthOf,
} from "../values.ts";
import type { Cursor } from "./cursor.ts";
import { floatBits } from "./float-literal.ts";
import { intBits } from "./int-literal.ts";
import { LiteralError } from "./strings.ts";

/** Well-formed, but beyond this runner: the command fails when it is run, the rest of the script goes on. */
export class Unsupported extends Error {}

/** Characters of a literal. Patterns of regular expressions need stack for what they match. */
const MAX_LITERAL = 100_000;

/** Takes all the constants ahead: `(i32.const 7) (f64.const -0x1p-3) (ref.null func)`. */
export function takeArguments(cursor: Cursor): TypedBits[] {
  return takeExpected(cursor).map((value) => {
    if ("bits" in value) return value;
    throw new Unsupported("nan" in value ? `nan:${value.nan} is not an argument` : "not an argument");
  });
}

/** Takes all the constants, and what else may stand for a result, ahead. */
export function takeExpected(cursor: Cursor): Expected[] {
  const values: Expected[] = [];
  while (cursor.kind === "(") values.push(takeConstant(cursor));
  return values;
}

function takeConstant(cursor: Cursor): Expected {
  const operator = cursor.open();
  const value = operator.startsWith("ref.") ? takeReference(cursor, operator) : takeNumber(cursor, operator);
  cursor.close();
  return value;
}

const HEAP_TYPES: { readonly [name: string]: RefType } = { func: FUNCREF, extern: EXTERNREF };

/** `ref.null func`; `ref.extern 1`, or without a number for any reference but null, as `ref.func`. */
function takeReference(cursor: Cursor, operator: string): Expected {
  const literal = cursor.kind === "atom" ? cursor.takeAtom() : undefined;
  const type = HEAP_TYPES[operator === "ref.null" ? (literal ?? "") : operator.slice("ref.".length)];
  if (type === undefined) throw new Unsupported(`values of type ${operator} are not supported`);
  if (operator === "ref.null") return { type, bits: 0n };
  if (literal === undefined || type === FUNCREF) return { type, any: true };
  return { type, bits: intBits(literal, 32) + 1n };
}

function takeNumber(cursor: Cursor, operator: string): Expected {
  const name = operator.endsWith(".const") ? operator.slice(0, -".const".length) : operator;
  const type = typeByName(name);
  if (type === undefined || isRefType(type))
    throw new Unsupported(`values of type ${name} are not supported`);
  if (type === V128) return takeVector(cursor);
  const lane = takeLane(cursor, name.startsWith("f"), widthOf(type));
  return typeof lane === "bigint" ? { type, bits: lane } : { type, nan: lane };
}

/** `i32x4 1 2 3 4`, its lanes the lowest first. */
function takeVector(cursor: Cursor): Expected {
  const name = cursor.takeAtom();
  const shape = /^([if])(8|16|32|64)x(\d+)$/.exec(name);
  if (shape === null || Number(shape[2]) * Number(shape[3]) !== 128) {
    throw new Unsupported(`vectors of shape ${name} are not supported`);
  }
  const width = Number(shape[2]) as 8 | 16 | 32 | 64;
  const lanes = Array.from({ length: 128 / width }, () => takeLane(cursor, shape[1] === "f", width));
  return expectedVector(width, lanes);
}

/** One number, or a class of NaN. */
function takeLane(cursor: Cursor, isFloat: boolean, width: 8 | 16 | 32 | 64): bigint | NaNClass {
  const { offset } = cursor;
  const literal = cursor.takeAtom();
  if (literal.length > MAX_LITERAL) {
    throw cursor.error(`a literal of more than ${MAX_LITERAL} characters`, offset);
  }
  if (isFloat && literal === "nan:canonical") return "canonical";
  if (isFloat && literal === "nan:arithmetic") return "arithmetic";
  try {
    return isFloat ? floatBits(literal, width as 32 | 64) : intBits(literal, width);
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    throw cursor.error(error.message, offset + error.offset);
  }
}
