import { F32, F64, I32, I64, type ValType } from "../src/decoder/module.ts";

/** A value with its type, as raw bits: an unsigned BigInt of 32 or 64 bits. Loses no NaN and no sign of zero. */
export interface TypedBits {
  readonly type: ValType;
  readonly bits: bigint;
}

/** What a script expects of one result: exact bits, or any NaN of a class (either sign). */
export type Expected = TypedBits | { readonly type: ValType; readonly nan: "canonical" | "arithmetic" };

const TYPES: ReadonlyMap<string, ValType> = new Map([
  ["i32", I32],
  ["i64", I64],
  ["f32", F32],
  ["f64", F64],
]);
const NAMES: ReadonlyMap<ValType, string> = new Map([...TYPES].map(([name, type]) => [type, name]));

/** Exponent all ones and the quiet bit: the canonical NaN without its sign. */
const CANONICAL: ReadonlyMap<ValType, bigint> = new Map([
  [F32, 0x7fc00000n],
  [F64, 0x7ff8000000000000n],
]);

/** The value type of a script's type name, or undefined for one that this engine does not have. */
export function typeByName(name: string): ValType | undefined {
  return TYPES.get(name);
}

export function nameOfType(type: ValType): string {
  return NAMES.get(type)!;
}

export function widthOf(type: ValType): 32 | 64 {
  return type === I64 || type === F64 ? 64 : 32;
}

/** Bit by bit, so -0 is not +0; a NaN class leaves the sign free, and `arithmetic` the payload below the quiet bit. */
export function matches(expected: Expected, actual: TypedBits): boolean {
  if (expected.type !== actual.type) return false;
  if (!("nan" in expected)) return expected.bits === actual.bits;
  const pattern = CANONICAL.get(expected.type);
  if (pattern === undefined) return false;
  const withoutSign = BigInt.asUintN(widthOf(expected.type) - 1, actual.bits);
  return expected.nan === "canonical" ? withoutSign === pattern : (withoutSign & pattern) === pattern;
}

/** For reports: `i32 7`, `f64 0x7ff8000000000000 (NaN)`, `f32 nan:canonical`. Floats show their bits beside the number. */
export function show(value: Expected): string {
  const name = nameOfType(value.type);
  if ("nan" in value) return `${name} nan:${value.nan}`;
  if (value.type === I32 || value.type === I64) return `${name} ${value.bits}`;
  return `${name} 0x${value.bits.toString(16).padStart(widthOf(value.type) / 4, "0")} (${asNumber(value)})`;
}

export function showAll(values: readonly Expected[]): string {
  return values.length === 0 ? "nothing" : values.map(show).join(", ");
}

function asNumber({ type, bits }: TypedBits): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  const number = type === F64 ? view.getFloat64(0) : view.getFloat32(4);
  return Object.is(number, -0) ? "-0" : String(number);
}
