import type { ValType } from "../module.ts";
import { type BodyReader, NOTHING, UNKNOWN } from "./body-reader.ts";

/*
 * A list of types, as a number: `EMPTY`, or the code of the one type in it. Frames carry what they start and end
 * with as such lists; longer ones (multi-value) need numbers of their own, from 0x100 on, here and in
 * `popList` and `pushList`.
 */
export const EMPTY = 0x40;

/** Frames that there is room for at first. */
const INITIAL_DEPTH = 64;

/**
 * The operand stack and the control stack of the spec's algorithm (Appendix, Validation Algorithm), in typed arrays
 * that serve one function after another. The innermost frame's height and reachability stand in fields.
 */
export class Stacks {
  /** Types of the operands, `UNKNOWN` included; valid up to `height`. */
  types: Uint8Array = new Uint8Array(0);
  height = 0;
  /** The greatest height so far. */
  max = 0;
  /** Height of the operand stack where the innermost frame began. */
  floor = 0;
  /** Whether the rest of the innermost frame cannot be reached. */
  unreachable = false;
  /** Open frames, that of the function body included. */
  depth = 0;

  private readonly reader: BodyReader;
  /** Of each frame: the rule number of the operator that opened it, … */
  private kinds = new Uint8Array(INITIAL_DEPTH);
  private starts = new Int32Array(INITIAL_DEPTH);
  private ends = new Int32Array(INITIAL_DEPTH);
  private floors = new Int32Array(INITIAL_DEPTH);
  private unreachables = new Uint8Array(INITIAL_DEPTH);

  constructor(reader: BodyReader) {
    this.reader = reader;
  }

  /** Empties both stacks. `capacity` bounds the operands that are pushed, so that no push needs to check. */
  reset(capacity: number): void {
    if (this.types.length < capacity) this.types = new Uint8Array(Math.max(capacity, 2 * this.types.length));
    this.height = 0;
    this.max = 0;
    this.floor = 0;
    this.unreachable = false;
    this.depth = 0;
  }

  push(type: number): void {
    this.types[this.height++] = type;
    if (this.height > this.max) this.max = this.height;
  }

  /** Pops an operand of any type. `UNKNOWN` asks for one without saying which. */
  pop(expected: number): number {
    if (this.height === this.floor) {
      if (this.unreachable) return expected;
      throw this.reader.mismatch(expected, NOTHING);
    }
    const found = this.types[--this.height]!;
    if (found !== expected && found !== UNKNOWN && expected !== UNKNOWN)
      throw this.reader.mismatch(expected, found);
    return found;
  }

  popList(list: number): void {
    if (list !== EMPTY) this.pop(list);
  }

  pushList(list: number): void {
    if (list !== EMPTY) this.push(list);
  }

  popAll(types: readonly ValType[]): void {
    for (let i = types.length - 1; i >= 0; i--) {
      // Else unreachable calls, which find nothing on the stack, would cost their number times their parameters.
      if (this.unreachable && this.height === this.floor) return;
      this.pop(types[i]!);
    }
  }

  pushAll(types: readonly ValType[]): void {
    for (let i = 0; i < types.length; i++) this.push(types[i]!);
  }

  /** Opens a frame; the values of `start` must have been popped. */
  pushFrame(kind: number, start: number, end: number): void {
    const { depth } = this;
    if (depth === this.kinds.length) this.growFrames();
    if (depth > 0) {
      this.reader.limit("nestingDepth", depth, this.reader.at);
      this.unreachables[depth - 1] = this.unreachable ? 1 : 0;
    }
    this.kinds[depth] = kind;
    this.starts[depth] = start;
    this.ends[depth] = end;
    this.floors[depth] = this.height;
    this.depth = depth + 1;
    this.floor = this.height;
    this.unreachable = false;
    this.pushList(start);
  }

  /** Closes the innermost frame, whose results must be all that it left, and pops them. */
  popFrame(): void {
    const top = this.depth - 1;
    this.popList(this.ends[top]!);
    if (this.height !== this.floor) {
      throw this.reader.invalid(`type mismatch: operands left over at an end: ${this.height - this.floor}`);
    }
    this.depth = top;
    if (top > 0) {
      this.floor = this.floors[top - 1]!;
      this.unreachable = this.unreachables[top - 1] !== 0;
    }
  }

  /** The kind of the innermost frame; so for `start` and `end`. They stay readable just after it is closed. */
  kindAt(frame: number): number {
    return this.kinds[frame]!;
  }

  startAt(frame: number): number {
    return this.starts[frame]!;
  }

  endAt(frame: number): number {
    return this.ends[frame]!;
  }

  /** Code after this point, up to the end of the frame, cannot be reached. */
  leave(): void {
    this.height = this.floor;
    this.unreachable = true;
  }

  private growFrames(): void {
    const length = 2 * this.kinds.length;
    this.kinds = enlarged(this.kinds, new Uint8Array(length));
    this.starts = enlarged(this.starts, new Int32Array(length));
    this.ends = enlarged(this.ends, new Int32Array(length));
    this.floors = enlarged(this.floors, new Int32Array(length));
    this.unreachables = enlarged(this.unreachables, new Uint8Array(length));
  }
}

function enlarged<T extends Uint8Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
