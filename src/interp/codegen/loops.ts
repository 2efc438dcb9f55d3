import type { Code } from "../machine/code.ts";
import { MAX_GENERATED_LANES } from "../machine/generated.ts";
import { readInstruction } from "../reference/instruction.ts";
import type { Form } from "./assemble.ts";

/**
 * Innermost loops without calls, in small functions, are *left for gas*: where one finds too little it leaves its
 * function for another form of it, which refills and goes on in that loop. A call in their place costs such a loop its
 * registers (as much time again, on V8), and so does a way into it from elsewhere (a quarter): so the usual form has
 * neither.
 */
const MAX_FUNCTION_BYTES = 1000;

/** Both forms are on JavaScript's stack then: together they take no more of it than the largest function. */
const MAX_LANES = MAX_GENERATED_LANES * 0.4;

/** Numbers of such loops in a stretch of code, first and last, in the order of the code; none if first > last. */
export interface LoopRange {
  readonly first: number;
  readonly last: number;
}

/** A `block`, `loop` or `if` by the numbered loops that it holds. */
export interface LoopNest extends LoopRange {
  /** Of an `if`: the last one before its `else`. */
  readonly lastOfThen: number;
  /** If it is one itself: its own, else 0. */
  readonly number: number;
}

const NONE: LoopNest = { first: 1, last: 0, lastOfThen: 0, number: 0 };

/**
 * The numbered loops of a function, and what holds them by the byte offset of the operator that opens it: in the form
 * that goes on in one of them. In the usual form nothing is to be passed over, so nothing holds any.
 */
export class LoopNests {
  /** The function's. */
  readonly body: LoopNest;
  private readonly isUsual: boolean;
  private readonly nests = new Map<number, LoopNest>();

  constructor({ module, frames }: Code, func: number, form: Form) {
    const { start, end } = module.bodies[func]!;
    const isSmall = end - start <= MAX_FUNCTION_BYTES && frames[func]! <= MAX_LANES;
    this.isUsual = form === "usual";
    const count = isSmall ? this.number(module.bytes, start, end) : 0;
    this.body = this.isUsual ? NONE : { ...NONE, last: count, lastOfThen: count };
  }

  at(offset: number): LoopNest {
    return this.nests.get(offset) ?? NONE;
  }

  /** Numbers the loops between two byte offsets, from 1; how many there are. */
  private number(bytes: Uint8Array, start: number, end: number): number {
    const open: { readonly offset: number; readonly first: number; lastOfThen: number; isLeaf: boolean }[] =
      [];
    let count = 0;
    for (let at = start; at < end; ) {
      const { operator, offset, next } = readInstruction(bytes, at);
      at = next;
      switch (operator.name) {
        case "loop":
          for (const nest of open) nest.isLeaf = false;
          open.push({ offset, first: count + 1, lastOfThen: -1, isLeaf: true });
          break;
        case "block":
        case "if":
          open.push({ offset, first: count + 1, lastOfThen: -1, isLeaf: false });
          break;
        case "call":
        case "call_indirect":
          for (const nest of open) nest.isLeaf = false;
          break;
        case "else":
          open.at(-1)!.lastOfThen = count;
          break;
        case "end": {
          const nest = open.pop();
          if (nest === undefined) break;
          const { first, lastOfThen, isLeaf } = nest;
          if (isLeaf) count++;
          const ofThen = lastOfThen < 0 ? count : lastOfThen;
          const number = isLeaf ? count : 0;
          const held = this.isUsual ? NONE : { first, last: count, lastOfThen: ofThen };
          this.nests.set(nest.offset, { ...NONE, ...held, number });
        }
      }
    }
    return count;
  }
}
