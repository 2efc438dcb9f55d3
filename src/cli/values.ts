import { F32, F64, I32, I64, typeName, V128, type ValType } from "../decoder/index.ts";
import { UsageError } from "./args.ts";

export { typeName } from "../decoder/index.ts";

export function signature(params: readonly ValType[], results: readonly ValType[]): string {
  return `(${params.map(typeName).join(", ")}) -> (${results.map(typeName).join(", ")})`;
}

/** Layout of the two float formats (IEEE 754): width of the whole, of the payload; the quiet bit is the payload's top. */
const FLOATS = {
  [F32]: { width: 32, payloadBits: 23n },
  [F64]: { width: 64, payloadBits: 52n },
} as const;

const view = new DataView(new ArrayBuffer(8));

/**
 * A value as the command line writes it: integers in decimal or 0x hexadecimal, signed or unsigned; floats as
 * decimal numbers, `inf`, `nan`, `nan:0xPAYLOAD`, all with an optional sign; vectors as integers of 128 bits, lane 0
 * lowest; of references `null`. Returns the raw bits.
 *
 * @throws UsageError if the text is no value of the type, or an integer that does not fit it.
 */
export function parseValue(text: string, type: ValType): bigint {
  const bits = parse(text, type);
  if (bits === undefined) throw new UsageError(`"${text}" is not a value of type ${typeName(type)}`);
  return bits;
}

function parse(text: string, type: ValType): bigint | undefined {
  switch (type) {
    case I32:
      return parseInteger(text, 32);
    case I64:
      return parseInteger(text, 64);
    case V128:
      return parseInteger(text, 128);
    case F32:
    case F64:
      return parseFloating(text, type);
    default:
      return text === "null" ? 0n : undefined;
  }
}

function parseInteger(text: string, width: number): bigint | undefined {
  const match = /^([+-]?)(\d{1,40}|0x[\da-f]{1,32})$/i.exec(text);
  if (match === null) return undefined;
  const value = match[1] === "-" ? -BigInt(match[2]!) : BigInt(match[2]!);
  const inRange = value >= -(1n << BigInt(width - 1)) && value < 1n << BigInt(width);
  return inRange ? BigInt.asUintN(width, value) : undefined;
}

function parseFloating(text: string, type: typeof F32 | typeof F64): bigint | undefined {
  const { width, payloadBits } = FLOATS[type];
  const match =
    /^([+-]?)(?:(inf(?:inity)?)|nan(?::(0x[\da-f]{1,16}))?|((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))$/i.exec(text);
  if (match === null) return undefined;
  const [, sign, infinity, payloadText, decimal] = match;
  const signBit = sign === "-" ? 1n << BigInt(width - 1) : 0n;
  if (decimal !== undefined) return signBit | bitsOfNumber(decimal, type);
  const exponent = ((((1n << BigInt(width)) - 1n) >> 1n) >> payloadBits) << payloadBits;
  if (infinity !== undefined) return signBit | exponent;
  const payload = payloadText === undefined ? 1n << (payloadBits - 1n) : BigInt(payloadText);
  return payload > 0n && payload < 1n << payloadBits ? signBit | exponent | payload : undefined;
}

function bitsOfNumber(decimal: string, type: typeof F32 | typeof F64): bigint {
  view.setFloat64(0, Number(decimal));
  if (type === F64) return view.getBigUint64(0);
  view.setFloat32(0, Number(decimal));
  return BigInt(view.getUint32(0));
}

/** A value in JSON, losing nothing. */
export type JsonValue = number | string | null;

/**
 * i32: a signed number. i64: a signed decimal string. Floats: a number where JSON has it, else one of the strings
 * "-0", "inf", "-inf", "nan", "-nan", "nan:0xPAYLOAD", "-nan:0xPAYLOAD" (a NaN without payload is the canonical one).
 * v128: 0x and 32 hexadecimal digits, lane 0 lowest. References: null, or "funcref" or "externref" for one that is not.
 */
export function valueToJson(bits: bigint, type: ValType): JsonValue {
  if (type === I32) return Number(BigInt.asIntN(32, bits));
  if (type === I64) return String(BigInt.asIntN(64, bits));
  if (type === V128) return `0x${bits.toString(16).padStart(32, "0")}`;
  if (type !== F32 && type !== F64) return bits === 0n ? null : typeName(type);
  view.setBigUint64(0, bits);
  const number = type === F64 ? view.getFloat64(0) : view.getFloat32(4);
  if (Number.isFinite(number)) return Object.is(number, -0) ? "-0" : number;
  if (!Number.isNaN(number)) return number > 0 ? "inf" : "-inf";
  const { width, payloadBits } = FLOATS[type];
  const payload = BigInt.asUintN(Number(payloadBits), bits);
  const sign = bits >> BigInt(width - 1) === 1n ? "-" : "";
  return payload === 1n << (payloadBits - 1n) ? `${sign}nan` : `${sign}nan:0x${payload.toString(16)}`;
}
