import type { ValType } from "../../decoder/module.ts";
import { logicalStackCosts } from "../gas/logical-stack.ts";
import type { Code } from "../machine/code.ts";
import * as OP from "../machine/instructions.ts";
import { recogniseLoop } from "./bulk/recognise.ts";
import { testOf } from "./bulk/test.ts";
import { type Emitter, NO_TARGET } from "./emitter.ts";
import { BLOCK, ELSE, IF, Labels, LOOP } from "./labels.ts";
import type { OperandStack } from "./operands.ts";
import type { Reader } from "./reader.ts";
import { NO_SLOTS, type Slots, slotsOf, slotsOfOne, WIDE } from "./slots.ts";

/** Lowers structured control to branches, and gives every block its start and its end. */
export class ControlLowering {
  private readonly emitter: Emitter;
  private readonly stack: OperandStack;
  private readonly reader: Reader;
  private readonly labels = new Labels();
  private code!: Code;
  private index = 0;
  private blockParams: Slots = NO_SLOTS;
  private blockResults: Slots = NO_SLOTS;

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
    this.labels.push(BLOCK, NO_SLOTS, slotsOf(results), 0);
  }

  enterBlock(kind: number): void {
    const { emitter, stack, labels } = this;
    this.blockType();
    const { blockParams: params, blockResults: results } = this;
    let slot = 0;
    if (kind === IF) slot = this.condition();
    // A local may change in one arm or iteration and not in another, so no alias may live across.
    stack.materialiseAliases(labels.depth > 0 ? labels.heights[labels.depth - 1]! : 0);
    // What is taken must be where it is found when control comes again, or comes to the other arm.
    if (kind !== BLOCK) stack.materialise(params.length);
    labels.push(kind, params, results, stack.height - params.length);
    if (kind === LOOP) labels.targets[labels.depth - 1] = emitter.fallIntoLoop();
    else if (kind === IF) labels.elses[labels.depth - 1] = emitter.branch(slot, false);
  }

  /** Reads a block type into `blockParams` and `blockResults`. */
  private blockType(): void {
    const { reader } = this;
    const byte = reader.byte();
    this.blockParams = NO_SLOTS;
    if (byte === 0x40) this.blockResults = NO_SLOTS;
    else if (byte > 0x40 && byte < 0x80) this.blockResults = slotsOfOne(byte as ValType);
    else {
      reader.at--;
      const { params, results } = this.code.module.types[reader.unsigned()]!;
      this.blockParams = slotsOf(params);
      this.blockResults = slotsOf(results);
    }
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
    this.carry(frame);
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
    stack.pushSlots(labels.params[frame]!);
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
      this.carry(frame);
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
    stack.pushSlots(labels.results[frame]!);
  }

  /** The end of the body: branches to the outermost label arrive here, too. */
  private leaveFunction(reached: boolean): void {
    const { emitter, stack, labels } = this;
    const targeted = labels.targets[0] !== NO_TARGET;
    if (reached && !targeted) {
      this.emitReturn();
    } else if (targeted) {
      if (reached) this.carry(0);
      const address = reached ? emitter.fallIntoBlock() : this.startAfterDeadCode();
      emitter.resolve(labels.targets[0]!, address);
      stack.dropTo(0);
      stack.pushSlots(labels.results[0]!);
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
    const results = labels.results[0]!;
    if (results.length > 1) {
      this.returnSeveral(results);
      return;
    }
    const slot = results.length === 0 ? 0 : stack.slotOf(stack.height - 1);
    this.leaveProbes(slot);
    if (slot === 0) emitter.op0(OP.RETURN);
    else emitter.op1(results[0] === WIDE ? OP.RETURN_64 : OP.RETURN_32, slot);
  }

  /** Several results are copied to the frame's beginning, over its locals. */
  private returnSeveral(results: Slots): void {
    const { emitter, stack } = this;
    // Out of the locals first; then each goes down, so that none is written over before it is copied.
    stack.materialise(results.length);
    const first = stack.height - results.length;
    for (let i = 0; i < results.length; i++) stack.copyTo(first + i, 2 * i);
    this.leaveProbes(0);
    emitter.op0(OP.RETURN);
  }

  private leaveProbes(slot: number): void {
    const { probes, module } = this.code;
    if (probes.calls) {
      const { end } = module.bodies[this.index]!;
      this.emitter.probe({ kind: "return", func: this.index, offset: end, slot });
    }
    if (probes.logicalStack) this.emitter.op1(OP.HEIGHT_LEAVE, logicalStackCosts(module)[this.index]!);
  }

  /** Copies the top entries, as many as a branch to the frame carries, to the slots where they are expected there. */
  private carry(frame: number): void {
    const { stack, labels } = this;
    const { length } = labels.carried(frame);
    const from = stack.height - length;
    const to = labels.heights[frame]!;
    // Upwards from the lowest: entries go down if they go anywhere, so none is written over before it is copied.
    for (let i = 0; i < length; i++) {
      const target = stack.slotAt(to + i);
      if (!stack.isTemporary(from + i) || stack.slotAt(from + i) !== target) stack.copyTo(from + i, target);
    }
  }

  /** Whether the top entries have to be copied when a branch to the frame is taken. */
  private mustCarry(frame: number): boolean {
    const { stack, labels } = this;
    const { length } = labels.carried(frame);
    if (length === 0) return false;
    if (stack.height - length !== labels.heights[frame]) return true;
    // At the right height their own slots are the place: putting them there does no harm if the branch is not taken.
    stack.materialise(length);
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
    this.carry(frame);
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
    this.carry(frame);
    this.jump(frame);
    emitter.endBlock();
    emitter.resolve(past, emitter.startBlock());
  }

  /** The block that begins a loop ends with the branch back to it: perhaps it can be run in bulk. */
  private endLoop(block: number, end: number): void {
    const { emitter, code } = this;
    const loop = recogniseLoop(emitter.words, block, end);
    if (loop === undefined) return;
    emitter.runInBulk(block, code.bulks.length, testOf(loop.repetition));
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
      this.carry(frame);
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
