import { type Operator, operatorAt } from "../../decoder/opcodes.ts";

/** One operator of a function body, read from the binary. */
export interface Instruction {
  readonly operator: Operator;
  /** Byte offset in the module. */
  readonly offset: number;
  /** Byte offset of what follows. */
  readonly next: number;
  /** A local's, global's, function's, type's or label's index; a block's type; the offset of a memory access. */
  readonly index: number;
  /** The labels of `br_table`, the default one last. */
  readonly labels: readonly number[];
  /** The raw bits of a constant. */
  readonly bits: bigint;
}

const NO_LABELS: readonly number[] = [];

/** Reads the operator at `offset` of validated code (spec: Binary Format, Instructions). */
export function readInstruction(bytes: Uint8Array, offset: number): Instruction {
  const reader = new ImmediateReader(bytes, offset);
  let code = reader.byte();
  if (code === 0xfc) code = 256 + reader.unsigned();
  const operator = operatorAt(code)!;
  let index = 0;
  let labels = NO_LABELS;
  let bits = 0n;
  switch (operator.immediates) {
    case "none":
      break;
    case "block-type":
      index = reader.byte();
      break;
    case "label":
    case "function":
    case "local":
    case "global":
    case "memory":
      index = reader.unsigned();
      break;
    case "call_indirect":
      index = reader.unsigned();
      reader.unsigned();
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
  return { operator, offset, next: reader.position, index, labels, bits };
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
