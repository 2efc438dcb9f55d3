import { LOADS, STORES, STORES_IMMEDIATE } from "../../machine/access.ts";
import * as OP from "../../machine/instructions.ts";
import type { Sum } from "./loop.ts";
import { addScaled, constantSum, laneSum } from "./sum.ts";

/** A word of what access number `access` of the iteration loaded: 0 the low one, 1 the high one. */
interface Loaded {
  readonly kind: "loaded";
  readonly access: number;
  readonly half: 0 | 1;
}
/** A word shifted by a count modulo 32; to the right without sign. */
interface Shifted {
  readonly kind: "shifted";
  readonly isLeft: boolean;
  readonly word: Sum | Loaded;
  readonly count: Sum;
}
/** `low >>> right | high << left` */
export interface Joined {
  readonly kind: "joined";
  readonly low: Shifted;
  readonly high: Shifted;
}
/** What a lane holds; undefined where it is nothing that matters here. */
export type Value = Sum | Loaded | Shifted | Joined | undefined;

/** A load or store, in the order of execution. */
export interface Access {
  readonly isStore: boolean;
  readonly address: Sum;
  /** The instruction's own offset, unsigned. */
  readonly offset: number;
  /** In bytes. */
  readonly width: number;
  /** What is stored. */
  readonly low: Value;
  readonly high: Value;
}

/** What one iteration of a loop does, in terms of the lanes as they are before it. */
export interface Iteration {
  readonly accesses: readonly Access[];
  /** Lanes whose value from before the iteration is used. */
  readonly reads: ReadonlySet<number>;
  /** What lanes hold after it; those that are not here have not changed. */
  readonly lanes: ReadonlyMap<number, Value>;
  /** The comparing branch at its end, taken to go round again. */
  readonly branch: number;
  readonly left: Value;
  readonly right: Value;
}

/**
 * Executes register code from `start` on with unknown lanes, up to the branch whose last word is before `end`.
 * Undefined if it meets an instruction that loops run in bulk cannot have: whatever has another effect than on
 * lanes and memory, may trap otherwise than by an access out of bounds, or is just not needed.
 */
export function runIteration(words: Int32Array, start: number, end: number): Iteration | undefined {
  return new SymbolicRun(words).run(start, end);
}

class SymbolicRun {
  private readonly words: Int32Array;
  private readonly lanes = new Map<number, Value>();
  private readonly reads = new Set<number>();
  private readonly accesses: Access[] = [];

  constructor(words: Int32Array) {
    this.words = words;
  }

  run(start: number, end: number): Iteration | undefined {
    for (let at = start; at < end; ) {
      const op = this.words[at]!;
      const length = OP.INSTRUCTION_OPERANDS[op]!.length + 1;
      if (at + length === end) return this.branch(op, at);
      if (!this.step(op, at)) return undefined;
      at += length;
    }
    return undefined;
  }

  private branch(op: number, at: number): Iteration | undefined {
    const { words, lanes, reads, accesses } = this;
    if (op !== OP.BR_NZ && (op < OP.BR_I32_EQ || op > OP.BR_I32_GE_U_I)) return undefined;
    const left = this.get(words[at + 1]!);
    if (op === OP.BR_NZ) {
      return { accesses, reads, lanes, branch: OP.BR_I32_NE_I, left, right: constantSum(0) };
    }
    // Forms with a slot and with an immediate alternate.
    const operand = words[at + 2]!;
    const right = ((op - OP.BR_I32_EQ) & 1) === 0 ? this.get(operand) : constantSum(operand);
    return { accesses, reads, lanes, branch: op, left, right };
  }

  private get(lane: number): Value {
    if (this.lanes.has(lane)) return this.lanes.get(lane);
    this.reads.add(lane);
    return laneSum(lane);
  }

  private step(op: number, at: number): boolean {
    const { words, lanes } = this;
    const d = words[at + 1]!;
    const a = words[at + 2]!;
    const b = words[at + 3]!;
    const load = LOADS.get(op);
    if (load !== undefined) return this.load(op, d, a, b, load);
    const store = STORES.get(op);
    if (store !== undefined) {
      return this.access(d, b, store, this.get(a), store === 8 ? this.get(a + 1) : undefined);
    }
    const immediate = STORES_IMMEDIATE.get(op);
    if (immediate !== undefined) {
      return this.access(
        d,
        b,
        immediate,
        constantSum(a),
        immediate === 8 ? constantSum(words[at + 4]!) : undefined,
      );
    }
    switch (op) {
      case OP.COPY_32:
        lanes.set(d, this.get(a));
        return true;
      case OP.COPY_64:
        this.copy64(d, a);
        return true;
      case OP.COPY_PAIR:
        this.copy64(d, a);
        this.copy64(d + 2, b);
        return true;
      case OP.CONST_32:
        lanes.set(d, constantSum(a));
        return true;
      case OP.CONST_64:
        lanes.set(d, constantSum(a));
        lanes.set(d + 1, constantSum(b));
        return true;
      case OP.I32_ADD:
        lanes.set(d, add(this.get(a), this.get(b), 1));
        return true;
      case OP.I32_ADD_I:
        lanes.set(d, add(this.get(a), constantSum(b), 1));
        return true;
      case OP.I32_SUB:
        lanes.set(d, add(this.get(a), this.get(b), -1));
        return true;
      case OP.I32_SUB_FROM:
        lanes.set(d, add(constantSum(b), this.get(a), -1));
        return true;
      case OP.I32_MUL_I:
        lanes.set(d, add(constantSum(0), this.get(a), b));
        return true;
      case OP.I32_SHL_I: {
        const word = this.get(a);
        lanes.set(
          d,
          word?.kind === "loaded" ? shifted(true, word, constantSum(b)) : add(constantSum(0), word, 1 << b),
        );
        return true;
      }
      case OP.I32_SHL:
        lanes.set(d, shifted(true, this.get(a), this.get(b)));
        return true;
      case OP.I32_SHR_U:
        lanes.set(d, shifted(false, this.get(a), this.get(b)));
        return true;
      case OP.I32_SHR_U_I:
        lanes.set(d, shifted(false, this.get(a), constantSum(b)));
        return true;
      case OP.I32_OR:
        lanes.set(d, joined(this.get(a), this.get(b)));
        return true;
      default:
        return false;
    }
  }

  private copy64(d: number, a: number): void {
    const low = this.get(a);
    const high = this.get(a + 1);
    this.lanes.set(d, low);
    this.lanes.set(d + 1, high);
  }

  private load(op: number, d: number, a: number, offset: number, width: number): boolean {
    const { lanes, accesses } = this;
    if (!this.access(a, offset, width)) return false;
    const access = accesses.length - 1;
    lanes.set(d, { kind: "loaded", access, half: 0 });
    // The upper word of a narrow load is 0 or the sign; nothing here has a use for it.
    if (op >= OP.LOAD_64) lanes.set(d + 1, width === 8 ? { kind: "loaded", access, half: 1 } : undefined);
    return true;
  }

  /** A load, or a store where there are values. */
  private access(
    slot: number,
    offset: number,
    width: number,
    ...stored: [low: Value, high: Value] | []
  ): boolean {
    const address = this.get(slot);
    if (address?.kind !== "sum") return false;
    const [low, high] = stored;
    this.accesses.push({ isStore: stored.length > 0, address, offset: offset >>> 0, width, low, high });
    return true;
  }
}

function add(a: Value, b: Value, factor: number): Value {
  return a?.kind === "sum" && b?.kind === "sum" ? addScaled(a, b, factor) : undefined;
}

function shifted(isLeft: boolean, word: Value, count: Value): Value {
  if (count?.kind !== "sum" || (word?.kind !== "sum" && word?.kind !== "loaded")) return undefined;
  return { kind: "shifted", isLeft, word, count };
}

function joined(a: Value, b: Value): Value {
  if (a?.kind !== "shifted" || b?.kind !== "shifted" || a.isLeft === b.isLeft) return undefined;
  return { kind: "joined", low: a.isLeft ? b : a, high: a.isLeft ? a : b };
}
