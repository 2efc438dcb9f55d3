import { ScaleError, type ScaleErrorKind } from "./errors.ts";
import { decodeUtf8 } from "./utf8.ts";

/**
 * Reads SCALE values from the front of a byte string, strictly: only canonical compact integers are taken, and
 * a count or length is checked against the bytes left before anything is allocated for it. Byte arrays that it
 * returns are copies, so they outlive and do not pin the input. Every fault is a ScaleError.
 */
export class ScaleReader {
  readonly #bytes: Uint8Array;
  readonly #context: string;
  #at = 0;

  /** @param context what the bytes are, for error messages. */
  constructor(bytes: Uint8Array, context: string) {
    this.#bytes = bytes;
    this.#context = context;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#at;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** An error about the item that begins at `offset`, for structures that have rules of their own. */
  error(kind: ScaleErrorKind, reason: string, offset: number = this.#at): ScaleError {
    return new ScaleError(kind, reason, offset, this.#context);
  }

  /** Steps over `length` bytes and returns where they begin. */
  #take(length: number, what: string): number {
    const at = this.#at;
    if (length > this.remaining) {
      throw this.error("unexpected-end", `${what} needs ${length} bytes, ${this.remaining} are left`);
    }
    this.#at = at + length;
    return at;
  }

  u8(): number {
    return this.#bytes[this.#take(1, "u8")];
  }

  u16(): number {
    const at = this.#take(2, "u16");
    return this.#bytes[at] | (this.#bytes[at + 1] << 8);
  }

  u32(): number {
    return this.#little(this.#take(4, "u32"), 4);
  }

  u64(): bigint {
    return this.#littleBig(this.#take(8, "u64"), 8);
  }

  u128(): bigint {
    return this.#littleBig(this.#take(16, "u128"), 16);
  }

  bool(): boolean {
    const at = this.#at;
    const byte = this.u8();
    if (byte > 1) throw this.error("invalid-value", `bool is ${byte}`, at);
    return byte === 1;
  }

  /** Exactly `length` bytes, no prefix. */
  fixed(length: number): Uint8Array {
    const at = this.#take(length, `${length}-byte field`);
    return this.#bytes.slice(at, at + length);
  }

  /** All bytes left. */
  rest(): Uint8Array {
    return this.fixed(this.remaining);
  }

  compactU32(): number {
    const short = this.#shortCompact();
    return short >= 0 ? short : Number(this.#longCompact(32));
  }

  compactU64(): bigint {
    return this.#compact(64);
  }

  compactU128(): bigint {
    return this.#compact(128);
  }

  /** `Vec<u8>`: a compact length, then that many bytes. */
  bytes(): Uint8Array {
    const start = this.#at;
    const length = this.compactU32();
    if (length > this.remaining) {
      throw this.error("unexpected-end", `${length} bytes announced, ${this.remaining} are left`, start);
    }
    return this.fixed(length);
  }

  /** `String`: as `bytes`, which must be UTF-8. */
  string(): string {
    const start = this.#at;
    const text = decodeUtf8(this.bytes());
    if (text === undefined) throw this.error("invalid-value", "string is not UTF-8", start);
    return text;
  }

  /** `Vec<T>`. @param minimum the fewest bytes one item takes, at least 1: what bounds the announced count. */
  vec<T>(item: (reader: this) => T, minimum = 1): T[] {
    const start = this.#at;
    const count = this.compactU32();
    if (count * minimum > this.remaining) {
      throw this.error("unexpected-end", `${count} items announced, ${this.remaining} bytes are left`, start);
    }
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(item(this));
    return items;
  }

  option<T>(item: (reader: this) => T): T | undefined {
    const at = this.#at;
    const tag = this.u8();
    if (tag > 1) throw this.error("invalid-value", `option tag is ${tag}`, at);
    return tag === 1 ? item(this) : undefined;
  }

  /** The input must be used up. */
  end(): void {
    if (this.remaining > 0) throw this.error("trailing-bytes", `${this.remaining} bytes left over`);
  }

  #little(at: number, length: number): number {
    let value = 0;
    for (let i = length - 1; i >= 0; i--) value = value * 256 + this.#bytes[at + i];
    return value;
  }

  #littleBig(at: number, length: number): bigint {
    let value = 0n;
    for (let end = length; end > 0; end -= 4) {
      const start = Math.max(0, end - 4);
      value = (value << BigInt(8 * (end - start))) | BigInt(this.#little(at + start, end - start));
    }
    return value;
  }

  /** Compact integer: the two low bits of the first byte tell the form (SCALE, "Compact/general integers"). */
  #compact(bits: number): bigint {
    const short = this.#shortCompact();
    return short >= 0 ? BigInt(short) : this.#longCompact(bits);
  }

  /** The forms of 1, 2 and 4 bytes; -1, with nothing read, if the long form stands here. */
  #shortCompact(): number {
    const start = this.#at;
    const mode = this.u8() & 3;
    this.#at = start;
    if (mode === 3) return -1;
    const length = 1 << mode;
    const value = Math.floor(this.#little(this.#take(length, "compact integer"), length) / 4);
    if ((mode === 1 && value < 1 << 6) || (mode === 2 && value < 1 << 14)) throw this.#notShortest(start);
    return value;
  }

  #longCompact(bits: number): bigint {
    const start = this.#at;
    const length = (this.u8() >> 2) + 4;
    // A form too long for the type is refused before it is read: canonical ones cannot fit it.
    if (length * 8 > bits) throw this.error("out-of-range", `compact integer exceeds ${bits} bits`, start);
    const value = this.#littleBig(this.#take(length, "compact integer"), length);
    const least = length === 4 ? 1n << 30n : 1n << BigInt(8 * (length - 1));
    if (value < least) throw this.#notShortest(start);
    return value;
  }

  #notShortest(start: number): ScaleError {
    return this.error("non-canonical", "compact integer is not in its shortest form", start);
  }
}
