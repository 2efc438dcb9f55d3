import { encodeUtf8 } from "../scale/utf8.ts";
import { type Codec, compactSize, type Encoding, writeCompact, writeLittle } from "./encoding.ts";
import { formatBytes, formatText } from "./format.ts";

/** The bytes as they are, without a length. Read, it is all that is left. */
export const raw: Codec<Uint8Array> = {
  name: "raw",
  minimum: 0,
  size: (value) => value.length,
  write: (value, bytes, at) => {
    bytes.set(value, at);
    return at + value.length;
  },
  read: (reader) => reader.rest(),
  format: (value) => formatBytes(value),
};

/** SCALE `Vec<u8>`: compact length, then the bytes. */
export const byteVec: Codec<Uint8Array> = {
  name: "Bytes",
  minimum: 1,
  size: (value) => compactSize(value.length) + value.length,
  write: (value, bytes, at) => raw.write(value, bytes, writeCompact(value.length, bytes, at)),
  read: (reader) => reader.bytes(),
  format: (value) => formatBytes(value),
};

/** SCALE `[u8; length]`. */
export function fixedBytes(length: number): Codec<Uint8Array> {
  return {
    name: `[u8; ${length}]`,
    minimum: length,
    size: () => length,
    write: (value, bytes, at) => {
      if (value.length !== length) throw new TypeError(`${value.length} bytes for [u8; ${length}]`);
      return raw.write(value, bytes, at);
    },
    read: (reader) => reader.fixed(length),
    format: (value) => formatBytes(value),
  };
}

/** SCALE `Vec<[u8; n]>`, for whatever n the items have. */
export const fixedBytesVec: Encoding<readonly Uint8Array[]> = {
  name: "Vec<[u8]>",
  size: (value) => value.reduce((sum, item) => sum + item.length, compactSize(value.length)),
  write: (value, bytes, at) =>
    value.reduce((end, item) => raw.write(item, bytes, end), writeCompact(value.length, bytes, at)),
  format: (value) => `[${value.map((item) => formatBytes(item)).join(", ")}]`,
};

/** SCALE `String`. */
export const utf8: Codec<string> = {
  name: "String",
  minimum: 1,
  size: (value) => byteVec.size(encodeUtf8(value)),
  write: (value, bytes, at) => byteVec.write(encodeUtf8(value), bytes, at),
  read: (reader) => reader.string(),
  format: formatText,
};

export const unit: Codec<void> = {
  name: "()",
  minimum: 0,
  size: () => 0,
  write: (_, __, at) => at,
  read: () => {},
  format: () => "()",
};

export const scaleBool: Codec<boolean> = {
  name: "bool",
  minimum: 1,
  size: () => 1,
  write: (value, bytes, at) => writeLittle(value ? 1 : 0, 1, bytes, at),
  read: (reader) => reader.bool(),
  format: String,
};

export const u8le: Codec<number> = {
  name: "u8",
  minimum: 1,
  size: () => 1,
  write: (value, bytes, at) => writeLittle(value, 1, bytes, at),
  read: (reader) => reader.u8(),
  format: String,
};

export const u16le: Codec<number> = {
  name: "u16",
  minimum: 2,
  size: () => 2,
  write: (value, bytes, at) => writeLittle(value, 2, bytes, at),
  read: (reader) => reader.u16(),
  format: String,
};

export const u32le: Codec<number> = {
  name: "u32",
  minimum: 4,
  size: () => 4,
  write: (value, bytes, at) => writeLittle(value, 4, bytes, at),
  read: (reader) => reader.u32(),
  format: String,
};

export const u64le: Codec<bigint> = {
  name: "u64",
  minimum: 8,
  size: () => 8,
  write: (value, bytes, at) => {
    writeLittle(Number(BigInt.asUintN(32, value)), 4, bytes, at);
    return writeLittle(Number(BigInt.asUintN(32, value >> 32n)), 4, bytes, at + 4);
  },
  read: (reader) => reader.u64(),
  format: String,
};

/** SCALE `Compact<u32>`. */
export const compactU32: Codec<number> = {
  name: "Compact<u32>",
  minimum: 1,
  size: (value) => compactSize(value),
  write: (value, bytes, at) => writeCompact(value, bytes, at),
  read: (reader) => reader.compactU32(),
  format: String,
};
