import { DENSE_CODES, densePrefixed, operatorAt } from "../../decoder/opcodes.ts";

/** Immediates to step over in code that is never reached, by dense opcode. */
const SKIP_NONE = 0;
const SKIP_LEB = 1;
const SKIP_TWO_LEBS = 2;
const SKIP_4 = 3;
const SKIP_8 = 4;
const SKIP_TABLE = 5;
const SKIP_THREE_LEBS = 6;
const SKIP_16 = 7;
const SKIP_TYPES = 8;
const SKIP = Uint8Array.from({ length: DENSE_CODES }, (_, i) => {
  switch (operatorAt(i)?.immediates) {
    case undefined:
    case "none":
      return SKIP_NONE;
    case "memarg":
    case "call_indirect":
    case "memories":
    case "memory.init":
    case "tables":
    case "table.init":
      return SKIP_TWO_LEBS;
    case "memarg-lane":
      return SKIP_THREE_LEBS;
    case "lanes":
    case "v128":
      return SKIP_16;
    case "types":
      return SKIP_TYPES;
    case "f32":
      return SKIP_4;
    case "f64":
      return SKIP_8;
    case "br_table":
      return SKIP_TABLE;
    default:
      return SKIP_LEB;
  }
});

/** Reads opcodes and immediates of bodies that are valid: nothing is checked again. */
export class Reader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  /** What `constant64` read last. */
  low = 0;
  high = 0;

  begin(bytes: Uint8Array, at: number): void {
    this.bytes = bytes;
    this.at = at;
  }

  /** The next operator's dense opcode. */
  opcode(): number {
    const op = this.bytes[this.at++]!;
    return op === 0xfc || op === 0xfd ? densePrefixed(op, this.unsigned()) : op;
  }

  byte(): number {
    return this.bytes[this.at++]!;
  }

  /** Steps over the immediates of an operator. */
  skip(op: number): void {
    switch (SKIP[op]) {
      case SKIP_NONE:
        return;
      case SKIP_TWO_LEBS:
        this.skipLeb();
        this.skipLeb();
        return;
      case SKIP_THREE_LEBS:
        this.skipLeb();
        this.skipLeb();
        this.skipLeb();
        return;
      case SKIP_16:
        this.at += 16;
        return;
      case SKIP_TYPES:
        for (let count = this.unsigned(); count > 0; count--) this.skipLeb();
        return;
      case SKIP_4:
        this.at += 4;
        return;
      case SKIP_8:
        this.at += 8;
        return;
      case SKIP_TABLE: {
        const count = this.unsigned();
        for (let i = 0; i <= count; i++) this.skipLeb();
        return;
      }
      default:
        this.skipLeb();
    }
  }

  skipLeb(): void {
    while (this.bytes[this.at++]! >= 0x80);
  }

  /** Unsigned LEB128 of 32 bits, as an int32. */
  unsigned(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let shift = 7;
    do {
      byte = bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return value;
  }

  signed32(): number {
    const { bytes } = this;
    let value = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return shift < 32 && (byte & 0x40) !== 0 ? value | (-1 << shift) : value;
  }

  /** The operand of `i64.const`, into `low` and `high`. */
  constant64(): void {
    const { bytes } = this;
    let low = 0;
    let high = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = bytes[this.at++]!;
      const bits = byte & 0x7f;
      if (shift < 32) {
        low |= bits << shift;
        if (shift > 25) high |= bits >>> (32 - shift);
      } else {
        high |= bits << (shift - 32);
      }
      shift += 7;
    } while (byte >= 0x80);
    if ((byte & 0x40) !== 0 && shift < 64) {
      if (shift < 32) {
        low |= -1 << shift;
        high = -1;
      } else {
        high |= -1 << (shift - 32);
      }
    }
    this.low = low;
    this.high = high;
  }

  /** Four bytes, little-endian: the raw bits of a float. */
  word(): number {
    const { bytes, at } = this;
    this.at = at + 4;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }
}
