import type { ValidModule } from "../../decoder/module.ts";
import { readInstruction } from "../reference/instruction.ts";

/**
 * Small innermost loops without calls, in small functions, are *left to be refilled*: where one finds too little gas it
 * goes to the end of the function, which refills and starts over, straight to that loop. A call in their place costs
 * such a loop its registers (as much time again, on V8); elsewhere the ways to start over cost more than they save.
 */
const MAX_FUNCTION_BYTES = 1000;

/** Numbers of such loops in a stretch of code, first and last, in the order of the code; none if first > last. */
export interface LoopRange {
  readonly first: number;
  readonly last: number;
}

/** A `block`, `loop` or `if` by the numbered loops that it holds. */
export interface LoopNest extends LoopRange {
  /** Of an `if`: the last one before its `else`. */
  readonly lastOfThen: number;
  /** Whether it is one itself. */
  readonly isNumbered: boolean;
}

const NONE: LoopNest = { first: 1, last: 0, lastOfThen: 0, isNumbered: false };

/** The numbered loops of a function, and what holds them by the byte offset of the operator that opens it. */
export class LoopNests {
  /** The function's. */
  readonly body: LoopNest;
  private readonly nests = new Map<number, LoopNest>();

  constructor(module: ValidModule, func: number) {
    const { start, end } = module.bodies[func]!;
    const count = end - start > MAX_FUNCTION_BYTES ? 0 : this.number(module.bytes, start, end);
    this.body = { ...NONE, last: count, lastOfThen: count };
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
          this.nests.set(nest.offset, { first, last: count, lastOfThen: ofThen, isNumbered: isLeaf });
        }
      }
    }
    return count;
  }
}
