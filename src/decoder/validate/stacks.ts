import { V128, type ValType } from "../module.ts";
import { type BodyReader, NOTHING, UNKNOWN } from "./body-reader.ts";

/*
 * A list of types, as a number: `EMPTY`, or the code of the one type in it, or from 0x100 on the place of a longer one
 * in `lists`. Equal lists have equal numbers. Frames carry what they start and end with as such lists.
 */
export const EMPTY = 0x40;
const FIRST_LIST = 0x100;

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
  /** Whether a vector, which takes two slots, was pushed by one of the methods here. */
  hasVectors = false;

  /** Lists of more than one type. */
  private readonly lists: Uint8Array[] = [];
  private readonly listNumbers = new Map<string, number>();
  /** Places that operators to come may need at least: what `reset` was told. */
  private spare = 0;
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

  /** The number of a list. */
  listOf(types: readonly ValType[]): number {
    if (types.length < 2) return types[0] ?? EMPTY;
    const key = types.join();
    let list = this.listNumbers.get(key);
    if (list === undefined) {
      list = FIRST_LIST + this.lists.length;
      this.lists.push(Uint8Array.from(types));
      this.listNumbers.set(key, list);
    }
    return list;
  }

  lengthOf(list: number): number {
    return list === EMPTY ? 0 : list < FIRST_LIST ? 1 : this.lists[list - FIRST_LIST]!.length;
  }

  /**
   * Empties both stacks. There is room for `capacity` operands pushed one by one, so that no such push needs to check;
   * lists make the room they need beside that.
   */
  reset(capacity: number): void {
    this.hasVectors = false;
    this.spare = capacity;
    if (this.types.length < capacity) this.types = new Uint8Array(Math.max(capacity, 2 * this.types.length));
    this.height = 0;
    this.max = 0;
    this.floor = 0;
    this.unreachable = false;
    this.depth = 0;
  }

  push(type: number): void {
    if (type === V128) this.hasVectors = true;
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
    if (list >= FIRST_LIST) this.popAll(this.lists[list - FIRST_LIST]!);
    else if (list !== EMPTY) this.pop(list);
  }

  pushList(list: number): void {
    if (list >= FIRST_LIST) this.pushAll(this.lists[list - FIRST_LIST]!);
    else if (list !== EMPTY) this.push(list);
  }

  /** Checks that the operands on top fit, and leaves them there. */
  expectList(list: number): void {
    const { height } = this;
    this.popList(list);
    this.height = height;
  }

  popAll(types: ArrayLike<number>): void {
    for (let i = types.length - 1; i >= 0; i--) {
      // Else unreachable calls, which find nothing on the stack, would cost their number times their parameters.
      if (this.unreachable && this.height === this.floor) return;
      this.pop(types[i]!);
    }
  }

  pushAll(types: ArrayLike<number>): void {
    const { length } = types;
    if (length > 1) {
      this.reader.limit("operands", this.height + length, this.reader.at);
      // Pushing more values than an operator has bytes takes of the room that is for later ones.
      if (this.types.length < this.height + length + this.spare) {
        this.types = enlarged(this.types, new Uint8Array(2 * (this.height + length + this.spare)));
      }
    }
    for (let i = 0; i < length; i++) this.push(types[i]!);
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
