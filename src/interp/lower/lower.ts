import { maxStackHeight } from "../../decoder/index.ts";
import type { FuncType } from "../../decoder/module.ts";
import { logicalStackCosts } from "../gas/logical-stack.ts";
import { costTable } from "../gas/schedule.ts";
import { type Code, refresh } from "../machine/code.ts";
import * as OP from "../machine/instructions.ts";
import { CallLowering } from "./calls.ts";
import { ControlLowering } from "./control.ts";
import { Emitter } from "./emitter.ts";
import * as F from "./forms.ts";
import { BLOCK, IF, LOOP } from "./labels.ts";
import { NumericLowering } from "./numeric.ts";
import { type OperandPlace, OperandStack } from "./operands.ts";
import { Reader } from "./reader.ts";
import { ReferenceLowering } from "./references.ts";
import { slotsOf } from "./slots.ts";
import { VariableLowering } from "./variables.ts";
import { FIRST_VECTOR, VectorLowering } from "./vectors.ts";

/** The state of lowering just before an operator. */
export interface Site {
  /** Byte offset of the operator. */
  readonly offset: number;
  /** Address where its code begins. */
  readonly address: number;
  /** Address of the block's gas word if the operator is the block's first, else -1. */
  readonly block: number;
  /**
   * Whether nothing that follows can change what was emitted before (take back a comparison, redirect a result), so
   * that execution can begin at `address`.
   */
  readonly isResumable: boolean;
  /** The type of the call that is the operator before, if it is one; `operands` include its results. */
  readonly call: FuncType | undefined;
  readonly operands: readonly OperandPlace[];
}

/** Asked before each operator; what it returns true for is described. */
export type SiteMatch = (offset: number, address: number, block: number) => boolean;

/**
 * Lowers function bodies from stack code to register code in one pass over the (validated) bytes.
 *
 * Locals and constants are folded into operands, results go straight to the local that takes them, comparisons are
 * fused into the branches that test them, and every block gets its gas. One instance serves a whole process: its
 * arrays are scratch, and lowering never calls out.
 */
class Lowering {
  private readonly reader = new Reader();
  private readonly emitter = new Emitter();
  private readonly stack = new OperandStack(this.emitter);
  private readonly numeric = new NumericLowering(this.emitter, this.stack);
  private readonly variables = new VariableLowering(this.emitter, this.stack);
  private readonly calls = new CallLowering(this.emitter, this.stack);
  private readonly control = new ControlLowering(this.emitter, this.stack, this.reader);
  private readonly references = new ReferenceLowering(this.emitter, this.stack, this.reader);
  private readonly vectors = new VectorLowering(this.emitter, this.stack, this.reader);
  private costs: Int32Array = new Int32Array(0);

  /** Lowers a function; with `match`, describes the first operator before which it answers true. */
  lower(code: Code, index: number, match?: SiteMatch): Site | undefined {
    const { emitter, stack, reader } = this;
    const { module, probes } = code;
    const body = module.bodies[index]!;
    const type = module.types[module.functions[module.importedFunctionCount + index]!]!;
    reader.begin(module.bytes, body.start);
    this.costs = costTable(code.schedule);
    const localCount = this.variables.begin(module, type, body);
    const maxHeight = maxStackHeight(module, index);
    stack.reset(localCount, maxHeight);
    emitter.begin(code);
    this.calls.begin(code);

    // The frame has room for the results even where the body pushes nothing.
    const frame = (localCount + Math.max(maxHeight, slotsOf(type.results).length)) * 2;
    const entry = emitter.startBlock();
    emitter.op3(OP.ENTER, frame, slotsOf(type.params).length * 2, localCount * 2);
    if (probes.logicalStack) emitter.op1(OP.HEIGHT_ENTER, logicalStackCosts(module)[index]!);
    if (probes.calls) this.probe(index, "call");
    this.control.begin(code, index, type.results);

    const isWatched = match !== undefined || probes.blocks || probes.breakpoints.size > 0;
    let site: Site | undefined;
    let block = -1;
    while (reader.at < body.end) {
      if (isWatched) {
        const startsBlock = emitter.block !== block;
        block = emitter.block;
        if (probes.blocks && startsBlock && block !== entry) this.probe(index, "block");
        if (probes.breakpoints.has(reader.at)) this.probe(index, "breakpoint");
        if (site === undefined && match?.(reader.at, emitter.size, startsBlock ? block : -1)) {
          site = this.describe(startsBlock ? block : -1);
        }
      }
      this.operator();
    }

    emitter.end(code);
    code.frames[index] = frame;
    code.ends[index] = emitter.size;
    code.entries[index] = entry;
    code.lowered.push(index);
    return site;
  }

  private describe(block: number): Site {
    const { emitter, stack } = this;
    return {
      offset: this.reader.at,
      address: emitter.size,
      block,
      isResumable: emitter.last === -1,
      call: this.calls.justCalled,
      operands: stack.places(),
    };
  }

  private probe(func: number, kind: "call" | "block" | "breakpoint"): void {
    this.emitter.probe({ kind, func, offset: this.reader.at, slot: 0 });
  }

  private operator(): void {
    const { numeric } = this;
    const op = this.reader.opcode();
    this.emitter.charge(this.costs[op]!);
    switch (F.FORM[op]) {
      case F.FORM_NONE:
        this.special(op);
        return;
      case F.FORM_UNARY:
        numeric.unary(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_BINARY:
        numeric.binary(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_SWAPPED:
        numeric.swapped(F.INSTRUCTION[op]!);
        return;
      case F.FORM_COMMUTATIVE:
        numeric.commutative(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_SHIFT:
        numeric.shift(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_ROTR:
        numeric.rotr(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_SUB:
        numeric.sub(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_COMPARE:
        numeric.compare(F.INSTRUCTION[op]!, F.COMPARE[op]!, F.OPERAND_WIDE[op]!, op);
        return;
      case F.FORM_EQZ:
        numeric.eqz(F.OPERAND_WIDE[op]!);
        return;
      case F.FORM_LOAD:
        this.load(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_STORE:
        this.store(F.INSTRUCTION[op]!);
        return;
      case F.FORM_SAME_BITS:
        numeric.sameBits(F.RESULT_WIDE[op]!);
        return;
    }
  }

  private load(op: number, wide: number): void {
    const { stack, reader } = this;
    reader.unsigned();
    const offset = reader.unsigned();
    stack.pop();
    const a = stack.slotOf(stack.height);
    this.emitter.def2(op, stack.nextSlot, a, offset);
    stack.pushTemporary(wide);
  }

  private store(op: number): void {
    const { stack, emitter, reader } = this;
    reader.unsigned();
    const offset = reader.unsigned();
    stack.popTwo();
    const address = stack.slotOf(stack.height);
    const value = stack.height + 1;
    if (stack.isConstant(value)) {
      const immediate = op + F.STORE_TO_IMMEDIATE;
      if (op === OP.STORE_64) emitter.op4(immediate, address, stack.low(value), offset, stack.high(value));
      else emitter.op3(immediate, address, stack.low(value), offset);
    } else {
      emitter.op3(op, address, stack.slotOf(value), offset);
    }
  }

  private special(op: number): void {
    const { stack, emitter, reader, control, variables } = this;
    switch (op) {
      case 0x00: // unreachable
        emitter.op0(OP.UNREACHABLE);
        control.unreachable();
        return;
      case 0x01: // nop
        return;
      case 0x02: // block
        control.enterBlock(BLOCK);
        return;
      case 0x03: // loop
        control.enterBlock(LOOP);
        return;
      case 0x04: // if
        control.enterBlock(IF);
        return;
      case 0x05: // else
        control.leaveThen();
        return;
      case 0x0b: // end
        control.leaveBlock();
        return;
      case 0x0c: // br
        control.branch(reader.unsigned());
        control.unreachable();
        return;
      case 0x0d: // br_if
        control.branchIf(reader.unsigned());
        return;
      case 0x0e: // br_table
        control.branchTable();
        control.unreachable();
        return;
      case 0x0f: // return
        control.leave();
        control.unreachable();
        return;
      case 0x10: // call
        this.calls.call(reader.unsigned());
        return;
      case 0x11: {
        // call_indirect
        const type = reader.unsigned();
        this.calls.callIndirect(type, reader.unsigned());
        return;
      }
      case 0x1a: // drop
        stack.popValue();
        return;
      case 0x1b: // select
        this.numeric.select();
        return;
      case 0x20: // local.get
        variables.getLocal(reader.unsigned());
        return;
      case 0x21: // local.set
        variables.setLocal(reader.unsigned());
        return;
      case 0x22: // local.tee
        variables.teeLocal(reader.unsigned());
        return;
      case 0x23: // global.get
        variables.globalGet(reader.unsigned());
        return;
      case 0x24: // global.set
        variables.globalSet(reader.unsigned());
        return;
      case 0x3f: // memory.size
        reader.at++;
        emitter.op1(OP.MEMORY_SIZE, stack.nextSlot);
        stack.pushTemporary(0);
        return;
      case 0x40: {
        // memory.grow
        reader.at++;
        stack.pop();
        const a = stack.slotOf(stack.height);
        emitter.op2(OP.MEMORY_GROW, stack.nextSlot, a);
        stack.pushTemporary(0);
        return;
      }
      case 0x41: // i32.const
        stack.pushConstant(reader.signed32(), 0, 0);
        return;
      case 0x42: // i64.const
        reader.constant64();
        stack.pushConstant(reader.low, reader.high, 1);
        return;
      case 0x43: // f32.const
        stack.pushConstant(reader.word(), 0, 0);
        return;
      case 0x44: {
        // f64.const
        const low = reader.word();
        stack.pushConstant(low, reader.word(), 1);
        return;
      }
      case 0x1c: // select t
        reader.skip(op);
        this.numeric.select();
        return;
      default:
        if (op < FIRST_VECTOR) this.references.lower(op);
        else this.vectors.lower(op);
    }
  }
}

const lowering = new Lowering();

/** Lowers defined function `index` of the code's module and enters it there, unless that has been done. */
export function lower(code: Code, index: number): void {
  refresh(code);
  if (code.entries[index] === 0) lowering.lower(code, index);
}

/** Lowers it in any case; returns the first site before which `match` answers true. */
export function lowerInto(code: Code, index: number, match: SiteMatch): Site | undefined {
  return lowering.lower(code, index, match);
}
