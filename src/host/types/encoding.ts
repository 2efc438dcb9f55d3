import { formatBytes } from "./format.ts";

/** How a value lies in a returned buffer. Sized first, then written in place: no bytes are copied twice. */
export interface Encoding<T> {
  readonly name: string;
  size(value: T): number;
  write(value: T, bytes: Uint8Array, at: number): void;
  format(value: T): string;
}

/** SCALE `Result<T, E>`: either side is present. */
export type ScaleResult<T, E> = { readonly ok: T } | { readonly error: E };

/** The bytes as they are, without a length. */
export const raw: Encoding<Uint8Array> = {
  name: "raw",
  size: (value) => value.length,
  write: (value, bytes, at) => bytes.set(value, at),
  format: (value) => formatBytes(value),
};

/** SCALE `Vec<u8>`: compact length, then the bytes. */
export const byteVec: Encoding<Uint8Array> = {
  name: "Bytes",
  size: (value) => compactSize(value.length) + value.length,
  write: (value, bytes, at) => bytes.set(value, writeCompact(value.length, bytes, at)),
  format: (value) => formatBytes(value),
};

/** SCALE `Vec<[u8; n]>`. */
export const fixedBytesVec: Encoding<readonly Uint8Array[]> = {
  name: "Vec<[u8]>",
  size: (value) => value.reduce((sum, item) => sum + item.length, compactSize(value.length)),
  write: (value, bytes, at) => {
    let end = writeCompact(value.length, bytes, at);
    for (const item of value) {
      bytes.set(item, end);
      end += item.length;
    }
  },
  format: (value) => `[${value.map((item) => formatBytes(item)).join(", ")}]`,
};

export const unit: Encoding<void> = { name: "()", size: () => 0, write: () => {}, format: () => "()" };

export const u8le: Encoding<number> = {
  name: "u8",
  size: () => 1,
  write: (value, bytes, at) => {
    bytes[at] = value;
  },
  format: String,
};

export const u32le: Encoding<number> = {
  name: "u32",
  size: () => 4,
  write: (value, bytes, at) => {
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  },
  format: String,
};

/** SCALE `Option<T>`; `undefined` is None. */
export function option<T>(inner: Encoding<T>): Encoding<T | undefined> {
  return {
    name: `Option<${inner.name}>`,
    size: (value) => (value === undefined ? 1 : 1 + inner.size(value)),
    write: (value, bytes, at) => {
      bytes[at] = value === undefined ? 0 : 1;
      if (value !== undefined) inner.write(value, bytes, at + 1);
    },
    format: (value) => (value === undefined ? "None" : `Some(${inner.format(value)})`),
  };
}

/** SCALE `Result<T, E>`. */
export function result<T, E>(ok: Encoding<T>, error: Encoding<E>): Encoding<ScaleResult<T, E>> {
  return {
    name: `Result<${ok.name}, ${error.name}>`,
    size: (value) => 1 + ("ok" in value ? ok.size(value.ok) : error.size(value.error)),
    write: (value, bytes, at) => {
      bytes[at] = "ok" in value ? 0 : 1;
      if ("ok" in value) ok.write(value.ok, bytes, at + 1);
      else error.write(value.error, bytes, at + 1);
    },
    format: (value) => ("ok" in value ? `Ok(${ok.format(value.ok)})` : `Err(${error.format(value.error)})`),
  };
}

/** Bytes that SCALE's compact form of `value` (below 2^32) takes. */
export function compactSize(value: number): number {
  return value < 64 ? 1 : value < 16384 ? 2 : value < 0x40000000 ? 4 : 5;
}

/** Writes the compact form and returns the offset behind it. */
export function writeCompact(value: number, bytes: Uint8Array, at: number): number {
  const size = compactSize(value);
  if (size === 1) {
    bytes[at] = value << 2;
  } else if (size === 2) {
    bytes[at] = (value << 2) | 1;
    bytes[at + 1] = value >>> 6;
  } else if (size === 4) {
    bytes[at] = (value << 2) | 2;
    bytes[at + 1] = value >>> 6;
    bytes[at + 2] = value >>> 14;
    bytes[at + 3] = value >>> 22;
  } else {
    bytes[at] = 3;
    u32le.write(value, bytes, at + 1);
  }
  return at + size;
}
