import * as OP from "../machine/instructions.ts";
import type { Emitter } from "./emitter.ts";
import * as F from "./forms.ts";
import type { OperandStack } from "./operands.ts";
import { UPPER, WIDE } from "./slots.ts";

const DISTANCE_LT_GE = OP.I32_GE_S - OP.I32_LT_S;
const isLessThan = (op: number): boolean =>
  op === OP.I32_LT_S || op === OP.I32_LT_U || op === OP.I64_LT_S || op === OP.I64_LT_U;

/** Lowers operators that compute a value from others, by form (see `forms.ts`). `wide`: the result has 64 bits. */
export class NumericLowering {
  private readonly emitter: Emitter;
  private readonly stack: OperandStack;

  constructor(emitter: Emitter, stack: OperandStack) {
    this.emitter = emitter;
    this.stack = stack;
  }

  unary(op: number, wide: number): void {
    const { stack } = this;
    stack.pop();
    const a = stack.slotOf(stack.height);
    this.emitter.def1(op, stack.nextSlot, a);
    stack.pushTemporary(wide);
  }

  binary(op: number, wide: number): void {
    const { stack } = this;
    stack.popTwo();
    const a = stack.slotOf(stack.height);
    const b = stack.slotOf(stack.height + 1);
    this.emitter.def2(op, stack.nextSlot, a, b);
    stack.pushTemporary(wide);
  }

  swapped(op: number): void {
    const { stack } = this;
    stack.popTwo();
    const a = stack.slotOf(stack.height);
    const b = stack.slotOf(stack.height + 1);
    this.emitter.def2(op, stack.nextSlot, b, a);
    stack.pushTemporary(0);
  }

  commutative(op: number, wide: number): void {
    const { stack } = this;
    stack.popTwo();
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
    // The low word alone.
    if (op === OP.I64_AND_I && stack.low(b) === -1 && stack.high(b) === 0)
      emitter.def1(OP.I64_EXTEND_U, stack.nextSlot, from);
    else if (wide === 1) emitter.def3(op, stack.nextSlot, from, stack.low(b), stack.high(b));
    else emitter.def2(op, stack.nextSlot, from, stack.low(b));
  }

  shift(op: number, wide: number): void {
    const { stack } = this;
    stack.popTwo();
    const left = stack.height;
    const a = stack.slotOf(left);
    // The count of a 64-bit shift matters modulo 64 only, so its low word is all of the immediate.
    if (stack.isConstant(left + 1)) this.shiftBy(stack.low(left + 1), op, a, wide);
    else this.emitter.def2(op, stack.nextSlot, a, stack.slotOf(left + 1));
    stack.pushTemporary(wide);
  }

  /** Shifts or rotates the value at `a` by `count`; by a whole word that takes no shifting. */
  private shiftBy(count: number, op: number, a: number, wide: number): void {
    const { emitter } = this;
    const d = this.stack.nextSlot;
    if (wide === 0 || (count & 63) !== 32) emitter.def2(op + 1, d, a, count);
    else if (op === OP.I64_ROTL) emitter.def1(OP.I64_SWAP, d, a);
    else if (op === OP.I64_SHL) emitter.def1(OP.I64_LOW_TO_HIGH, d, a);
    else emitter.def1(op === OP.I64_SHR_S ? OP.I64_EXTEND_S : OP.I64_EXTEND_U, d, a + 1);
  }

  rotr(op: number, wide: number): void {
    const { stack } = this;
    stack.popTwo();
    const left = stack.height;
    const a = stack.slotOf(left);
    if (stack.isConstant(left + 1)) {
      this.shiftBy(-stack.low(left + 1) | 0, wide === 1 ? OP.I64_ROTL : OP.I32_ROTL, a, wide);
    } else {
      this.emitter.def2(op, stack.nextSlot, a, stack.slotOf(left + 1));
    }
    stack.pushTemporary(wide);
  }

  sub(op: number, wide: number): void {
    const { stack, emitter } = this;
    stack.popTwo();
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
  compare(op: number, how: number, wide: number, code: number): void {
    const { stack, emitter } = this;
    stack.popTwo();
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

  eqz(wide: number): void {
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

  sameBits(wide: number): void {
    const { stack } = this;
    stack.pop();
    const at = stack.height;
    const local = stack.localOf(at);
    if (local >= 0) stack.pushLocal(local, wide);
    else if (stack.isConstant(at)) stack.pushConstant(stack.low(at), stack.high(at), wide);
    else stack.pushTemporary(wide);
  }

  select(): void {
    const { stack } = this;
    stack.pop();
    stack.pop();
    if (stack.holds(stack.height) === UPPER) {
      this.selectVector();
      return;
    }
    stack.pop();
    const at = stack.height;
    const holds = stack.holds(at);
    const a = stack.slotOf(at);
    const b = stack.slotOf(at + 1);
    const c = stack.slotOf(at + 2);
    this.emitter.def3(holds === WIDE ? OP.SELECT_64 : OP.SELECT_32, stack.nextSlot, a, b, c);
    stack.pushTemporary(holds);
  }

  /** Half by half; the condition, and the upper half of the second vector, have been popped. */
  private selectVector(): void {
    const { stack, emitter } = this;
    stack.pop();
    stack.popTwo();
    const at = stack.height;
    const [a, b, c] = [stack.vectorAt(at), stack.vectorAt(at + 2), stack.slotOf(at + 4)];
    const d = stack.nextSlot;
    emitter.op4(OP.SELECT_64, d, a, b, c);
    emitter.op4(OP.SELECT_64, d + 2, a + 2, b + 2, c);
    stack.pushTemporary(WIDE);
    stack.pushTemporary(UPPER);
  }
}
