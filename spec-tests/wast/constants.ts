import { type Expected, type TypedBits, typeByName, widthOf } from "../values.ts";
import type { Cursor } from "./cursor.ts";
import { floatBits } from "./float-literal.ts";
import { intBits } from "./int-literal.ts";
import { LiteralError } from "./strings.ts";

/** Well-formed, but beyond this runner: the command fails when it is run, the rest of the script goes on. */
export class Unsupported extends Error {}

/** Characters of a literal. Patterns of regular expressions need stack for what they match. */
const MAX_LITERAL = 100_000;

/** Takes all the constants ahead: `(i32.const 7) (f64.const -0x1p-3)`. */
export function takeArguments(cursor: Cursor): TypedBits[] {
  return takeExpected(cursor).map((value) => {
    if ("nan" in value) throw new Unsupported(`nan:${value.nan} is not an argument`);
    return value;
  });
}

/** Takes all the constants and classes of NaN ahead. */
export function takeExpected(cursor: Cursor): Expected[] {
  const values: Expected[] = [];
  while (cursor.kind === "(") values.push(takeConstant(cursor));
  return values;
}

function takeConstant(cursor: Cursor): Expected {
  const operator = cursor.open();
  const name = operator.endsWith(".const") ? operator.slice(0, -".const".length) : operator;
  const type = typeByName(name);
  if (type === undefined) throw new Unsupported(`values of type ${name} are not supported`);
  const { offset } = cursor;
  const literal = cursor.takeAtom();
  if (literal.length > MAX_LITERAL) {
    throw cursor.error(`a literal of more than ${MAX_LITERAL} characters`, offset);
  }
  const float = name.startsWith("f");
  if (float && (literal === "nan:canonical" || literal === "nan:arithmetic")) {
    cursor.close();
    return { type, nan: literal === "nan:canonical" ? "canonical" : "arithmetic" };
  }
  try {
    const bits = float ? floatBits(literal, widthOf(type)) : intBits(literal, widthOf(type));
    cursor.close();
    return { type, bits };
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    throw cursor.error(error.message, offset + error.offset);
  }
}
