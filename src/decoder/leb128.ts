import type { ModuleError } from "./errors.ts";

/** A place in a binary that moves forward as things are read. */
export interface Cursor {
  readonly bytes: Uint8Array;
  /** Offset of the next byte. */
  pos: number;
  /** Offset no read may pass. */
  readonly end: number;
  /** High 32 bits of the last 64-bit integer read. */
  hi: number;
  malformed(reason: string, offset?: number): ModuleError;
  unexpectedEnd(): ModuleError;
}

const TOO_LONG = "integer representation too long";
const TOO_LARGE = "integer too large";

/*
 * Spec, Binary Format, Values, Integers: an N-bit integer takes at most ceil(N / 7) bytes, and the bits of the
 * last of these that lie beyond N must be zero, or copies of the sign bit for signed integers. Shorter padding
 * (0x80 0x00) is allowed.
 */

/** Reads an unsigned 32-bit integer. @throws ModuleError (malformed) */
export function readU32(cursor: Cursor): number {
  const { bytes, end } = cursor;
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    if (cursor.pos >= end) throw cursor.unexpectedEnd();
    const byte = bytes[cursor.pos]!;
    if (shift === 28) {
      if (byte >= 0x80) throw cursor.malformed(TOO_LONG);
      if (byte > 0x0f) throw cursor.malformed(TOO_LARGE);
    }
    cursor.pos++;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value >>> 0;
  }
}

/** Reads a signed 32-bit integer. @throws ModuleError (malformed) */
export function readS32(cursor: Cursor): number {
  const { bytes, end } = cursor;
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    if (cursor.pos >= end) throw cursor.unexpectedEnd();
    const byte = bytes[cursor.pos]!;
    if (shift === 28) {
      if (byte >= 0x80) throw cursor.malformed(TOO_LONG);
      if (byte > 0x07 && byte < 0x78) throw cursor.malformed(TOO_LARGE);
    }
    cursor.pos++;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return shift < 28 && byte >= 0x40 ? value | (-1 << (shift + 7)) : value;
  }
}

/**
 * Reads a signed 64-bit integer: the low 32 bits are returned, the high ones left in `cursor.hi`, both as signed
 * numbers. @throws ModuleError (malformed)
 */
export function readS64(cursor: Cursor): number {
  const { bytes, end } = cursor;
  let lo = 0;
  let hi = 0;
  for (let shift = 0; ; shift += 7) {
    if (cursor.pos >= end) throw cursor.unexpectedEnd();
    const byte = bytes[cursor.pos]!;
    if (shift === 63) {
      if (byte >= 0x80) throw cursor.malformed(TOO_LONG);
      if (byte !== 0x00 && byte !== 0x7f) throw cursor.malformed(TOO_LARGE);
    }
    cursor.pos++;
    const bits = byte & 0x7f;
    if (shift < 32) lo |= bits << shift;
    // The fifth byte straddles: four of its bits are low, three high.
    if (shift === 28) hi = bits >>> 4;
    else if (shift > 28) hi |= bits << (shift - 32);
    if (byte < 0x80) {
      const width = shift + 7;
      if (byte >= 0x40 && width < 64) {
        if (width < 32) lo |= -1 << width;
        hi = width < 32 ? -1 : hi | (-1 << (width - 32));
      }
      cursor.hi = hi;
      return lo;
    }
  }
}
