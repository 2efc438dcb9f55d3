import { denseCode, OPERATORS } from "../../decoder/opcodes.ts";
import * as OP from "../machine/instructions.ts";
import type { Emitter } from "./emitter.ts";
import type { OperandStack } from "./operands.ts";
import type { Reader } from "./reader.ts";
import { NARROW, REFERENCE } from "./slots.ts";

const codes = new Map(OPERATORS.map(({ name, code }) => [name, denseCode(code)]));

const REF_NULL = codes.get("ref.null")!;
const REF_FUNC = codes.get("ref.func")!;
const TABLE_GET = codes.get("table.get")!;
const TABLE_SET = codes.get("table.set")!;
const TABLE_SIZE = codes.get("table.size")!;
const TABLE_GROW = codes.get("table.grow")!;
const TABLE_FILL = codes.get("table.fill")!;
const TABLE_COPY = codes.get("table.copy")!;
const TABLE_INIT = codes.get("table.init")!;
const ELEM_DROP = codes.get("elem.drop")!;
const MEMORY_COPY = codes.get("memory.copy")!;
const MEMORY_FILL = codes.get("memory.fill")!;
const MEMORY_INIT = codes.get("memory.init")!;
const DATA_DROP = codes.get("data.drop")!;

/** Lowers operators on references and tables, and bulk operations. */
export class ReferenceLowering {
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
    const { emitter, stack, reader } = this;
    switch (op) {
      case REF_NULL:
        reader.byte();
        stack.pushConstant(0, 0, REFERENCE);
        return;
      case REF_FUNC:
        emitter.def1(OP.REF_FUNC, stack.nextSlot, reader.unsigned());
        stack.pushTemporary(REFERENCE);
        return;
      case TABLE_GET: {
        stack.pop();
        const index = stack.slotOf(stack.height);
        emitter.def2(OP.TABLE_GET, stack.nextSlot, index, reader.unsigned());
        stack.pushTemporary(REFERENCE);
        return;
      }
      case TABLE_SIZE:
        emitter.def1(OP.TABLE_SIZE, stack.nextSlot, reader.unsigned());
        stack.pushTemporary(NARROW);
        return;
      case TABLE_SET: {
        stack.popTwo();
        const index = stack.slotOf(stack.height);
        emitter.op3(OP.TABLE_SET, index, stack.slotOf(stack.height + 1), reader.unsigned());
        return;
      }
      case TABLE_GROW: {
        stack.popTwo();
        const reference = stack.slotOf(stack.height);
        const delta = stack.slotOf(stack.height + 1);
        emitter.op4(OP.TABLE_GROW, stack.nextSlot, reference, delta, reader.unsigned());
        stack.pushTemporary(NARROW);
        return;
      }
      case ELEM_DROP:
        emitter.op1(OP.ELEM_DROP, reader.unsigned());
        return;
      case DATA_DROP:
        emitter.op1(OP.DATA_DROP, reader.unsigned());
        return;
      default:
        this.bulk(op);
    }
  }

  /** Operators that take three operands. */
  private bulk(op: number): void {
    const { emitter, stack, reader } = this;
    stack.pop();
    stack.popTwo();
    const at = stack.height;
    const [a, b, c] = [stack.slotOf(at), stack.slotOf(at + 1), stack.slotOf(at + 2)];
    switch (op) {
      case MEMORY_COPY:
        reader.at += 2;
        emitter.op3(OP.MEMORY_COPY, a, b, c);
        return;
      case MEMORY_FILL:
        reader.at++;
        emitter.op3(OP.MEMORY_FILL, a, b, c);
        return;
      case MEMORY_INIT:
        emitter.op4(OP.MEMORY_INIT, a, b, c, reader.unsigned());
        reader.at++;
        return;
      case TABLE_FILL:
        emitter.op4(OP.TABLE_FILL, a, b, c, reader.unsigned());
        return;
      case TABLE_COPY: {
        const to = reader.unsigned();
        emitter.op4(OP.TABLE_COPY, a, b, c, to);
        emitter.word(reader.unsigned());
        return;
      }
      case TABLE_INIT: {
        const segment = reader.unsigned();
        emitter.op4(OP.TABLE_INIT, a, b, c, reader.unsigned());
        emitter.word(segment);
        return;
      }
      default:
        throw new Error(`lowering: no way to lower operator ${op}`);
    }
  }
}
