import { densePrefixed, isPrefix, type Operator, operatorAt } from "../../decoder/opcodes.ts";
import { vector } from "./vector.ts";

/** One operator of a function body, read from the binary. */
export interface Instruction {
  readonly operator: Operator;
  /** Byte offset in the module. */
  readonly offset: number;
  /** Byte offset of what follows. */
  readonly next: number;
  /**
   * A local's, global's, function's, type's, table's, segment's or label's index; the offset of a memory access; a lane's
   * index. A block's type: a type's index, or the byte of the value type (0x40 for none) less 0x80.
   */
  readonly index: number;
  /** A second index: the table of `call_indirect` and `table.init`, the source of `table.copy`, the lane of an access. */
  readonly second: number;
  /** The labels of `br_table`, the default one last; the lanes of a shuffle. */
  readonly labels: readonly number[];
  /** The raw bits of a constant. */
  readonly bits: bigint;
}

const NO_LABELS: readonly number[] = [];

/** Reads the operator at `offset` of validated code (spec: Binary Format, Instructions). */
export function readInstruction(bytes: Uint8Array, offset: number): Instruction {
  const reader = new ImmediateReader(bytes, offset);
  let code = reader.byte();
  if (isPrefix(code)) code = densePrefixed(code, reader.unsigned());
  const operator = operatorAt(code)!;
  let index = 0;
  let second = 0;
  let labels = NO_LABELS;
  let bits = 0n;
  switch (operator.immediates) {
    case "none":
      break;
    case "block-type":
      index = reader.blockType();
      break;
    case "lane":
    case "ref-type":
      index = reader.byte();
      break;
    case "types":
      reader.unsigned();
      index = reader.byte();
      break;
    case "label":
    case "function":
    case "local":
    case "global":
    case "memory":
    case "data":
    case "elem":
    case "table":
      index = reader.unsigned();
      break;
    case "call_indirect":
    case "memories":
    case "memory.init":
    case "tables":
    case "table.init":
      index = reader.unsigned();
      second = reader.unsigned();
      break;
    case "memarg-lane":
      reader.unsigned();
      index = reader.unsigned();
      second = reader.byte();
      break;
    case "lanes":
      labels = Array.from({ length: 16 }, () => reader.byte());
      break;
    case "v128":
      bits = vector(reader.littleEndian(16));
      break;
    case "memarg":
      reader.unsigned();
      index = reader.unsigned();
      break;
    case "br_table": {
      const count = reader.unsigned();
      labels = Array.from({ length: count + 1 }, () => reader.unsigned());
      break;
    }
    case "i32":
      bits = reader.signed(32);
      break;
    case "i64":
      bits = reader.signed(64);
      break;
    case "f32":
      bits = reader.littleEndian(4);
      break;
    case "f64":
      bits = reader.littleEndian(8);
  }
  return { operator, offset, next: reader.position, index, second, labels, bits };
}

class ImmediateReader {
  position: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, position: number) {
    this.bytes = bytes;
    this.position = position;
  }

  byte(): number {
    return this.bytes[this.position++]!;
  }

  blockType(): number {
    const start = this.position;
    const byte = this.byte();
    if (byte >= 0x40 && byte < 0x80) return byte - 0x80;
    this.position = start;
    return this.unsigned();
  }

  /** Unsigned LEB128 of 32 bits. */
  unsigned(): number {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = this.byte();
      value += (byte % 128) * weight;
      if (byte < 128) return value;
    }
  }

  /** Signed LEB128, as the unsigned number with the same `width` bits. */
  signed(width: number): bigint {
    let value = 0n;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= BigInt(byte % 128) << BigInt(shift);
      if (byte < 128) return BigInt.asUintN(width, BigInt.asIntN(shift + 7, value));
    }
  }

  littleEndian(length: number): bigint {
    let value = 0n;
    for (let i = 0; i < length; i++) value |= BigInt(this.byte()) << BigInt(8 * i);
    return value;
  }
}
