import {
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  I32,
  I64,
  isRefType,
  typeName,
  V128,
  type ValType,
} from "../src/decoder/module.ts";

/**
 * A value with its type, as raw bits: an unsigned BigInt of 32, 64 or 128 bits. Loses no NaN and no sign of zero. Of a
 * null reference 0; of the host's reference number n, n + 1; of a function 1, whichever it is.
 */
export interface TypedBits {
  readonly type: ValType;
  readonly bits: bigint;
}

export type NaNClass = "canonical" | "arithmetic";

/** What a script expects of one result: exact bits, any NaN of a class (either sign), or any reference but null. */
export type Expected =
  | TypedBits
  | { readonly type: ValType; readonly nan: NaNClass }
  | { readonly type: ValType; readonly any: true }
  /** A vector with lanes of floats, the lowest first, among them NaNs of a class. */
  | { readonly type: typeof V128; readonly lanes: readonly (bigint | NaNClass)[] };

const TYPES: ReadonlyMap<string, ValType> = new Map(
  ([I32, I64, F32, F64, V128, FUNCREF, EXTERNREF] as const).map((type) => [typeName(type), type]),
);

/** Exponent all ones and the quiet bit: the canonical NaN without its sign. */
const CANONICAL: ReadonlyMap<ValType, bigint> = new Map([
  [F32, 0x7fc00000n],
  [F64, 0x7ff8000000000000n],
]);

/** The value type of a script's type name, or undefined for one that this engine does not have. */
export function typeByName(name: string): ValType | undefined {
  return TYPES.get(name);
}

export { typeName as nameOfType };

/** Bits of a number. */
export function widthOf(type: ValType): 32 | 64 {
  return type === I64 || type === F64 ? 64 : 32;
}

/** Lanes of `width` bits, the lowest first, as a vector. */
export function vectorOf(width: number, lanes: readonly bigint[]): TypedBits {
  const bits = lanes.reduce((sum, lane, i) => sum | (BigInt.asUintN(width, lane) << BigInt(width * i)), 0n);
  return { type: V128, bits };
}

/** The same where lanes may be classes of NaN. */
export function expectedVector(width: number, lanes: readonly (bigint | NaNClass)[]): Expected {
  const exact = lanes.filter((lane) => typeof lane === "bigint");
  return exact.length === lanes.length ? vectorOf(width, exact) : { type: V128, lanes };
}

/** Bit by bit, so -0 is not +0; a NaN class leaves the sign free, and `arithmetic` the payload below the quiet bit. */
export function matches(expected: Expected, actual: TypedBits): boolean {
  if (expected.type !== actual.type) return false;
  if ("any" in expected) return isRefType(expected.type) && actual.bits !== 0n;
  if ("nan" in expected) return isNaNOf(expected.type, expected.nan, actual.bits);
  if (!("lanes" in expected)) return expected.bits === actual.bits;
  const width = 128 / expected.lanes.length;
  return expected.lanes.every((lane, i) => {
    const bits = BigInt.asUintN(width, actual.bits >> BigInt(width * i));
    return typeof lane === "bigint" ? lane === bits : isNaNOf(width === 32 ? F32 : F64, lane, bits);
  });
}

function isNaNOf(type: ValType, nan: NaNClass, bits: bigint): boolean {
  const pattern = CANONICAL.get(type);
  if (pattern === undefined) return false;
  const withoutSign = BigInt.asUintN(widthOf(type) - 1, bits);
  return nan === "canonical" ? withoutSign === pattern : (withoutSign & pattern) === pattern;
}

/** For reports: `i32 7`, `f64 0x7ff8000000000000 (NaN)`, `f32 nan:canonical`. Floats show their bits beside the number. */
export function show(value: Expected): string {
  const name = typeName(value.type);
  if ("nan" in value) return `${name} nan:${value.nan}`;
  if ("any" in value) return `${name}, not null`;
  if ("lanes" in value) {
    return `${name} [${value.lanes.map((lane) => (typeof lane === "bigint" ? `0x${lane.toString(16)}` : `nan:${lane}`)).join(" ")}]`;
  }
  if (value.type === V128) return `${name} 0x${value.bits.toString(16).padStart(32, "0")}`;
  if (isRefType(value.type)) return `${name} ${value.bits === 0n ? "null" : value.bits - 1n}`;
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
