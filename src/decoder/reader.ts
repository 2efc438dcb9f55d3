import { ModuleError, type ModuleErrorKind } from "./errors.ts";
import { type Cursor, readS32, readS64, readU32 } from "./leb128.ts";
import { type DecoderLimits, LIMIT_NOUNS } from "./limits.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Reads a part of a binary in order, and knows where it is when something is wrong. */
export class Reader implements Cursor {
  readonly bytes: Uint8Array;
  readonly limits: DecoderLimits;
  pos: number;
  end: number;
  hi = 0;
  /** What is being read, for errors: "type section", … */
  part = "header";
  /** The entry of `part` being read, or -1. */
  entry = -1;

  constructor(bytes: Uint8Array, limits: DecoderLimits, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.limits = limits;
    this.pos = start;
    this.end = end;
  }

  get context(): string {
    return this.entry < 0 ? this.part : `${this.part}, entry ${this.entry}`;
  }

  error(kind: ModuleErrorKind, reason: string, offset: number = this.pos): ModuleError {
    return new ModuleError(kind, reason, offset, this.context);
  }

  malformed(reason: string, offset: number = this.pos): ModuleError {
    return this.error("malformed", reason, offset);
  }

  unexpectedEnd(): ModuleError {
    return this.malformed("unexpected end of section or function", this.end);
  }

  get left(): number {
    return this.end - this.pos;
  }

  u8(): number {
    if (this.pos >= this.end) throw this.unexpectedEnd();
    return this.bytes[this.pos++]!;
  }

  /** Four bytes, little-endian, as a signed number. */
  bits32(): number {
    if (this.left < 4) throw this.unexpectedEnd();
    const { bytes, pos } = this;
    this.pos = pos + 4;
    return bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24);
  }

  u32(): number {
    return readU32(this);
  }

  s32(): number {
    return readS32(this);
  }

  /** Returns the low 32 bits and leaves the high ones in `hi`. */
  s64(): number {
    return readS64(this);
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    if (length > this.left) throw this.unexpectedEnd();
    this.pos += length;
    return this.bytes.subarray(this.pos - length, this.pos);
  }

  /** Refuses more than the limit `name` of something. @param offset where the count stands */
  limit(name: keyof DecoderLimits, count: number, offset: number): void {
    const most = this.limits[name];
    if (count > most) {
      throw this.error("limit", `too many ${LIMIT_NOUNS[name]}: ${count}, the limit is ${most}`, offset);
    }
  }

  /**
   * The length of a vector. It is held against the bytes that are left before anyone makes room for its entries,
   * each of which takes at least `entryBytes`, and against the limit `name`, `before` counted in.
   */
  count(entryBytes: number, name: keyof DecoderLimits, before = 0): number {
    const at = this.pos;
    const count = this.u32();
    if (count * entryBytes > this.left) throw this.unexpectedEnd();
    this.limit(name, before + count, at);
    return count;
  }

  name(): string {
    const at = this.pos;
    const length = this.u32();
    if (length > this.left) throw this.malformed("length out of bounds", at);
    this.limit("nameLength", length, at);
    const text = decodeUtf8(this.bytes, this.pos, this.pos + length);
    if (text === undefined) throw this.malformed("malformed UTF-8 encoding");
    this.pos += length;
    return text;
  }
}
