import { CONST_32, CONST_64, COPY_32, COPY_64, COPY_PAIR } from "../machine/instructions.ts";
import type { Emitter } from "./emitter.ts";
import { type Slots, UPPER, WIDE } from "./slots.ts";

/** The value is in the entry's own slot. */
const TEMPORARY = 0;
/** The value is that of a local, read when it is needed: no copy unless the local changes first. */
const ALIAS = 1;
/** The value is known; it becomes an immediate where the instruction has a form for it. */
const CONSTANT = 2;

/** Where an operand is while code runs: in a slot, or nowhere because it is known. */
export interface OperandPlace {
  /** First lane from the frame's, or -1 for a constant. */
  readonly slot: number;
  readonly low: number;
  readonly high: number;
  /** What the slot holds, see `slots.ts`; that of a vector is its lower half. */
  readonly holds: number;
  /** The upper half of a vector. */
  readonly upper: OperandPlace | undefined;
}

/**
 * The operand stack while a body is lowered. An entry at height h owns the slot after the locals' number h; what it
 * holds may not be there yet (see the kinds above). All in typed arrays: objects per operand made lowering four
 * times slower.
 *
 * Entries that alias one local form a chain from the topmost down (`heads`, `next`), so that writing a local finds
 * them without searching the stack: a search would make hostile bodies quadratic. Entries leave the stack, or become
 * temporaries, from the top, so the chain's head is always the one that goes.
 */
export class OperandStack {
  height = 0;
  private kinds = new Uint8Array(64);
  private lows = new Int32Array(64);
  private highs = new Int32Array(64);
  private wides = new Uint8Array(64);
  private nexts = new Int32Array(64);
  private heads = new Int32Array(64);
  private localCount = 0;
  private readonly emitter: Emitter;

  constructor(emitter: Emitter) {
    this.emitter = emitter;
  }

  /** An empty stack for a function of `localCount` locals (parameters included) and at most `maxHeight` operands. */
  reset(localCount: number, maxHeight: number): void {
    this.height = 0;
    this.localCount = localCount;
    if (this.kinds.length < maxHeight + 1) {
      const size = Math.max(maxHeight + 1, this.kinds.length * 2);
      this.kinds = new Uint8Array(size);
      this.lows = new Int32Array(size);
      this.highs = new Int32Array(size);
      this.wides = new Uint8Array(size);
      this.nexts = new Int32Array(size);
    }
    if (this.heads.length < localCount) this.heads = new Int32Array(localCount * 2);
    this.heads.fill(-1, 0, localCount);
  }

  /** First lane, from the frame's, of the entry at `height`. */
  slotAt(height: number): number {
    return (this.localCount + height) * 2;
  }
  /** The slot that the next pushed entry owns. */
  get nextSlot(): number {
    return this.slotAt(this.height);
  }

  /** @param wide what the slot holds, see `slots.ts`; so for `pushLocal` and `pushConstant` */
  pushTemporary(wide: number): void {
    this.kinds[this.height] = TEMPORARY;
    this.wides[this.height++] = wide;
  }
  /** Temporaries for values of some slots. */
  pushSlots(slots: Slots): void {
    for (let i = 0; i < slots.length; i++) this.pushTemporary(slots[i]!);
  }
  pushLocal(local: number, wide: number): void {
    const at = this.height++;
    this.kinds[at] = ALIAS;
    this.wides[at] = wide;
    this.lows[at] = local;
    this.nexts[at] = this.heads[local]!;
    this.heads[local] = at;
  }
  pushConstant(low: number, high: number, wide: number): void {
    const at = this.height++;
    this.kinds[at] = CONSTANT;
    this.wides[at] = wide;
    this.lows[at] = low;
    this.highs[at] = high;
  }

  /** Takes the top entry off. It can be asked about, at its height, until something is pushed there. */
  pop(): void {
    const at = --this.height;
    if (this.kinds[at] === ALIAS) this.heads[this.lows[at]!] = this.nexts[at]!;
  }
  /** Pops two operands: the left one is then at `height`, the right one above it. */
  popTwo(): void {
    this.pop();
    this.pop();
  }
  dropTo(height: number): void {
    while (this.height > height) this.pop();
  }

  isConstant(at: number): boolean {
    return this.kinds[at] === CONSTANT;
  }
  isTemporary(at: number): boolean {
    return this.kinds[at] === TEMPORARY;
  }
  /** 1 for 64 bits. */
  wide(at: number): number {
    return this.wides[at]! & WIDE;
  }
  /** What the slot holds. */
  holds(at: number): number {
    return this.wides[at]!;
  }
  /** Pops a value of any type, which may be a vector. */
  popValue(): void {
    this.pop();
    if (this.wides[this.height] === UPPER) this.pop();
  }
  /** The first lane of a vector that has been popped, whose lower half was at `at`: where both halves are neighbours. */
  vectorAt(at: number): number {
    const local = this.localOf(at);
    if (local >= 0 && this.localOf(at + 1) === local + 1) return local * 2;
    if (!this.isTemporary(at)) this.copyTo(at, this.slotAt(at));
    if (!this.isTemporary(at + 1)) this.copyTo(at + 1, this.slotAt(at + 1));
    return this.slotAt(at);
  }
  /** Low and high word of a constant. */
  low(at: number): number {
    return this.lows[at]!;
  }
  high(at: number): number {
    return this.highs[at]!;
  }
  /** The local that the entry aliases, or -1. */
  localOf(at: number): number {
    return this.kinds[at] === ALIAS ? this.lows[at]! : -1;
  }
  /** The slot to read the entry from; a constant is written to its own slot first. */
  slotOf(at: number): number {
    switch (this.kinds[at]) {
      case ALIAS:
        return this.lows[at]! * 2;
      case CONSTANT:
        this.writeConstant(at, this.slotAt(at));
        return this.slotAt(at);
      default:
        return this.slotAt(at);
    }
  }

  private writeConstant(at: number, slot: number): void {
    if (this.wide(at) === 1) this.emitter.def2(CONST_64, slot, this.lows[at]!, this.highs[at]!);
    else this.emitter.def1(CONST_32, slot, this.lows[at]!);
  }

  /** Copies what the entry at `height`, on the stack or just popped, holds to `slot`. */
  copyTo(height: number, slot: number): void {
    if (this.kinds[height] === CONSTANT) {
      this.writeConstant(height, slot);
      return;
    }
    const from = this.slotOf(height);
    if (from !== slot) this.emitter.def1(this.wide(height) === 1 ? COPY_64 : COPY_32, slot, from);
  }

  /** Puts the top `count` entries into their own slots (arguments of a call, results of a block). */
  materialise(count: number): void {
    for (let at = this.height - 1; at >= this.height - count; at--) {
      if (this.kinds[at] === TEMPORARY) continue;
      if (this.kinds[at] === ALIAS && at > this.height - count && this.kinds[at - 1] === ALIAS) {
        const below = this.lows[at - 1]! * 2;
        this.emitter.op3(COPY_PAIR, this.slotAt(at - 1), below, this.lows[at]! * 2);
        this.forget(at);
        this.forget(--at);
      } else this.settle(at);
    }
  }
  /** The same for all entries above `height`, but constants stay: they cannot change where control flow meets. */
  materialiseAliases(height: number): void {
    for (let at = this.height - 1; at >= height; at--) {
      if (this.kinds[at] === ALIAS) this.settle(at);
    }
  }
  private settle(at: number): void {
    this.copyTo(at, this.slotAt(at));
    this.forget(at);
  }
  /** The entry's value is in its own slot now. */
  private forget(at: number): void {
    if (this.kinds[at] === ALIAS) this.heads[this.lows[at]!] = this.nexts[at]!;
    this.kinds[at] = TEMPORARY;
  }

  /** Where the values are, bottom first. */
  places(): OperandPlace[] {
    const places: OperandPlace[] = [];
    for (let at = 0; at < this.height; at++) {
      if (this.wides[at] === UPPER) continue;
      const isVector = at + 1 < this.height && this.wides[at + 1] === UPPER;
      places.push(this.place(at, isVector ? this.place(at + 1, undefined) : undefined));
    }
    return places;
  }
  private place(at: number, upper: OperandPlace | undefined): OperandPlace {
    const kind = this.kinds[at];
    const slot = kind === CONSTANT ? -1 : kind === ALIAS ? this.lows[at]! * 2 : this.slotAt(at);
    return { slot, low: this.lows[at]!, high: this.highs[at]!, holds: this.wides[at]!, upper };
  }

  /** Does an entry still stand for the present value of `local`? */
  hasAlias(local: number): boolean {
    return this.heads[local]! >= 0;
  }
  /** Saves the value of `local` in every entry that stands for it, before the local changes. */
  saveAliases(local: number): void {
    for (let at = this.heads[local]!; at >= 0; at = this.nexts[at]!) {
      this.copyTo(at, this.slotAt(at));
      this.kinds[at] = TEMPORARY;
    }
    this.heads[local] = -1;
  }
}
