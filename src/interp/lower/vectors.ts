import { F64, I64, V128 } from "../../decoder/module.ts";
import { densePrefixed, OPERATORS, type Operator } from "../../decoder/opcodes.ts";
import * as OP from "../machine/instructions.ts";
import type { Emitter } from "./emitter.ts";
import type { OperandStack } from "./operands.ts";
import type { Reader } from "./reader.ts";
import { NARROW, UPPER, WIDE } from "./slots.ts";

/** The first dense opcode behind the prefix of vectors. */
export const FIRST_VECTOR = densePrefixed(0xfd, 0);

/** By sub-opcode. */
const operators: Operator[] = [];
for (const operator of OPERATORS) if (operator.feature === "simd") operators[operator.code & 0xff] = operator;

/** Bytes of a lane of a shape's, by the shape at the beginning of a name. */
const laneBytes = (name: string): number => Number(/^[if](\d+)x/.exec(name)![1]) / 8;

/**
 * Lowers operators on vectors. A vector is two entries of the operand stack, its lower half below, and four lanes of the
 * frame.
 */
export class VectorLowering {
  private readonly emitter: Emitter;
  private readonly stack: OperandStack;
  private readonly reader: Reader;

  constructor(emitter: Emitter, stack: OperandStack, reader: Reader) {
    this.emitter = emitter;
    this.stack = stack;
    this.reader = reader;
  }

  /** @param op a dense opcode, whose immediates come next */
  lower(op: number): void {
    const sub = op - FIRST_VECTOR;
    const operator = operators[sub]!;
    switch (operator.immediates) {
      case "v128":
        this.constant();
        return;
      case "lanes":
        this.shuffle();
        return;
      case "lane":
        this.lane(operator);
        return;
      case "memarg":
        if (operator.gas === "store") this.store();
        else this.load(sub);
        return;
      case "memarg-lane":
        this.accessLane(operator);
        return;
      default:
        this.plain(operator, sub);
    }
  }

  private constant(): void {
    const { stack, reader } = this;
    for (const holds of [WIDE, UPPER]) {
      const low = reader.word();
      stack.pushConstant(low, reader.word(), holds);
    }
  }

  private pushVector(): void {
    this.stack.pushTemporary(WIDE);
    this.stack.pushTemporary(UPPER);
  }

  private popVector(): void {
    this.stack.popTwo();
  }

  private plain({ name, params, results }: Operator, sub: number): void {
    const { stack, emitter } = this;
    const [first, second, third] = params!;
    if (third !== undefined) this.bitselect();
    else if (first !== V128) {
      stack.pop();
      emitter.op3(OP.VECTOR_SPLAT, stack.nextSlot, stack.slotOf(stack.height), laneBytes(name));
      this.pushVector();
    } else if (second === V128) {
      this.popVector();
      this.popVector();
      const at = stack.height;
      const [a, b] = [stack.vectorAt(at), stack.vectorAt(at + 2)];
      emitter.op4(OP.VECTOR_BINARY, stack.nextSlot, a, b, sub);
      this.pushVector();
    } else if (second !== undefined) {
      stack.pop();
      this.popVector();
      const at = stack.height;
      const [a, count] = [stack.vectorAt(at), stack.slotOf(at + 2)];
      emitter.op4(OP.VECTOR_SHIFT, stack.nextSlot, a, count, sub);
      this.pushVector();
    } else {
      this.popVector();
      const a = stack.vectorAt(stack.height);
      if (results![0] === V128) {
        emitter.op3(OP.VECTOR_UNARY, stack.nextSlot, a, sub);
        this.pushVector();
      } else {
        emitter.def2(OP.VECTOR_REDUCE, stack.nextSlot, a, sub);
        stack.pushTemporary(NARROW);
      }
    }
  }

  private bitselect(): void {
    const { stack, emitter } = this;
    for (let i = 0; i < 3; i++) this.popVector();
    const at = stack.height;
    const [a, b, c] = [stack.vectorAt(at), stack.vectorAt(at + 2), stack.vectorAt(at + 4)];
    emitter.op4(OP.VECTOR_BITSELECT, stack.nextSlot, a, b, c);
    this.pushVector();
  }

  private shuffle(): void {
    const { stack, emitter, reader } = this;
    this.popVector();
    this.popVector();
    const at = stack.height;
    const [a, b] = [stack.vectorAt(at), stack.vectorAt(at + 2)];
    emitter.op3(OP.VECTOR_SHUFFLE, stack.nextSlot, a, b);
    for (let i = 0; i < 4; i++) emitter.word(reader.word());
    this.pushVector();
  }

  private lane({ name, params, results }: Operator): void {
    const { stack, emitter, reader } = this;
    const lane = reader.byte();
    const width = laneBytes(name);
    if (params!.length > 1) {
      stack.pop();
      this.popVector();
      const at = stack.height;
      const [a, b] = [stack.vectorAt(at), stack.slotOf(at + 2)];
      emitter.op4(OP.VECTOR_REPLACE, stack.nextSlot, a, b, width);
      emitter.word(lane);
      this.pushVector();
      return;
    }
    this.popVector();
    const a = stack.vectorAt(stack.height);
    const result = results![0];
    emitter.def3(OP.VECTOR_EXTRACT, stack.nextSlot, a, name.endsWith("_s") ? -width : width, lane);
    stack.pushTemporary(result === I64 || result === F64 ? WIDE : NARROW);
  }

  private load(sub: number): void {
    const { stack, emitter, reader } = this;
    reader.unsigned();
    const offset = reader.unsigned();
    stack.pop();
    emitter.op4(OP.VECTOR_LOAD, stack.nextSlot, stack.slotOf(stack.height), offset, sub);
    this.pushVector();
  }

  private store(): void {
    const { stack, emitter, reader } = this;
    reader.unsigned();
    const offset = reader.unsigned();
    this.popVector();
    stack.pop();
    const at = stack.height;
    const [address, value] = [stack.slotOf(at), stack.vectorAt(at + 1)];
    emitter.op3(OP.VECTOR_STORE, address, value, offset);
  }

  private accessLane({ gas, align }: Operator): void {
    const { stack, emitter, reader } = this;
    reader.unsigned();
    const offset = reader.unsigned();
    const lane = reader.byte();
    const width = 2 ** align;
    this.popVector();
    stack.pop();
    const at = stack.height;
    const [address, value] = [stack.slotOf(at), stack.vectorAt(at + 1)];
    if (gas === "store") {
      emitter.op4(OP.VECTOR_STORE_LANE, address, value, offset, width);
      emitter.word(lane);
      return;
    }
    emitter.op4(OP.VECTOR_LOAD_LANE, stack.nextSlot, address, value, offset);
    emitter.word(width);
    emitter.word(lane);
    this.pushVector();
  }
}
