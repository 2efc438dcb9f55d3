import { maxStackHeight } from "../../decoder/index.ts";
import { F64, type FuncType, I64, type ValidModule, type ValType } from "../../decoder/module.ts";
import { denseCode, operatorAt } from "../../decoder/opcodes.ts";
import { logicalStackCosts } from "../gas/logical-stack.ts";
import { costTable } from "../gas/schedule.ts";
import type { Code } from "../machine/code.ts";
import * as OP from "../machine/instructions.ts";
import { recogniseLoop } from "./bulk/recognise.ts";
import { Emitter, NO_TARGET } from "./emitter.ts";
import * as F from "./forms.ts";
import { type OperandPlace, OperandStack } from "./operands.ts";
import type { ProbeKind } from "./probes.ts";

const BLOCK = 0;
const LOOP = 1;
const IF = 2;
const ELSE = 3;

/** Immediates to step over in code that is never reached, by dense opcode. */
const SKIP_NONE = 0;
const SKIP_LEB = 1;
const SKIP_TWO_LEBS = 2;
const SKIP_4 = 3;
const SKIP_8 = 4;
const SKIP_TABLE = 5;
const SKIP = Uint8Array.from({ length: 512 }, (_, i) => {
  switch (operatorAt(i)?.immediates) {
    case undefined:
    case "none":
      return SKIP_NONE;
    case "memarg":
    case "call_indirect":
      return SKIP_TWO_LEBS;
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

const wideOf = (type: ValType): number => (type === I64 || type === F64 ? 1 : 0);

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
type SiteMatch = (offset: number, address: number, block: number) => boolean;

/**
 * Lowers function bodies from stack code to register code in one pass over the (validated) bytes.
 *
 * Locals and constants are folded into operands, results go straight to the local that takes them, comparisons are
 * fused into the branches that test them, and every block gets its gas. One instance serves a whole process: its
 * arrays are scratch, and lowering never calls out.
 */
class Lowering {
  private readonly emitter = new Emitter();
  private readonly stack = new OperandStack(this.emitter);
  private module!: ValidModule;
  private code!: Code;
  private index = 0;
  /** The last call, and the address after it. */
  private callType: FuncType | undefined;
  private callEnd = -1;
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private costs: Int32Array = new Int32Array(0);
  private localWide = new Uint8Array(0);
  private localCount = 0;

  // Control frames, innermost last.
  private depth = 0;
  private frameKind = new Uint8Array(16);
  private frameHeight = new Int32Array(16);
  /** -1: no result; else whether the result is 64 bits wide. */
  private frameResult = new Int8Array(16);
  /** Chain of target words waiting for the frame's end; for a loop, the address of its block. */
  private frameTarget = new Int32Array(16);
  /** The target word of an `if`'s false edge. */
  private frameElse = new Int32Array(16);

  /** Lowers a function; with `match`, describes the first operator before which it answers true. */
  lower(code: Code, index: number, match?: SiteMatch): Site | undefined {
    const { emitter, stack } = this;
    const { module, probes } = code;
    const body = module.bodies[index]!;
    const type = module.types[module.functions[module.importedFunctionCount + index]!]!;
    this.module = module;
    this.code = code;
    this.index = index;
    this.bytes = module.bytes;
    this.at = body.start;
    this.costs = costTable(code.schedule);
    this.setLocals(type.params, body);
    const maxHeight = maxStackHeight(module, index);
    this.callEnd = -1;
    stack.reset(this.localCount, maxHeight);
    emitter.begin(code);

    // The frame has room for the result even where the body pushes nothing.
    const frame = (this.localCount + Math.max(maxHeight, type.results.length)) * 2;
    const entry = emitter.startBlock();
    emitter.op3(OP.ENTER, frame, type.params.length * 2, this.localCount * 2);
    if (probes.logicalStack) emitter.op1(OP.HEIGHT_ENTER, logicalStackCosts(module)[index]!);
    if (probes.calls) this.probe("call");
    this.depth = 0;
    this.pushFrame(BLOCK, type.results.length === 0 ? -1 : wideOf(type.results[0]!));

    const isWatched = match !== undefined || probes.blocks || probes.breakpoints.size > 0;
    let site: Site | undefined;
    let block = -1;
    while (this.at < body.end) {
      if (isWatched) {
        const startsBlock = emitter.block !== block;
        block = emitter.block;
        if (probes.blocks && startsBlock && block !== entry) this.probe("block");
        if (probes.breakpoints.has(this.at)) this.probe("breakpoint");
        if (site === undefined && match?.(this.at, emitter.size, startsBlock ? block : -1)) {
          site = this.describe(startsBlock ? block : -1);
        }
      }
      this.operator();
    }

    code.words = emitter.words;
    code.size = emitter.size;
    code.frames[index] = frame;
    code.entries[index] = entry;
    code.lowered.push(index);
    return site;
  }

  private describe(block: number): Site {
    const { emitter, stack } = this;
    const operands = stack.places();
    const call = this.callEnd === emitter.size ? this.callType : undefined;
    return {
      offset: this.at,
      address: emitter.size,
      block,
      isResumable: emitter.last === -1,
      call,
      operands,
    };
  }

  private probe(kind: ProbeKind, offset = this.at, slot = 0): void {
    this.emitter.op1(OP.PROBE, this.code.probePoints.length);
    this.code.probePoints.push({ kind, func: this.index, offset, slot });
  }

  private setLocals(
    params: readonly ValType[],
    body: { localCount: number; locals: ValidModule["bodies"][number]["locals"] },
  ): void {
    this.localCount = params.length + body.localCount;
    if (this.localWide.length < this.localCount) this.localWide = new Uint8Array(this.localCount * 2);
    let i = 0;
    for (const param of params) this.localWide[i++] = wideOf(param);
    for (const { count, type } of body.locals) {
      this.localWide.fill(wideOf(type), i, i + count);
      i += count;
    }
  }

  private operator(): void {
    const { bytes } = this;
    let op = bytes[this.at++]!;
    if (op === 0xfc) op = denseCode(0xfc00 | this.unsigned());
    this.emitter.charge(this.costs[op]!);
    switch (F.FORM[op]) {
      case F.FORM_NONE:
        this.special(op);
        return;
      case F.FORM_UNARY:
        this.unary(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_BINARY:
        this.binary(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_SWAPPED:
        this.swapped(F.INSTRUCTION[op]!);
        return;
      case F.FORM_COMMUTATIVE:
        this.commutative(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_SHIFT:
        this.shift(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_ROTR:
        this.rotr(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_SUB:
        this.sub(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_COMPARE:
        this.compare(F.INSTRUCTION[op]!, F.COMPARE[op]!, F.OPERAND_WIDE[op]!, op);
        return;
      case F.FORM_EQZ:
        this.eqz(F.OPERAND_WIDE[op]!);
        return;
      case F.FORM_LOAD:
        this.load(F.INSTRUCTION[op]!, F.RESULT_WIDE[op]!);
        return;
      case F.FORM_STORE:
        this.store(F.INSTRUCTION[op]!);
        return;
      case F.FORM_SAME_BITS:
        this.sameBits(F.RESULT_WIDE[op]!);
        return;
    }
  }

  // --- numeric operators -------------------------------------------------------------------------------------

  private unary(op: number, wide: number): void {
    const { stack } = this;
    stack.pop();
    const a = stack.slotOf(stack.height);
    this.emitter.def1(op, stack.nextSlot, a);
    stack.pushTemporary(wide);
  }

  /** Pops two operands: the left one is then at `stack.height`, the right one above it. */
  private popTwo(): void {
    this.stack.pop();
    this.stack.pop();
  }

  private binary(op: number, wide: number): void {
    const { stack } = this;
    this.popTwo();
    const a = stack.slotOf(stack.height);
    const b = stack.slotOf(stack.height + 1);
    this.emitter.def2(op, stack.nextSlot, a, b);
    stack.pushTemporary(wide);
  }

  private swapped(op: number): void {
    const { stack } = this;
    this.popTwo();
    const a = stack.slotOf(stack.height);
    const b = stack.slotOf(stack.height + 1);
    this.emitter.def2(op, stack.nextSlot, b, a);
    stack.pushTemporary(0);
  }

  private commutative(op: number, wide: number): void {
    const { stack } = this;
    this.popTwo();
    const left = stack.height;
    if (stack.isConstant(left + 1)) this.immediate(op + 1, left, left + 1, wide);
    else if (stack.isConstant(left)) this.immediate(op + 1, left + 1, left, wide);
    else this.emitter.def2(op, stack.nextSlot, stack.slotOf(left), stack.slotOf(left + 1));
    stack.pushTemporary(wide);
  }

  /** `op` on the entry at `a` with the constant at `b` as immediate, to the next slot. */
  private immediate(op: number, a: number, b: number, wide: number): void {
    const { stack, emitter } = this;
    const from = stack.slotOf(a);
    if (wide === 1) emitter.def3(op, stack.nextSlot, from, stack.low(b), stack.high(b));
    else emitter.def2(op, stack.nextSlot, from, stack.low(b));
  }

  private shift(op: number, wide: number): void {
    const { stack } = this;
    this.popTwo();
    const left = stack.height;
    const a = stack.slotOf(left);
    // The count of a 64-bit shift matters modulo 64 only, so its low word is all of the immediate.
    if (stack.isConstant(left + 1)) this.emitter.def2(op + 1, stack.nextSlot, a, stack.low(left + 1));
    else this.emitter.def2(op, stack.nextSlot, a, stack.slotOf(left + 1));
    stack.pushTemporary(wide);
  }

  private rotr(op: number, wide: number): void {
    const { stack } = this;
    this.popTwo();
    const left = stack.height;
    const a = stack.slotOf(left);
    if (stack.isConstant(left + 1)) {
      this.emitter.def2(
        wide === 1 ? OP.I64_ROTL_I : OP.I32_ROTL_I,
        stack.nextSlot,
        a,
        -stack.low(left + 1) | 0,
      );
    } else {
      this.emitter.def2(op, stack.nextSlot, a, stack.slotOf(left + 1));
    }
    stack.pushTemporary(wide);
  }

  private sub(op: number, wide: number): void {
    const { stack, emitter } = this;
    this.popTwo();
    const left = stack.height;
    if (stack.isConstant(left + 1)) {
      const a = stack.slotOf(left);
      const low = -stack.low(left + 1) | 0;
      // -n = ~n + 1, and the carry goes into the high word exactly when the low word is 0.
      if (wide === 1)
        emitter.def3(OP.I64_ADD_I, stack.nextSlot, a, low, (~stack.high(left + 1) + (low === 0 ? 1 : 0)) | 0);
      else emitter.def2(OP.I32_ADD_I, stack.nextSlot, a, low);
    } else if (wide === 0 && stack.isConstant(left)) {
      emitter.def2(OP.I32_SUB_FROM, stack.nextSlot, stack.slotOf(left + 1), stack.low(left));
    } else {
      emitter.def2(op, stack.nextSlot, stack.slotOf(left), stack.slotOf(left + 1));
    }
    stack.pushTemporary(wide);
  }

  /**
   * `op` is the instruction for the operands as they come (plain), or for them swapped (gt, le). With an immediate
   * on the right, gt n is ge n + 1 and le n is lt n + 1, unless n is the largest value.
   */
  private compare(op: number, how: number, wide: number, code: number): void {
    const { stack, emitter } = this;
    this.popTwo();
    const left = stack.height;
    const d = stack.nextSlot;
    if (stack.isConstant(left + 1)) {
      if (how === F.COMPARE_PLAIN) {
        this.immediate(op + 1, left, left + 1, wide);
        stack.pushTemporary(0);
        return;
      }
      if (this.compareWithNext(op, wide, left, code)) {
        stack.pushTemporary(0);
        return;
      }
    }
    const a = stack.slotOf(left);
    const b = stack.slotOf(left + 1);
    if (how === F.COMPARE_PLAIN) emitter.def2(op, d, a, b);
    else emitter.def2(op, d, b, a);
    stack.pushTemporary(0);
  }

  private compareWithNext(op: number, wide: number, left: number, code: number): boolean {
    const { stack, emitter } = this;
    const right = left + 1;
    // Signed and unsigned operators alternate from lt_s on; their code tells which maximum to look out for.
    const first = wide === 1 ? 0x53 : 0x48;
    const isSigned = ((code - first) & 1) === 0;
    const low = stack.low(right);
    const top = isSigned ? 0x7fffffff : -1;
    if (wide === 0 ? low === top : low === -1 && stack.high(right) === top) return false;
    // gt became lt with swapped operands, le became ge: with the immediate on the right it is ge, lt.
    const opposite = op + (isLessThan(op) ? DISTANCE_LT_GE : -DISTANCE_LT_GE) + 1;
    const next = (low + 1) | 0;
    const a = stack.slotOf(left);
    if (wide === 0) emitter.def2(opposite, stack.nextSlot, a, next);
    else emitter.def3(opposite, stack.nextSlot, a, next, (stack.high(right) + (next === 0 ? 1 : 0)) | 0);
    return true;
  }

  private eqz(wide: number): void {
    const { stack, emitter } = this;
    stack.pop();
    const d = stack.nextSlot;
    if (wide === 1) {
      emitter.def1(OP.I64_EQZ, d, stack.slotOf(stack.height));
    } else if (!(stack.isTemporary(stack.height) && emitter.invertLastCompare(d, d))) {
      emitter.def2(OP.I32_EQ_I, d, stack.slotOf(stack.height), 0);
    }
    stack.pushTemporary(0);
  }

  private sameBits(wide: number): void {
    const { stack } = this;
    stack.pop();
    const at = stack.height;
    const local = stack.localOf(at);
    if (local >= 0) stack.pushLocal(local, wide);
    else if (stack.isConstant(at)) stack.pushConstant(stack.low(at), stack.high(at), wide);
    else stack.pushTemporary(wide);
  }

  // --- memory ------------------------------------------------------------------------------------------------

  private load(op: number, wide: number): void {
    const { stack } = this;
    this.unsigned();
    const offset = this.unsigned();
    stack.pop();
    const a = stack.slotOf(stack.height);
    this.emitter.def2(op, stack.nextSlot, a, offset);
    stack.pushTemporary(wide);
  }

  private store(op: number): void {
    const { stack, emitter } = this;
    this.unsigned();
    const offset = this.unsigned();
    this.popTwo();
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

  // --- everything else, by opcode ----------------------------------------------------------------------------

  private special(op: number): void {
    const { stack, emitter } = this;
    switch (op) {
      case 0x00: // unreachable
        emitter.op0(OP.UNREACHABLE);
        this.unreachable();
        return;
      case 0x01: // nop
        return;
      case 0x02: // block
        this.enterBlock(BLOCK);
        return;
      case 0x03: // loop
        this.enterBlock(LOOP);
        return;
      case 0x04: // if
        this.enterBlock(IF);
        return;
      case 0x05: // else
        this.leaveThen();
        return;
      case 0x0b: // end
        this.leaveBlock();
        return;
      case 0x0c: // br
        this.branch(this.unsigned());
        this.unreachable();
        return;
      case 0x0d: // br_if
        this.branchIf(this.unsigned());
        return;
      case 0x0e: // br_table
        this.branchTable();
        this.unreachable();
        return;
      case 0x0f: // return
        this.branch(this.depth - 1);
        this.unreachable();
        return;
      case 0x10: // call
        this.call(this.unsigned());
        return;
      case 0x11: // call_indirect
        this.callIndirect();
        return;
      case 0x1a: // drop
        stack.pop();
        return;
      case 0x1b: // select
        this.select();
        return;
      case 0x20: {
        // local.get
        const local = this.unsigned();
        stack.pushLocal(local, this.localWide[local]!);
        return;
      }
      case 0x21: // local.set
        this.setLocal(this.unsigned());
        return;
      case 0x22: // local.tee
        this.teeLocal(this.unsigned());
        return;
      case 0x23: // global.get
        this.globalGet(this.unsigned());
        return;
      case 0x24: // global.set
        this.globalSet(this.unsigned());
        return;
      case 0x3f: // memory.size
        this.at++;
        emitter.op1(OP.MEMORY_SIZE, stack.nextSlot);
        stack.pushTemporary(0);
        return;
      case 0x40: {
        // memory.grow
        this.at++;
        stack.pop();
        const a = stack.slotOf(stack.height);
        emitter.op2(OP.MEMORY_GROW, stack.nextSlot, a);
        stack.pushTemporary(0);
        return;
      }
      case 0x41: // i32.const
        stack.pushConstant(this.signed32(), 0, 0);
        return;
      case 0x42: // i64.const
        this.constant64();
        return;
      case 0x43: // f32.const
        stack.pushConstant(this.word(), 0, 0);
        return;
      case 0x44: {
        // f64.const
        const low = this.word();
        stack.pushConstant(low, this.word(), 1);
        return;
      }
    }
  }

  private select(): void {
    const { stack } = this;
    stack.pop();
    this.popTwo();
    const at = stack.height;
    const wide = stack.wide(at);
    const a = stack.slotOf(at);
    const b = stack.slotOf(at + 1);
    const c = stack.slotOf(at + 2);
    this.emitter.def3(wide === 1 ? OP.SELECT_64 : OP.SELECT_32, stack.nextSlot, a, b, c);
    stack.pushTemporary(wide);
  }

  // --- variables ---------------------------------------------------------------------------------------------

  /** Pops the top entry into `local`; true if the entry's own slot keeps the value, too. */
  private assign(local: number): boolean {
    const { stack, emitter } = this;
    stack.pop();
    const at = stack.height;
    if (stack.localOf(at) === local) return true;
    if (stack.isTemporary(at) && !stack.hasAlias(local) && emitter.isLastResult(stack.slotAt(at))) {
      emitter.redirectLast(local * 2);
      return false;
    }
    stack.saveAliases(local);
    stack.copyTo(at, local * 2);
    // The copy's result is a local: no later instruction may take it for an operand's.
    emitter.last = -1;
    return true;
  }

  private setLocal(local: number): void {
    this.assign(local);
  }

  private teeLocal(local: number): void {
    const { stack } = this;
    this.assign(local);
    stack.pushLocal(local, this.localWide[local]!);
  }

  private globalGet(index: number): void {
    const { stack, emitter, module } = this;
    const wide = wideOf(module.globals[index]!.type);
    const own = index - module.importedGlobalCount;
    if (own < 0) emitter.def1(OP.IMPORTED_GLOBAL_GET, stack.nextSlot, index);
    else emitter.def1(wide === 1 ? OP.GLOBAL_GET_64 : OP.GLOBAL_GET_32, stack.nextSlot, own * 2);
    stack.pushTemporary(wide);
  }

  private globalSet(index: number): void {
    const { stack, emitter, module } = this;
    stack.pop();
    const a = stack.slotOf(stack.height);
    const own = index - module.importedGlobalCount;
    if (own < 0) emitter.op2(OP.IMPORTED_GLOBAL_SET, index, a);
    else
      emitter.op2(
        wideOf(module.globals[index]!.type) === 1 ? OP.GLOBAL_SET_64 : OP.GLOBAL_SET_32,
        own * 2,
        a,
      );
  }

  // --- calls -------------------------------------------------------------------------------------------------

  private call(index: number): void {
    const { module, emitter } = this;
    const type = module.types[module.functions[index]!]!;
    const delta = this.arguments(type.params.length);
    const own = index - module.importedFunctionCount;
    if (own < 0) emitter.op2(OP.CALL_IMPORT, index, delta);
    else emitter.op2(OP.CALL, own, delta);
    this.pushResults(type);
  }

  private callIndirect(): void {
    const { module, stack, emitter, code } = this;
    const typeIndex = this.unsigned();
    this.at++;
    const type = module.types[typeIndex]!;
    stack.pop();
    const callee = stack.slotOf(stack.height);
    const delta = this.arguments(type.params.length);
    emitter.op3(OP.CALL_INDIRECT, code.canonicalTypes[typeIndex]!, callee, delta);
    this.pushResults(type);
  }

  /** Puts the arguments into their slots and pops them: there the callee's frame begins. */
  private arguments(count: number): number {
    const { stack } = this;
    stack.materialise(count);
    stack.dropTo(stack.height - count);
    return stack.nextSlot;
  }

  private pushResults(type: FuncType): void {
    this.callType = type;
    this.callEnd = this.emitter.size;
    for (const result of type.results) this.stack.pushTemporary(wideOf(result));
  }

  // --- control -----------------------------------------------------------------------------------------------

  private pushFrame(kind: number, result: number): void {
    const { stack } = this;
    const at = this.depth++;
    if (at === this.frameKind.length) this.growFrames();
    this.frameKind[at] = kind;
    this.frameHeight[at] = stack.height;
    this.frameResult[at] = result;
    this.frameTarget[at] = NO_TARGET;
    this.frameElse[at] = NO_TARGET;
  }

  private growFrames(): void {
    const size = this.frameKind.length * 2;
    const grown = <T extends Uint8Array | Int8Array | Int32Array>(larger: T, old: T): T => {
      larger.set(old);
      return larger;
    };
    this.frameKind = grown(new Uint8Array(size), this.frameKind);
    this.frameHeight = grown(new Int32Array(size), this.frameHeight);
    this.frameResult = grown(new Int8Array(size), this.frameResult);
    this.frameTarget = grown(new Int32Array(size), this.frameTarget);
    this.frameElse = grown(new Int32Array(size), this.frameElse);
  }

  private enterBlock(kind: number): void {
    const { stack, emitter } = this;
    const type = this.bytes[this.at++]!;
    const result = type === 0x40 ? -1 : wideOf(type as ValType);
    let slot = 0;
    if (kind === IF) slot = this.condition();
    // A local may change in one arm or iteration and not in another, so no alias may live across.
    stack.materialiseAliases(this.depth > 0 ? this.frameHeight[this.depth - 1]! : 0);
    this.pushFrame(kind, result);
    if (kind === LOOP) this.frameTarget[this.depth - 1] = emitter.fallIntoLoop();
    else if (kind === IF) this.frameElse[this.depth - 1] = emitter.branch(slot, false);
  }

  /** Pops a condition: the slot to test, unless a comparison was taken back for `emitter.branch` to make. */
  private condition(): number {
    const { stack, emitter } = this;
    stack.pop();
    const at = stack.height;
    emitter.taken[0] = -1;
    if (stack.isTemporary(at)) emitter.takeCompare(stack.slotAt(at));
    return emitter.taken[0] >= 0 ? 0 : stack.slotOf(at);
  }

  /** `else`, reached from the then-arm's end. */
  private leaveThen(): void {
    const frame = this.depth - 1;
    this.carryResult(frame);
    this.jump(frame);
    this.startElse(frame);
  }

  private startElse(frame: number): void {
    const { emitter, stack } = this;
    emitter.endBlock();
    emitter.resolve(this.frameElse[frame]!, emitter.startBlock());
    this.frameElse[frame] = NO_TARGET;
    this.frameKind[frame] = ELSE;
    stack.dropTo(this.frameHeight[frame]!);
  }

  /** `end`, reached from what is before it. */
  private leaveBlock(): void {
    const { emitter } = this;
    const frame = this.depth - 1;
    if (frame === 0) {
      this.leaveFunction(true);
      return;
    }
    // The end of an `if` starts a block always, so that gas does not depend on how its arms end.
    if (this.isTargeted(frame) || this.frameKind[frame] === ELSE) {
      this.carryResult(frame);
      this.resolveEnd(frame, emitter.fallIntoBlock());
      this.restack(frame);
    }
    // Without branches to it the block's result stays on the stack in whatever form it has.
    this.depth = frame;
  }

  /** `end`, reached by branches only, or not at all. Returns whether it is reached. */
  private leaveDeadBlock(): boolean {
    const { emitter } = this;
    const frame = this.depth - 1;
    if (frame === 0) {
      this.leaveFunction(false);
      return true;
    }
    const reached = this.isTargeted(frame);
    if (reached) {
      emitter.endBlock();
      this.resolveEnd(frame, emitter.startBlock());
      this.restack(frame);
    }
    this.depth = frame;
    return reached;
  }

  private isTargeted(frame: number): boolean {
    return (
      this.frameKind[frame] !== LOOP &&
      (this.frameTarget[frame] !== NO_TARGET || this.frameElse[frame] !== NO_TARGET)
    );
  }

  private resolveEnd(frame: number, address: number): void {
    this.emitter.resolve(this.frameTarget[frame]!, address);
    this.emitter.resolve(this.frameElse[frame]!, address);
  }

  /** The stack as every branch to the frame's end leaves it. */
  private restack(frame: number): void {
    const { stack } = this;
    stack.dropTo(this.frameHeight[frame]!);
    const result = this.frameResult[frame]!;
    if (result >= 0) stack.pushTemporary(result);
  }

  /** The end of the body: branches to the outermost label arrive here, too. */
  private leaveFunction(reached: boolean): void {
    const { emitter, stack } = this;
    const targeted = this.frameTarget[0] !== NO_TARGET;
    if (reached && !targeted) {
      this.emitReturn();
    } else if (targeted) {
      if (reached) this.carryResult(0);
      const address = reached ? emitter.fallIntoBlock() : this.startAfterDeadCode();
      emitter.resolve(this.frameTarget[0]!, address);
      stack.dropTo(0);
      if (this.frameResult[0]! >= 0) stack.pushTemporary(this.frameResult[0]!);
      this.emitReturn();
    }
    emitter.endBlock();
    this.depth = 0;
  }

  private startAfterDeadCode(): number {
    this.emitter.endBlock();
    return this.emitter.startBlock();
  }

  private emitReturn(): void {
    const { emitter, stack } = this;
    const result = this.frameResult[0]!;
    const slot = result < 0 ? 0 : stack.slotOf(stack.height - 1);
    this.leaveProbes(slot);
    if (slot === 0) emitter.op0(OP.RETURN);
    else emitter.op1(result === 1 ? OP.RETURN_64 : OP.RETURN_32, slot);
  }

  private leaveProbes(slot: number): void {
    const { probes, module } = this.code;
    if (probes.calls) this.probe("return", module.bodies[this.index]!.end, slot);
    if (probes.logicalStack) this.emitter.op1(OP.HEIGHT_LEAVE, logicalStackCosts(module)[this.index]!);
  }

  /** Copies the top entry, if the frame has a result, to the slot where its end expects it. */
  private carryResult(frame: number): void {
    const { stack } = this;
    if (this.frameKind[frame] === LOOP || this.frameResult[frame]! < 0) return;
    const top = stack.height - 1;
    const target = stack.slotAt(this.frameHeight[frame]!);
    if (!stack.isTemporary(top) || stack.slotAt(top) !== target) stack.copyTo(top, target);
  }

  /** Whether the top entry has to be copied when a branch to the frame is taken. */
  private mustCarry(frame: number): boolean {
    const { stack } = this;
    if (this.frameKind[frame] === LOOP || this.frameResult[frame]! < 0) return false;
    if (stack.height - 1 !== this.frameHeight[frame]) return true;
    // At the right height its own slot is the place: putting it there does no harm if the branch is not taken.
    stack.materialise(1);
    return false;
  }

  private jump(frame: number): void {
    const { emitter } = this;
    emitter.op1(OP.JUMP, NO_TARGET);
    this.target(emitter.size - 1, frame);
  }

  /** Fills in the target word at `address`: known for a loop, chained for anything else. */
  private target(address: number, frame: number): void {
    const { emitter } = this;
    if (this.frameKind[frame] === LOOP) emitter.words[address] = this.frameTarget[frame]!;
    else this.frameTarget[frame] = emitter.chain(address, this.frameTarget[frame]!);
  }

  private branch(label: number): void {
    const frame = this.depth - 1 - label;
    if (frame === 0) {
      this.emitReturn();
      return;
    }
    this.carryResult(frame);
    this.jump(frame);
  }

  private branchIf(label: number): void {
    const { emitter } = this;
    const frame = this.depth - 1 - label;
    const slot = this.condition();
    const { block } = emitter;
    // `mustCarry` may write the top entry to its slot; the comparison's operands are above it or are locals.
    if (!this.mustCarry(frame)) {
      const target = emitter.branch(slot, true);
      this.target(target, frame);
      if (emitter.words[target] === block) this.endLoop(block, target + 1);
      return;
    }
    const past = emitter.branch(slot, false);
    this.carryResult(frame);
    this.jump(frame);
    emitter.endBlock();
    emitter.resolve(past, emitter.startBlock());
  }

  /** The block that begins a loop ends with the branch back to it: perhaps it can be run in bulk. */
  private endLoop(block: number, end: number): void {
    const { emitter, code } = this;
    const loop = recogniseLoop(emitter.words, block, end);
    if (loop === undefined) return;
    emitter.runInBulk(block, code.bulks.length);
    code.bulks.push(loop);
  }

  private branchTable(): void {
    const { stack, emitter } = this;
    const count = this.unsigned();
    const start = this.at;
    stack.pop();
    const index = stack.slotOf(stack.height);
    let carry = false;
    for (let i = 0; i <= count; i++) {
      const frame = this.depth - 1 - this.unsigned();
      if (this.mustCarry(frame)) carry = true;
    }
    emitter.op2(OP.BR_TABLE, index, count);
    const words = emitter.size;
    this.at = start;
    emitter.reserve(count + 1);
    for (let i = 0; i <= count; i++) {
      const frame = this.depth - 1 - this.unsigned();
      emitter.word(NO_TARGET);
      if (!carry) this.target(words + i, frame);
    }
    if (!carry) return;
    // Each target gets a block of its own that carries the result and goes on.
    this.at = start;
    for (let i = 0; i <= count; i++) {
      const frame = this.depth - 1 - this.unsigned();
      emitter.endBlock();
      emitter.words[words + i] = emitter.startBlock();
      this.carryResult(frame);
      this.jump(frame);
    }
  }

  /** After an operator that does not fall through: on to the `else` or `end` from which code is reached again. */
  private unreachable(): void {
    const { bytes, stack } = this;
    let nesting = 0;
    for (;;) {
      let op = bytes[this.at++]!;
      if (op === 0xfc) op = denseCode(0xfc00 | this.unsigned());
      if (op === 0x0b) {
        if (nesting > 0) {
          nesting--;
          continue;
        }
        stack.dropTo(this.frameHeight[this.depth - 1]!);
        if (this.leaveDeadBlock()) return;
      } else if (op === 0x05) {
        if (nesting > 0) continue;
        this.startElse(this.depth - 1);
        return;
      } else {
        if (op === 0x02 || op === 0x03 || op === 0x04) nesting++;
        this.skip(op);
      }
    }
  }

  private skip(op: number): void {
    switch (SKIP[op]) {
      case SKIP_NONE:
        return;
      case SKIP_TWO_LEBS:
        this.skipLeb();
        this.skipLeb();
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

  // --- immediates (the body is valid, so nothing is checked again) -----------------------------------------------

  private skipLeb(): void {
    while (this.bytes[this.at++]! >= 0x80);
  }

  /** Unsigned LEB128 of 32 bits, as an int32. */
  private unsigned(): number {
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

  private signed32(): number {
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

  private constant64(): void {
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
    this.stack.pushConstant(low, high, 1);
  }

  /** Four bytes, little-endian: the raw bits of a float. */
  private word(): number {
    const { bytes, at } = this;
    this.at = at + 4;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }
}

const DISTANCE_LT_GE = OP.I32_GE_S - OP.I32_LT_S;
const isLessThan = (op: number): boolean =>
  op === OP.I32_LT_S || op === OP.I32_LT_U || op === OP.I64_LT_S || op === OP.I64_LT_U;

const lowering = new Lowering();

/** Lowers defined function `index` of the code's module and enters it there. */
export function lower(code: Code, index: number): void {
  lowering.lower(code, index);
}

/** Sites and positions are not kept: they are found by lowering the function once more, away from the real code. */
function lowerAgain(code: Code, index: number, match: SiteMatch): Site | undefined {
  const entry = code.entries[index]!;
  const again: Code = {
    ...code,
    words: new Int32Array(entry + 1024),
    size: entry,
    probePoints: [],
    bulks: [],
    entries: code.entries.slice(),
    lowered: [],
    frames: code.frames.slice(),
  };
  return lowering.lower(again, index, match);
}

/** Visits the sites of all operators that are reached, in order. */
export function forEachSite(
  code: Code,
  index: number,
  visit: (offset: number, address: number, block: number) => void,
): void {
  lowerAgain(code, index, (offset, address, block) => {
    visit(offset, address, block);
    return false;
  });
}

/**
 * The byte offset of the operator to which the word at `address` of function `index` belongs; a block's gas word
 * belongs to the block's first operator.
 */
export function locate(code: Code, index: number, address: number): number {
  let found = code.module.bodies[index]!.start;
  lowerAgain(code, index, (offset, at, block) => {
    if ((block < 0 ? at : block) <= address) found = offset;
    return false;
  });
  return found;
}

/** The block whose gas word stands at `block`: its first operator. */
export function siteOfBlock(code: Code, index: number, block: number): Site | undefined {
  return lowerAgain(code, index, (_offset, _at, start) => start === block);
}

/** The operator whose code begins at `address`; of several without code of their own, the first. */
export function siteAtAddress(code: Code, index: number, address: number): Site | undefined {
  return lowerAgain(code, index, (_offset, at) => at === address);
}

/** The operator at byte `offset`; undefined if there is none, or if it is never reached. */
export function siteAtOffset(code: Code, index: number, offset: number): Site | undefined {
  return lowerAgain(code, index, (at) => at === offset);
}
