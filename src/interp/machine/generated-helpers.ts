import * as int64 from "../numeric/int64.ts";
import { cold } from "./cold.ts";
import { LEFT, LEFT_AT_BLOCK, LEFT_OUT_OF_BOUNDS, spOf } from "./generated.ts";
import { divideSlots, REMAINDER, SLOT_LANES, SLOTS } from "./slots.ts";
import type { MachineState } from "./state.ts";

/** Scratch for generated code: one word pair as int32, f64 and f32. Also the frame of operators run out of line. */
const scratch = new ArrayBuffer(32);
export const WORDS = new Int32Array(scratch);
export const DOUBLES = new Float64Array(scratch);
export const FLOATS = new Float32Array(scratch);

const OUT_OF_LINE = Int32Array.of(0, 0, 2, 4);

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

  /**
   * Copies bytes of memory, at so much gas for each: what is left, or -1, with nothing done, where the machine has to
   * trap or to refill.
   */
  copyMemory(s: MachineState, gas: number, to: number, from: number, count: number, cost: number): number {
    const [target, source, length] = [to >>> 0, from >>> 0, count >>> 0];
    const left = gas - length * cost;
    if (Math.max(target, source) + length > s.bytes.length || left < 0) return -1;
    s.bytes.copyWithin(target, source, source + length);
    return left;
  },
  /** The same for filling them. */
  fillMemory(s: MachineState, gas: number, to: number, value: number, count: number, cost: number): number {
    const [target, length] = [to >>> 0, count >>> 0];
    const left = gas - length * cost;
    if (target + length > s.bytes.length || left < 0) return -1;
    s.bytes.fill(value, target, target + length);
    return left;
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
