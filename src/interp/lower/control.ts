import type { ValType } from "../../decoder/module.ts";
import { logicalStackCosts } from "../gas/logical-stack.ts";
import type { Code } from "../machine/code.ts";
import * as OP from "../machine/instructions.ts";
import { recogniseLoop } from "./bulk/recognise.ts";
import { type Emitter, NO_TARGET } from "./emitter.ts";
import { wideOf } from "./forms.ts";
import { BLOCK, ELSE, IF, Labels, LOOP } from "./labels.ts";
import type { OperandStack } from "./operands.ts";
import type { Reader } from "./reader.ts";

/** Lowers structured control to branches, and gives every block its start and its end. */
export class ControlLowering {
  private readonly emitter: Emitter;
  private readonly stack: OperandStack;
  private readonly reader: Reader;
  private readonly labels = new Labels();
  private code!: Code;
  private index = 0;

  constructor(emitter: Emitter, stack: OperandStack, reader: Reader) {
    this.emitter = emitter;
    this.stack = stack;
    this.reader = reader;
  }

  /** Begins the body of function `index` with results of these types: its outermost block has been started. */
  begin(code: Code, index: number, results: readonly ValType[]): void {
    this.code = code;
    this.index = index;
    this.labels.depth = 0;
    this.labels.push(BLOCK, results.length === 0 ? -1 : wideOf(results[0]!), 0);
  }

  enterBlock(kind: number): void {
    const { emitter, stack, reader, labels } = this;
    const type = reader.byte();
    const result = type === 0x40 ? -1 : wideOf(type as ValType);
    let slot = 0;
    if (kind === IF) slot = this.condition();
    // A local may change in one arm or iteration and not in another, so no alias may live across.
    stack.materialiseAliases(labels.depth > 0 ? labels.heights[labels.depth - 1]! : 0);
    labels.push(kind, result, stack.height);
    if (kind === LOOP) labels.targets[labels.depth - 1] = emitter.fallIntoLoop();
    else if (kind === IF) labels.elses[labels.depth - 1] = emitter.branch(slot, false);
  }

  /** Pops a condition: the slot to test, unless a comparison was taken back for `emitter.branch` to make. */
  private condition(): number {
    const { emitter, stack } = this;
    stack.pop();
    const at = stack.height;
    emitter.taken[0] = -1;
    if (stack.isTemporary(at)) emitter.takeCompare(stack.slotAt(at));
    return emitter.taken[0] >= 0 ? 0 : stack.slotOf(at);
  }

  /** `else`, reached from the then-arm's end. */
  leaveThen(): void {
    const { labels } = this;
    const frame = labels.depth - 1;
    this.carryResult(frame);
    this.jump(frame);
    this.startElse(frame);
  }

  private startElse(frame: number): void {
    const { emitter, stack, labels } = this;
    emitter.endBlock();
    emitter.resolve(labels.elses[frame]!, emitter.startBlock());
    labels.elses[frame] = NO_TARGET;
    labels.kinds[frame] = ELSE;
    stack.dropTo(labels.heights[frame]!);
  }

  /** `end`, reached from what is before it. */
  leaveBlock(): void {
    const { emitter, labels } = this;
    const frame = labels.depth - 1;
    if (frame === 0) {
      this.leaveFunction(true);
      return;
    }
    // The end of an `if` starts a block always, so that gas does not depend on how its arms end.
    if (this.isTargeted(frame) || labels.kinds[frame] === ELSE) {
      this.carryResult(frame);
      this.resolveEnd(frame, emitter.fallIntoBlock());
      this.restack(frame);
    }
    // Without branches to it the block's result stays on the stack in whatever form it has.
    labels.depth = frame;
  }

  /** `end`, reached by branches only, or not at all. Returns whether it is reached. */
  private leaveDeadBlock(): boolean {
    const { emitter, labels } = this;
    const frame = labels.depth - 1;
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
    labels.depth = frame;
    return reached;
  }

  private isTargeted(frame: number): boolean {
    const { labels } = this;
    return (
      labels.kinds[frame] !== LOOP &&
      (labels.targets[frame] !== NO_TARGET || labels.elses[frame] !== NO_TARGET)
    );
  }

  private resolveEnd(frame: number, address: number): void {
    const { labels } = this;
    this.emitter.resolve(labels.targets[frame]!, address);
    this.emitter.resolve(labels.elses[frame]!, address);
  }

  /** The stack as every branch to the frame's end leaves it. */
  private restack(frame: number): void {
    const { stack, labels } = this;
    stack.dropTo(labels.heights[frame]!);
    const result = labels.results[frame]!;
    if (result >= 0) stack.pushTemporary(result);
  }

  /** The end of the body: branches to the outermost label arrive here, too. */
  private leaveFunction(reached: boolean): void {
    const { emitter, stack, labels } = this;
    const targeted = labels.targets[0] !== NO_TARGET;
    if (reached && !targeted) {
      this.emitReturn();
    } else if (targeted) {
      if (reached) this.carryResult(0);
      const address = reached ? emitter.fallIntoBlock() : this.startAfterDeadCode();
      emitter.resolve(labels.targets[0]!, address);
      stack.dropTo(0);
      if (labels.results[0]! >= 0) stack.pushTemporary(labels.results[0]!);
      this.emitReturn();
    }
    emitter.endBlock();
    labels.depth = 0;
  }

  private startAfterDeadCode(): number {
    this.emitter.endBlock();
    return this.emitter.startBlock();
  }

  private emitReturn(): void {
    const { emitter, stack, labels } = this;
    const result = labels.results[0]!;
    const slot = result < 0 ? 0 : stack.slotOf(stack.height - 1);
    this.leaveProbes(slot);
    if (slot === 0) emitter.op0(OP.RETURN);
    else emitter.op1(result === 1 ? OP.RETURN_64 : OP.RETURN_32, slot);
  }

  private leaveProbes(slot: number): void {
    const { probes, module } = this.code;
    if (probes.calls) {
      const { end } = module.bodies[this.index]!;
      this.emitter.probe({ kind: "return", func: this.index, offset: end, slot });
    }
    if (probes.logicalStack) this.emitter.op1(OP.HEIGHT_LEAVE, logicalStackCosts(module)[this.index]!);
  }

  /** Copies the top entry, if the frame has a result, to the slot where its end expects it. */
  private carryResult(frame: number): void {
    const { stack, labels } = this;
    if (labels.kinds[frame] === LOOP || labels.results[frame]! < 0) return;
    const top = stack.height - 1;
    const target = stack.slotAt(labels.heights[frame]!);
    if (!stack.isTemporary(top) || stack.slotAt(top) !== target) stack.copyTo(top, target);
  }

  /** Whether the top entry has to be copied when a branch to the frame is taken. */
  private mustCarry(frame: number): boolean {
    const { stack, labels } = this;
    if (labels.kinds[frame] === LOOP || labels.results[frame]! < 0) return false;
    if (stack.height - 1 !== labels.heights[frame]) return true;
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
    const { emitter, labels } = this;
    if (labels.kinds[frame] === LOOP) emitter.words[address] = labels.targets[frame]!;
    else labels.targets[frame] = emitter.chain(address, labels.targets[frame]!);
  }

  branch(label: number): void {
    const { labels } = this;
    const frame = labels.depth - 1 - label;
    if (frame === 0) {
      this.emitReturn();
      return;
    }
    this.carryResult(frame);
    this.jump(frame);
  }

  /** `return` */
  leave(): void {
    this.branch(this.labels.depth - 1);
  }

  branchIf(label: number): void {
    const { emitter, labels } = this;
    const frame = labels.depth - 1 - label;
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

  branchTable(): void {
    const { emitter, stack, reader, labels } = this;
    const count = reader.unsigned();
    const start = reader.at;
    stack.pop();
    const index = stack.slotOf(stack.height);
    let carry = false;
    for (let i = 0; i <= count; i++) {
      const frame = labels.depth - 1 - reader.unsigned();
      if (this.mustCarry(frame)) carry = true;
    }
    emitter.op2(OP.BR_TABLE, index, count);
    const words = emitter.size;
    reader.at = start;
    emitter.reserve(count + 1);
    for (let i = 0; i <= count; i++) {
      const frame = labels.depth - 1 - reader.unsigned();
      emitter.word(NO_TARGET);
      if (!carry) this.target(words + i, frame);
    }
    if (!carry) return;
    // Each target gets a block of its own that carries the result and goes on.
    reader.at = start;
    for (let i = 0; i <= count; i++) {
      const frame = labels.depth - 1 - reader.unsigned();
      emitter.endBlock();
      emitter.words[words + i] = emitter.startBlock();
      this.carryResult(frame);
      this.jump(frame);
    }
  }

  /** After an operator that does not fall through: on to the `else` or `end` from which code is reached again. */
  unreachable(): void {
    const { stack, reader, labels } = this;
    let nesting = 0;
    for (;;) {
      const op = reader.opcode();
      if (op === 0x0b) {
        if (nesting > 0) {
          nesting--;
          continue;
        }
        stack.dropTo(labels.heights[labels.depth - 1]!);
        if (this.leaveDeadBlock()) return;
      } else if (op === 0x05) {
        if (nesting > 0) continue;
        this.startElse(labels.depth - 1);
        return;
      } else {
        if (op === 0x02 || op === 0x03 || op === 0x04) nesting++;
        reader.skip(op);
      }
    }
  }
}
