import type { Feature } from "../features.ts";
import {
  F32,
  F64,
  FUNCREF,
  type GlobalType,
  I32,
  I64,
  isRefType,
  type Limits,
  type RefType,
  type TableType,
  V128,
  type ValType,
} from "../module.ts";
import type { Reader } from "../reader.ts";

/** What is read into: its features say which types there are. */
interface Featured {
  readonly features: ReadonlySet<Feature>;
}

/** Whether a byte encodes a value type (spec, Binary Format, Value Types). */
export function isValType(byte: number, { features }: Featured): byte is ValType {
  if (byte === I32 || byte === I64 || byte === F32 || byte === F64) return true;
  return (byte === V128 && features.has("simd")) || (isRefType(byte) && features.has("reference-types"));
}

export function readValType(reader: Reader, module: Featured): ValType {
  const at = reader.pos;
  const byte = reader.u8();
  if (!isValType(byte, module)) throw reader.malformed("malformed value type", at);
  return byte;
}

/** The type of references in a table or segment; without reference types there are only functions'. */
export function readRefType(reader: Reader, { features }: Featured): RefType {
  const at = reader.pos;
  const byte = reader.u8();
  if (byte === FUNCREF || (isRefType(byte) && features.has("reference-types"))) return byte;
  throw reader.malformed(
    features.has("reference-types") ? "malformed reference type" : "malformed element type",
    at,
  );
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

export function readTableType(reader: Reader, module: Featured): TableType {
  return { element: readRefType(reader, module), ...readLimits(reader) };
}

export function readGlobalType(reader: Reader, module: Featured): GlobalType {
  const type = readValType(reader, module);
  const at = reader.pos;
  const mutability = reader.u8();
  if (mutability > 1) throw reader.malformed("malformed mutability", at);
  return { type, mutable: mutability === 1 };
}
