import type { ScaleReader } from "../scale/reader.ts";

/** How a value lies in a returned buffer. Sized first, then written in place: no bytes are copied twice. */
export interface Encoding<T> {
  readonly name: string;
  size(value: T): number;
  /** Writes the value and returns the offset behind it. */
  write(value: T, bytes: Uint8Array, at: number): number;
  format(value: T): string;
}

/** An encoding that is also read, strictly: for values that go both ways. */
export interface Codec<T> extends Encoding<T> {
  /** The fewest bytes a value takes: what bounds the count that a list announces. */
  readonly minimum: number;
  /** @throws ScaleError */
  read(reader: ScaleReader): T;
}

/** The JavaScript value that a codec stands for. */
export type ValueOf<C> = C extends Encoding<infer T> ? T : never;

/** SCALE `Result<T, E>`: either side is present. */
export type ScaleResult<T, E> = { readonly ok: T } | { readonly error: E };

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
    writeLittle(value, 4, bytes, at + 1);
  }
  return at + size;
}

/** Writes the low `length` bytes (at most 4) of a number, lowest first, and returns the offset behind them. */
export function writeLittle(value: number, length: number, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < length; i++) bytes[at + i] = value >>> (8 * i);
  return at + length;
}
