import { EXTERNREF, F32, F64, type Module, type ValType } from "../../decoder/index.ts";
import { densePrefixed, isPrefix, type Operator, operatorAt } from "../../decoder/opcodes.ts";
import { Reader } from "../../decoder/reader.ts";
import { signature, typeName, valueToJson } from "../values.ts";

/** One operator of a function body as text. */
export interface OperatorText {
  /** Byte offset in the module. */
  readonly offset: number;
  readonly operator: Operator;
  /** Immediates as the text format has them, empty if there are none. */
  readonly immediates: string;
  /** What an index among them means: a function's name, a type. */
  readonly comment: string | undefined;
}

const NO_RESULT = 0x40;

/** The operators of the defined function `bodyIndex` of a valid module, in order. */
export function* operatorsOf(
  module: Module,
  bodyIndex: number,
  nameOf: (func: number) => string | undefined,
): Generator<OperatorText> {
  const { start, end } = module.bodies[bodyIndex]!;
  const reader = new Reader(module.bytes, module.limits, start, end);
  while (reader.left > 0) {
    const offset = reader.pos;
    const byte = reader.u8();
    const operator = operatorAt(isPrefix(byte) ? densePrefixed(byte, reader.u32()) : byte)!;
    yield { offset, operator, ...readImmediates(reader, operator, module, nameOf) };
  }
}

const plain = (immediates: string | number | null, comment?: string) => ({
  immediates: String(immediates),
  comment,
});

function readImmediates(
  reader: Reader,
  operator: Operator,
  module: Module,
  nameOf: (func: number) => string | undefined,
): Pick<OperatorText, "immediates" | "comment"> {
  switch (operator.immediates) {
    case "none":
      return plain("");
    case "block-type": {
      return blockType(reader, module);
    }
    case "label":
    case "local":
    case "global":
      return plain(reader.u32());
    case "function": {
      const index = reader.u32();
      return plain(index, nameOf(index));
    }
    case "call_indirect": {
      const index = reader.u32();
      const table = reader.u32();
      const { params, results } = module.types[index]!;
      return plain(table === 0 ? `(type ${index})` : `${table} (type ${index})`, signature(params, results));
    }
    case "memory":
      reader.u8();
      return plain("");
    case "memories":
      reader.u8();
      reader.u8();
      return plain("");
    case "memory.init": {
      const segment = reader.u32();
      reader.u8();
      return plain(segment);
    }
    case "table":
    case "data":
    case "elem":
      return plain(reader.u32());
    case "tables":
      return plain(`${reader.u32()} ${reader.u32()}`);
    case "table.init": {
      // The text format has the table first.
      const segment = reader.u32();
      return plain(`${reader.u32()} ${segment}`);
    }
    case "ref-type":
      return plain(reader.u8() === EXTERNREF ? "extern" : "func");
    case "types": {
      const types = Array.from({ length: reader.u32() }, () => typeName(reader.u8() as ValType));
      return plain(`(result ${types.join(" ")})`);
    }
    case "lane":
      return plain(reader.u8());
    case "lanes":
      return plain(Array.from({ length: 16 }, () => reader.u8()).join(" "));
    case "memarg-lane": {
      const argument = memoryArgument(reader, operator);
      return plain(`${argument}${argument === "" ? "" : " "}${reader.u8()}`);
    }
    case "v128":
      return plain(vectorConstant(reader));
    case "memarg":
      return plain(memoryArgument(reader, operator));
    case "br_table": {
      const count = reader.u32();
      return plain(Array.from({ length: count + 1 }, () => reader.u32()).join(" "));
    }
    case "i32":
      return plain(reader.s32());
    case "i64": {
      const low = reader.s64();
      return plain(String((BigInt(reader.hi) << 32n) | BigInt(low >>> 0)));
    }
    case "f32":
      return plain(valueToJson(BigInt(reader.bits32() >>> 0), F32));
    case "f64": {
      const low = BigInt(reader.bits32() >>> 0);
      return plain(valueToJson((BigInt(reader.bits32() >>> 0) << 32n) | low, F64));
    }
  }
}

/** `(result i32)`, or since multi-value the type's index with the type as comment. */
function blockType(reader: Reader, module: Module): Pick<OperatorText, "immediates" | "comment"> {
  const at = reader.pos;
  const byte = reader.u8();
  if (byte === NO_RESULT) return plain("");
  if (byte >= 0x40 && byte < 0x80) return plain(`(result ${typeName(byte as ValType)})`);
  reader.pos = at;
  const index = reader.u32();
  const { params, results } = module.types[index]!;
  return plain(`(type ${index})`, signature(params, results));
}

/** `i32x4` and four numbers is how most tools write them. */
function vectorConstant(reader: Reader): string {
  const lanes = Array.from({ length: 4 }, () => `0x${(reader.bits32() >>> 0).toString(16).padStart(8, "0")}`);
  return `i32x4 ${lanes.join(" ")}`;
}

/** Offset and alignment, where they are not what the text format leaves out. */
function memoryArgument(reader: Reader, operator: Operator): string {
  const align = reader.u32();
  const offset = reader.u32();
  const parts = [
    ...(offset === 0 ? [] : [`offset=${offset}`]),
    ...(align === operator.align ? [] : [`align=${2 ** align}`]),
  ];
  return parts.join(" ");
}
