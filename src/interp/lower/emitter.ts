import { arena, CODE } from "../machine/arena.ts";
import { BULK_LENGTH, type Code } from "../machine/code.ts";
import * as OP from "../machine/instructions.ts";
import type { ProbePoint } from "./probes.ts";

/** A compare `op` becomes the branch at `op + distance`; both families are listed in the same order. */
const I32_TO_BRANCH = OP.BR_I32_EQ - OP.I32_EQ;
const I64_TO_BRANCH = OP.BR_I64_EQ - OP.I64_EQ;
/** eq <-> ne, lt_s <-> ge_s, lt_u <-> ge_u, by position in the family. */
const INVERSE = [1, 0, 4, 5, 2, 3];

const isI32Compare = (op: number): boolean => op >= OP.I32_EQ && op <= OP.I32_GE_U_I;
const isI64Compare = (op: number): boolean => op >= OP.I64_EQ && op <= OP.I64_GE_U_I;

/** The number of the comparison that is true where `op` is false. Forms with an immediate are the odd ones. */
function inverse(op: number): number {
  const first = isI32Compare(op) ? OP.I32_EQ : OP.I64_EQ;
  const position = op - first;
  return first + 2 * INVERSE[position >> 1]! + (position & 1);
}

/** No label: end of a chain of branch targets that wait for one. */
export const NO_TARGET = 0;

/**
 * Appends instructions to a module's code and keeps the gas of the block being written.
 *
 * Every block begins with its gas word, to which branches point; a block that is reached by falling into it has a
 * `gas` instruction before that word.
 */
export class Emitter {
  words: Int32Array = new Int32Array(0);
  /** Address of the next word. */
  size = 0;
  /** Address of the last instruction, if it writes its result to the slot in its first operand; else -1. */
  last = -1;
  private gasWord = 0;
  private gas = 0;
  private probePoints: ProbePoint[] = [];

  begin(code: Code): void {
    this.words = code.words;
    this.size = code.words === CODE ? arena.top : code.size;
    this.last = -1;
    this.probePoints = code.probePoints;
  }

  /** What was emitted since `begin` is the code's. */
  end(code: Code): void {
    code.words = this.words;
    if (this.words === CODE) arena.top = this.size;
    else code.size = this.size;
  }

  /** Room for `count` more words. */
  reserve(count: number): void {
    if (this.size + count <= this.words.length) return;
    // Whoever does not fit into the arena leaves it. Addresses stay.
    if (this.words === CODE) arena.isFull = true;
    const larger = new Int32Array(Math.max(this.words.length * 2, this.size + count));
    larger.set(this.words);
    this.words = larger;
  }

  /** Address of the gas word of the block being written. */
  get block(): number {
    return this.gasWord;
  }

  charge(cost: number): void {
    this.gas += cost;
  }

  /** Starts a block here, with nothing falling into it. Returns its address. */
  startBlock(): number {
    this.reserve(1);
    this.last = -1;
    this.gasWord = this.size;
    this.gas = 0;
    this.words[this.size] = 0;
    return this.size++;
  }
  /** Ends the block being written: its gas is known. */
  endBlock(): void {
    this.words[this.gasWord] = this.gas;
  }
  /** Ends the block and starts the next, into which control falls. */
  fallIntoBlock(): number {
    this.op0(OP.GAS);
    this.endBlock();
    return this.startBlock();
  }

  /**
   * The same for a loop, leaving room for `runInBulk`.
   */
  fallIntoLoop(): number {
    this.op0(OP.LOOP);
    for (let i = 1; i < BULK_LENGTH; i++) this.word(0);
    this.endBlock();
    return this.startBlock();
  }
  /** Puts `bulk` number `index` where control falls into the loop at `block`; `test` says when it is worth it. */
  runInBulk(block: number, index: number, test: readonly number[]): void {
    this.words.set([OP.BULK, index, ...test], block - BULK_LENGTH);
  }

  op0(op: number): void {
    this.reserve(1);
    this.last = -1;
    this.words[this.size++] = op;
  }
  op1(op: number, a: number): void {
    this.reserve(2);
    this.last = -1;
    this.words[this.size++] = op;
    this.words[this.size++] = a;
  }
  op2(op: number, a: number, b: number): void {
    this.op1(op, a);
    this.word(b);
  }
  op3(op: number, a: number, b: number, c: number): void {
    this.op1(op, a);
    this.word(b);
    this.word(c);
  }
  op4(op: number, a: number, b: number, c: number, d: number): void {
    this.op3(op, a, b, c);
    this.word(d);
  }
  /** The instructions that write slot `d`: `last` remembers them. */
  def1(op: number, d: number, a: number): void {
    const at = this.size;
    this.op2(op, d, a);
    this.last = at;
  }
  def2(op: number, d: number, a: number, b: number): void {
    const at = this.size;
    this.op3(op, d, a, b);
    this.last = at;
  }
  def3(op: number, d: number, a: number, b: number, c: number): void {
    const at = this.size;
    this.op4(op, d, a, b, c);
    this.last = at;
  }

  probe(point: ProbePoint): void {
    this.op1(OP.PROBE, this.probePoints.length);
    this.probePoints.push(point);
  }

  word(value: number): void {
    this.reserve(1);
    this.words[this.size++] = value;
  }

  /** Is the value in `slot` the result of the last instruction? */
  isLastResult(slot: number): boolean {
    return this.last >= 0 && this.words[this.last + 1] === slot;
  }
  /** Lets the last instruction write to `slot` instead. */
  redirectLast(slot: number): void {
    this.words[this.last + 1] = slot;
    this.last = -1;
  }
  /** Turns the last instruction, if it is an integer comparison with its result in `slot`, into its opposite. */
  invertLastCompare(slot: number, result: number): boolean {
    if (!this.isLastResult(slot)) return false;
    const op = this.words[this.last]!;
    if (!isI32Compare(op) && !isI64Compare(op)) return false;
    this.words[this.last] = inverse(op);
    this.words[this.last + 1] = result;
    return true;
  }

  /**
   * Takes back the last instruction if it is a comparison with its result in `slot`, so that the branch can do the
   * comparing. Returns [op, operands…] in `taken`, or -1 there.
   */
  takeCompare(slot: number): void {
    const { taken, words, last } = this;
    taken[0] = -1;
    if (!this.isLastResult(slot)) return;
    const op = words[last]!;
    if (op === OP.I64_EQZ) {
      taken[0] = OP.I64_EQ_I;
      taken[1] = words[last + 2]!;
      taken[2] = 0;
      taken[3] = 0;
    } else if (isI32Compare(op) || isI64Compare(op)) {
      taken[0] = op;
      taken[1] = words[last + 2]!;
      taken[2] = words[last + 3]!;
      // Only the i64 form with an immediate has a third operand; elsewhere this word is not the instruction's.
      taken[3] = this.size > last + 4 ? words[last + 4]! : 0;
    } else return;
    this.size = last;
    this.last = -1;
  }
  readonly taken = new Int32Array(4);

  /**
   * Branch if the condition in `slot` (or the comparison in `taken`) holds, or if it does not. Returns the address
   * of the target word, which the caller fills in; the block that follows has been started.
   */
  branch(slot: number, ifTrue: boolean): number {
    const { taken } = this;
    const compare = taken[0]!;
    if (compare < 0) {
      this.op1(ifTrue ? OP.BR_NZ : OP.BR_Z, slot);
    } else {
      const op = ifTrue ? compare : inverse(compare);
      if (isI32Compare(op)) {
        if (op === OP.I32_EQ_I && taken[2] === 0) this.op1(OP.BR_Z, taken[1]!);
        else if (op === OP.I32_NE_I && taken[2] === 0) this.op1(OP.BR_NZ, taken[1]!);
        else this.op2(op + I32_TO_BRANCH, taken[1]!, taken[2]!);
      } else if (((op - OP.I64_EQ) & 1) === 0) {
        this.op2(op + I64_TO_BRANCH, taken[1]!, taken[2]!);
      } else {
        this.op3(op + I64_TO_BRANCH, taken[1]!, taken[2]!, taken[3]!);
      }
    }
    const target = this.size;
    this.word(NO_TARGET);
    this.endBlock();
    this.startBlock();
    return target;
  }

  /** Links the target word at `address` into the chain that starts at `chain`; returns the new start. */
  chain(address: number, chain: number): number {
    this.words[address] = chain;
    return address;
  }
  /** Points every target word of the chain to `target`. */
  resolve(chain: number, target: number): void {
    let address = chain;
    while (address !== NO_TARGET) {
      const next = this.words[address]!;
      this.words[address] = target;
      address = next;
    }
  }
}
