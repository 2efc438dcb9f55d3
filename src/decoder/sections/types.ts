import {
  F32,
  F64,
  FUNCREF,
  type GlobalType,
  I32,
  I64,
  type Limits,
  type TableType,
  type ValType,
} from "../module.ts";
import type { Reader } from "../reader.ts";

/** Whether a byte encodes a value type (spec, Binary Format, Value Types). */
export function isValType(byte: number): byte is ValType {
  return byte === I32 || byte === I64 || byte === F32 || byte === F64;
}

export function readValType(reader: Reader): ValType {
  const at = reader.pos;
  const byte = reader.u8();
  if (!isValType(byte)) throw reader.malformed("malformed value type", at);
  return byte;
}

export function readLimits(reader: Reader): Limits {
  const at = reader.pos;
  const flags = reader.u8();
  if (flags > 1) {
    // The spec's scripts read the flag as an integer of one bit, hence these words of theirs.
    throw reader.malformed(flags >= 0x80 ? "integer representation too long" : "integer too large", at);
  }
  const min = reader.u32();
  return { min, max: flags === 1 ? reader.u32() : undefined };
}

export function readTableType(reader: Reader): TableType {
  const at = reader.pos;
  if (reader.u8() !== FUNCREF) throw reader.malformed("malformed element type", at);
  return { element: FUNCREF, ...readLimits(reader) };
}

export function readGlobalType(reader: Reader): GlobalType {
  const type = readValType(reader);
  const at = reader.pos;
  const mutability = reader.u8();
  if (mutability > 1) throw reader.malformed("malformed mutability", at);
  return { type, mutable: mutability === 1 };
}
