import { encodeUtf8 } from "./utf8.ts";

/** Builds SCALE encodings. Methods return the writer, to be chained. */
export class ScaleWriter {
  #buffer = new Uint8Array(64);
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  /** Makes room for `extra` bytes and returns where they go. */
  #extend(extra: number): number {
    const at = this.#length;
    const length = at + extra;
    if (length > this.#buffer.length) {
      const buffer = new Uint8Array(Math.max(length, 2 * this.#buffer.length));
      buffer.set(this.#buffer.subarray(0, at));
      this.#buffer = buffer;
    }
    this.#length = length;
    return at;
  }

  u8(value: number): this {
    const at = this.#extend(1);
    this.#buffer[at] = value;
    return this;
  }

  u16(value: number): this {
    return this.u8(value & 0xff).u8((value >>> 8) & 0xff);
  }

  u32(value: number): this {
    return this.u16(value & 0xffff).u16(value >>> 16);
  }

  u64(value: bigint): this {
    return this.u32(Number(BigInt.asUintN(32, value))).u32(Number(BigInt.asUintN(32, value >> 32n)));
  }

  u128(value: bigint): this {
    return this.u64(value).u64(value >> 64n);
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  /** Bytes as they are, without a length. */
  fixed(bytes: Uint8Array): this {
    const at = this.#extend(bytes.length);
    this.#buffer.set(bytes, at);
    return this;
  }

  /** @param value 0 <= value < 2^536 */
  compact(value: number | bigint): this {
    return this.fixed(encodeCompact(value));
  }

  bytes(bytes: Uint8Array): this {
    return this.compact(bytes.length).fixed(bytes);
  }

  string(text: string): this {
    return this.bytes(encodeUtf8(text));
  }

  vec<T>(items: readonly T[], write: (writer: this, item: T) => void): this {
    this.compact(items.length);
    for (const item of items) write(this, item);
    return this;
  }

  option<T>(value: T | undefined, write: (writer: this, value: T) => void): this {
    this.bool(value !== undefined);
    if (value !== undefined) write(this, value);
    return this;
  }
}

/** The compact form of an integer in [0, 2^536). */
export function encodeCompact(value: number | bigint): Uint8Array {
  if (value < 0x40) return Uint8Array.of(Number(value) << 2);
  if (value < 0x4000) {
    const word = (Number(value) << 2) | 1;
    return Uint8Array.of(word & 0xff, word >> 8);
  }
  if (value < 0x40000000) {
    const word = Number(value) * 4 + 2;
    return Uint8Array.of(word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24);
  }
  const bytes = [0];
  for (let rest = BigInt(value); rest > 0n; rest >>= 8n) bytes.push(Number(rest & 0xffn));
  while (bytes.length < 5) bytes.push(0);
  bytes[0] = ((bytes.length - 5) << 2) | 3;
  return Uint8Array.from(bytes);
}
