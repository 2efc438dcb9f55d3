import * as int64 from "../numeric/int64.ts";
import type { Code } from "./code.ts";
import { cold } from "./cold.ts";
import type { MachineState } from "./state.ts";

// What JavaScript code made of Wasm functions (see codegen) and the machine know of each other. Generated code runs a
// function as far as it can and *leaves* otherwise: it writes its frame where the machine would have it, says in the
// state where it stands, and returns to its caller, which does the same. The machine goes on from there.

/**
 * Calls between generated functions use JavaScript's stack: so many Wasm calls may be active there at once, and no
 * frame of a generated function has more lanes. Beyond, the machine goes on, whose stack is its own.
 */
export const MAX_GENERATED_DEPTH = 160;
export const MAX_GENERATED_LANES = 320;

/** Why generated code left. */
/** Before an instruction of a charged block. */
export const LEFT = 1;
/** Before a block that is not charged. */
export const LEFT_AT_BLOCK = 2;
/** A load or store at `pc` was out of bounds. */
export const LEFT_OUT_OF_BOUNDS = 3;
/** What the machine did on behalf of generated code threw, paused or waits: the driver knows. */
export const LEFT_WITH_MACHINE = 4;

/** In `MachineState.entries`: the function has generated code. */
export const GENERATED = -1;

/** Runs a function, see `codegen/function.ts`: returns the gas left, its result in `WORDS`; -1 if it has left. */
export type GeneratedFunction = (
  s: MachineState,
  gas: number,
  standing: number,
  ...lanes: number[]
) => number;
/** Runs a function whose arguments are in the frame at `s.fp`, where its result is put. */
export type Adapter = (s: MachineState) => void;

/** Goes on with a function, whose frame is at `s.fp`, in its loop of this number. */
export type Resumer = (s: MachineState, loop: number) => void;

/**
 * A function by its number among those that the module defines, and how to run it; how to go on in its loops, and the
 * blocks that begin them, in words into its code.
 */
export type Generated = readonly [
  index: number,
  call: GeneratedFunction,
  adapter: Adapter,
  resumer?: Resumer,
  loops?: readonly number[],
];

/** Through which generated code calls a function, so that what is called can be replaced. */
export class Cell {
  readonly index: number;
  call: GeneratedFunction = interpret;

  constructor(index: number) {
    this.index = index;
  }
}

function interpret(this: Cell, s: MachineState, gas: number, standing: number, ...lanes: number[]): number {
  s.gas = gas;
  return s.driver.interpret(this.index, standing >> 8, spOf(s, standing), lanes);
}

/** A standing is `fp * 256 + n`: n more calls may be active, this one included, so `sp` follows from the limit. */
const spOf = (s: MachineState, standing: number): number => s.generatedLimit + 1 - (standing & 255);

/** The generated functions of one module's code. */
export class GeneratedCode {
  readonly code: Code;
  readonly cells: readonly Cell[];
  readonly adapters: (Adapter | undefined)[];
  private readonly resumers = new Map<number, { readonly run: Resumer; readonly loops: readonly number[] }>();
  /** `code.entries`, and -1 where there is generated code. */
  readonly entries: Int32Array;
  private generation: number;

  constructor(code: Code) {
    this.code = code;
    this.generation = code.generation;
    this.cells = Array.from(code.module.bodies, (_, index) => new Cell(index));
    this.adapters = new Array(code.module.bodies.length).fill(undefined);
    this.entries = code.entries.slice();
  }

  /** Forgets entries that the code has forgotten. */
  refresh(): void {
    const { code, entries } = this;
    if (this.generation === code.generation) return;
    this.generation = code.generation;
    for (let i = 0; i < entries.length; i++) if (entries[i] !== GENERATED) entries[i] = code.entries[i]!;
  }

  /** From now on these functions are run by this. */
  install(made: readonly Generated[]): void {
    for (const [index, call, adapter, run, loops] of made) {
      this.cells[index]!.call = call;
      this.adapters[index] = adapter;
      this.entries[index] = GENERATED;
      if (run !== undefined && loops !== undefined) this.resumers.set(index, { run, loops });
    }
  }

  /** Goes on with function `index` at a block so many words into its code; undefined if it cannot there. */
  resumer(index: number, block: number): Adapter | undefined {
    const found = this.resumers.get(index);
    const loop = found === undefined ? -1 : found.loops.indexOf(block);
    return loop < 0 ? undefined : (s) => found!.run(s, loop + 1);
  }
}

/** Decides for a machine which functions have generated code. */
export interface Tier {
  /** undefined if that code is not to be replaced: code that reports what it does, say. */
  generatedCode(code: Code): GeneratedCode | undefined;
  /** Function `index` is about to be called for the first time by the machine. */
  lowered(generated: GeneratedCode, index: number): void;
  /** The machine is running function `index`, after every slice of gas: what is told most is hot. */
  sampled(generated: GeneratedCode, index: number): void;
  /** Generated code is about to call function `index`, which is not generated. */
  interpreted(generated: GeneratedCode, index: number): void;
}

/** Scratch for generated code: one word pair as int32, f64 and f32. Also the frame of operators run out of line. */
const scratch = new ArrayBuffer(32);
export const WORDS = new Int32Array(scratch);
export const DOUBLES = new Float64Array(scratch);
export const FLOATS = new Float32Array(scratch);

const OUT_OF_LINE = Int32Array.of(0, 0, 2, 4);

/**
 * The i64 of functions that have them in slots, see codegen: as unsigned and signed words, and as lanes. Behind them the
 * powers of 2, as V8 shifts BigInts by constants only.
 */
export const SLOTS = new BigUint64Array(128 + 64);
for (let i = 0; i < 64; i++) SLOTS[128 + i] = 1n << BigInt(i);
export const SIGNED_SLOTS = new BigInt64Array(SLOTS.buffer);
export const SLOT_LANES = new Int32Array(SLOTS.buffer);

/**
 * Divides slot `a` by slot `b`, one of which is 2^63 or more: quotient to slot `d`, remainder to the last one. V8 divides
 * signed words only.
 */
function divideSlots(d: number, a: number, b: number): void {
  const [r, lanes] = [REMAINDER, SLOT_LANES];
  if (SIGNED_SLOTS[b]! < 0n) SLOTS[d] = 0n;
  else {
    // The dividend is halved, so this may be 1 too small.
    SLOTS[r] = SLOTS[a]! >> 1n;
    SIGNED_SLOTS[d] = SIGNED_SLOTS[r]! / SIGNED_SLOTS[b]!;
    SLOTS[d] = SLOTS[d]! << 1n;
  }
  SLOTS[r] = SLOTS[a]! - SLOTS[d]! * SLOTS[b]!;
  const [rh, bh] = [lanes[2 * r + 1]! >>> 0, lanes[2 * b + 1]! >>> 0];
  if (rh > bh || (rh === bh && lanes[2 * r]! >>> 0 >= lanes[2 * b]! >>> 0)) {
    SLOTS[d] = SLOTS[d]! + 1n;
    SLOTS[r] = SLOTS[r]! - SLOTS[b]!;
  }
}
const REMAINDER = 127;

/** Asks the driver, which may ask someone who runs code with slots. */
function cover(s: MachineState, reach: number): boolean {
  const kept = SLOT_LANES.slice();
  const isCovered = s.driver.cover(reach);
  SLOT_LANES.set(kept);
  return isCovered;
}

/** The frames, with room for so many lanes of this one. */
function room(s: MachineState, standing: number, lanes: number): Int32Array {
  const end = (standing >> 8) + lanes;
  if (s.i32.length < end) s.driver.reserve(end);
  return s.i32;
}

/**
 * Leaves function `func` before the instruction so many words into its code. (Addresses differ from run to run, as
 * functions are lowered when they are needed; that of generated code is needed only now.)
 */
function leave(s: MachineState, status: number, func: number, offset: number, standing: number): void {
  s.status = status;
  s.pc = s.driver.entryOf(func) + offset;
  s.fp = standing >> 8;
  s.sp = spOf(s, standing);
}

type Refiller = (
  s: MachineState,
  gas: number,
  reach: number,
  func: number,
  offset: number,
  standing: number,
) => number;

function refiller(status: number): Refiller {
  return (s, gas, reach, func, offset, standing) => {
    s.gas = gas;
    if (cover(s, reach)) return s.gas;
    leave(s, status, func, offset, standing);
    return -1;
  };
}

type Divider = (al: number, ah: number, bl: number, bh: number) => void;

function divider(divide: (I: Int32Array, d: number, a: number, b: number) => void): Divider {
  return (al, ah, bl, bh) => {
    WORDS[2] = al;
    WORDS[3] = ah;
    WORDS[4] = bl;
    WORDS[5] = bh;
    divide(WORDS, 0, 2, 4);
  };
}

/** What generated code calls, as `h`. Places are a function's number and how many words into its code. */
export const HELPERS = {
  room,

  /** The gas, at least `reach`, once the slice is refilled; -1 if generated code has to leave before a block. */
  refill: refiller(LEFT_AT_BLOCK),
  /** The same in the middle of a block. */
  refillWithin: refiller(LEFT),
  /** The same where a function begins, which leaves as well if too many calls are active. */
  enter(s: MachineState, gas: number, reach: number, func: number, standing: number): number {
    s.gas = gas;
    if ((standing & 255) > 0 && cover(s, reach)) return s.gas;
    leave(s, LEFT_AT_BLOCK, func, 0, standing);
    return -1;
  },

  leave(s: MachineState, gas: number, func: number, offset: number, standing: number): void {
    s.gas = gas;
    leave(s, LEFT, func, offset, standing);
  },

  /** What was thrown is a trap if an access was under way at `offset`; anything else is nobody's fault but ours. */
  fault(s: MachineState, error: unknown, gas: number, func: number, offset: number, standing: number): void {
    if (!(error instanceof RangeError) || offset === 0) throw error;
    s.gas = gas;
    leave(s, LEFT_OUT_OF_BOUNDS, func, offset, standing);
  },

  /** The caller, which goes on at `offset`, of a function that left is about to leave, too. */
  unwind(s: MachineState, standing: number, func: number, offset: number): void {
    s.driver.unwind(spOf(s, standing), s.driver.entryOf(func) + offset);
  },

  saveBig(s: MachineState, standing: number, lane: number, value: bigint): void {
    HELPERS.save(
      s,
      standing,
      lane,
      Number(BigInt.asIntN(32, value)),
      Number(BigInt.asIntN(32, value >> 32n)),
    );
  },
  /** Writes a value to a lane of the frame. */
  save(s: MachineState, standing: number, lane: number, lo: number, hi: number): void {
    const I = room(s, standing, lane + 2);
    const at = (standing >> 8) + lane;
    I[at] = lo;
    I[at + 1] = hi;
  },
  saveF64(
    s: MachineState,
    standing: number,
    lane: number,
    value: number,
    nanLo = 0,
    nanHi = 0x7ff80000,
  ): void {
    // biome-ignore lint/suspicious/noSelfCompare: the cheapest test for NaN on every engine
    if (value === value) {
      room(s, standing, lane + 2);
      s.f64[((standing >> 8) + lane) >> 1] = value;
    } else HELPERS.save(s, standing, lane, nanLo, nanHi);
  },
  saveF32(s: MachineState, standing: number, lane: number, value: number, nan = 0x7fc00000): void {
    // biome-ignore lint/suspicious/noSelfCompare: the cheapest test for NaN on every engine
    if (value === value) {
      room(s, standing, lane + 2);
      s.f32[(standing >> 8) + lane] = value;
    } else HELPERS.save(s, standing, lane, nan, 0);
  },

  /** Calls imported function `index`, whose arguments are from lane `at` of the frame on; the gas left, or -1 to leave. */
  host(
    s: MachineState,
    gas: number,
    index: number,
    at: number,
    func: number,
    offset: number,
    standing: number,
  ): number {
    s.gas = gas;
    leave(s, 0, func, offset, standing);
    return s.driver.hostFromGenerated(index, s.fp + at);
  },

  // The divisions of i64: operands in scratch, result as well.
  divideUnsigned: divider(int64.divideUnsigned),
  divideSigned: divider(int64.divideSigned),
  remainderUnsigned: divider(int64.remainderUnsigned),
  remainderSigned: divider(int64.remainderSigned),

  divideSlots,
  remainderSlots(d: number, a: number, b: number): void {
    divideSlots(d, a, b);
    SLOTS[d] = SLOTS[REMAINDER]!;
  },

  /** Runs an operator out of line: operands and result in the scratch words. Negative if it traps. */
  cold(s: MachineState, op: number, al: number, ah: number, bl = 0, bh = 0): number {
    WORDS[2] = al;
    WORDS[3] = ah;
    WORDS[4] = bl;
    WORDS[5] = bh;
    OUT_OF_LINE[0] = op;
    return cold(s, OUT_OF_LINE, WORDS, DOUBLES, FLOATS, 0, 0);
  },

  /** Runs all but the last iteration of a bulk loop, whose lanes are in the frame; the gas that is left. */
  bulk(s: MachineState, func: number, block: number, standing: number, gas: number): number {
    s.gas = gas;
    return s.driver.bulkFromGenerated(s.driver.entryOf(func) + block, standing >> 8);
  },

  /** Globals that the module imports. */
  globalLow(s: MachineState, index: number): number {
    const { lanes, at } = s.instance.globals[index]!;
    return lanes[at]!;
  },
  globalHigh(s: MachineState, index: number): number {
    const { lanes, at } = s.instance.globals[index]!;
    return lanes[at + 1]!;
  },
  setGlobal(s: MachineState, index: number, lo: number, hi: number): void {
    const { lanes, at } = s.instance.globals[index]!;
    lanes[at] = lo;
    lanes[at + 1] = hi;
  },
};
