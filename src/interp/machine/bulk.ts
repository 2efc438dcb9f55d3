import type {
  BulkLoop,
  Carry,
  Copy,
  Fill,
  FillStore,
  Region,
  Repetition,
  Shift,
  Sum,
} from "../lower/bulk/loop.ts";
import type { MachineState } from "./state.ts";

/** Fewer iterations take the loop less time than finding out about them. */
const MIN_ITERATIONS = 3;

/**
 * Runs all but the last iteration of a loop that is about to be entered, and returns their gas; the loop's own
 * block runs the last one. `gas` covers that one, too: where it does not reach to the end, the iterations it pays for
 * are all there are, so that the machine stops where it would without this.
 *
 * Does nothing and returns 0 where the effect could differ from that of the iterations one by one: an address that
 * is out of bounds or wraps around, stores into what is still to be loaded.
 */
export function bulk(s: MachineState, loop: BulkLoop, fp: number, gas: number): number {
  const { cost, repetition, effect } = loop;
  const I = s.i32;
  const iterations = Math.min(repetitions(repetition, I, fp), Math.floor(gas / cost) - 1);
  if (iterations < MIN_ITERATIONS) return 0;
  const isDone = effect.kind === "copy" ? copy(s, effect, fp, iterations) : fill(s, effect, fp, iterations);
  if (!isDone) return 0;
  const { advancing, steps } = loop;
  for (let i = 0; i < advancing.length; i++) {
    const at = fp + advancing[i]!;
    I[at] = I[at]! + Math.imul(steps[i]!, iterations);
  }
  return iterations * cost;
}

/** Gas of what is left of the loop at whose start the machine stands, if it is run in bulk; at least its block's. */
export function bulkGas({ i32, fp }: MachineState, { cost, repetition }: BulkLoop): number {
  return cost * (repetitions(repetition, i32, fp) + 1);
}

/** How often the loop goes round at least. */
function repetitions(
  { moving, limit, step, order, isInclusive }: Repetition,
  I: Int32Array,
  fp: number,
): number {
  const from = evaluate(moving, I, fp);
  const to = evaluate(limit, I, fp);
  let distance: number;
  if (order === "unequal") {
    // As many times as the step fits in: it is equal then, or goes past, and cannot have been equal before.
    return Math.floor(((step < 0 ? from - to : to - from) >>> 0) / Math.abs(step));
  }
  if (order === "signed") distance = step < 0 ? from - to : to - from;
  else distance = step < 0 ? (from >>> 0) - (to >>> 0) : (to >>> 0) - (from >>> 0);
  if (isInclusive) distance++;
  return distance <= 0 ? 0 : Math.ceil(distance / Math.abs(step));
}

/** The value of a sum over the frame at `fp`, as an int32. */
function evaluate({ lanes, factors, constant }: Sum, I: Int32Array, fp: number): number {
  let value = constant;
  for (let i = 0; i < lanes.length; i++) value = (value + Math.imul(I[fp + lanes[i]!]!, factors[i]!)) | 0;
  return value;
}

/** The least of the bases of so many iterations; -1 if an address among them wraps around or is out of bounds. */
function leastBase(s: MachineState, region: Region, first: number, iterations: number): number {
  const last = first + (iterations - 1) * region.step;
  const low = Math.min(first, last);
  const high = Math.max(first, last);
  // The address and the instruction's offset add up to 33 bits, but the address itself has 32.
  if (low < 0 || high + region.reach > 0xffffffff) return -1;
  return high + region.end > s.bytes.length ? -1 : low;
}

function copy(s: MachineState, loop: Copy, fp: number, iterations: number): boolean {
  const { source, target, shift } = loop;
  const { i32: I, bytes } = s;
  const first = evaluate(source.base, I, fp) >>> 0;
  const low = leastBase(s, source, first, iterations);
  const lowTarget = leastBase(s, target, evaluate(target.base, I, fp) >>> 0, iterations);
  if (low < 0 || lowTarget < 0) return false;

  let from = low + loop.from;
  if (shift !== undefined) {
    const bits = shiftOf(s, shift, fp, first - source.step);
    if (bits === 0) return false;
    from += bits >> 3;
  }
  const length = iterations * Math.abs(target.step);
  const to = lowTarget + target.start;
  const loadsBegin = low + source.start;
  const loadsEnd = low + (iterations - 1) * Math.abs(source.step) + source.end;
  const isApart = to >= loadsEnd || to + length <= loadsBegin;
  // Otherwise every byte must be loaded before the loop comes along to overwrite it.
  if (!isApart && !(loop.isInOrder && (target.step > 0 ? to <= from : to >= from))) return false;

  if (shift?.carry !== undefined) {
    const at = first + (iterations - 1) * source.step + shift.carry.position;
    const word = s.view.getInt32(at, true);
    bytes.copyWithin(to, from, from + length);
    I[fp + shift.carry.lane] = word;
  } else {
    bytes.copyWithin(to, from, from + length);
  }
  return true;
}

/**
 * By how many bits (8, 16 or 24) words are shifted; 0 if this is no shift by bytes, or if the word carried into the
 * loop is not the one in memory at the carry's position from `base`.
 */
function shiftOf(s: MachineState, { right, left, carry }: Shift, fp: number, base: number): number {
  const bits = evaluate(right, s.i32, fp) & 31;
  if ((bits & 7) !== 0 || bits === 0 || (evaluate(left, s.i32, fp) & 31) + bits !== 32) return 0;
  return carry === undefined || isInMemory(s, carry, fp, base, bits) ? bits : 0;
}

/** Whether memory agrees with the carried word in the bits that the loop will use. */
function isInMemory(
  s: MachineState,
  { lane, position, isLow }: Carry,
  fp: number,
  base: number,
  bits: number,
): boolean {
  const at = base + position;
  if (at < 0 || at + 4 > s.bytes.length) return false;
  const difference = s.view.getInt32(at, true) ^ s.i32[fp + lane]!;
  return (isLow ? difference >>> bits : difference << (32 - bits)) === 0;
}

function fill(
  s: MachineState,
  { target, stores, isContiguous }: Fill,
  fp: number,
  iterations: number,
): boolean {
  const low = leastBase(s, target, evaluate(target.base, s.i32, fp) >>> 0, iterations);
  if (low < 0) return false;
  const stride = Math.abs(target.step);
  const end = low + iterations * stride;
  if (!isContiguous) {
    for (let at = low; at < end; at += stride) storeAll(s, stores, fp, at);
    return true;
  }
  storeAll(s, stores, fp, low);
  repeat(s.bytes, low + target.start, stride, iterations * stride);
  return true;
}

function storeAll(
  { view, i32: I }: MachineState,
  stores: readonly FillStore[],
  fp: number,
  base: number,
): void {
  for (const { position, width, low, high } of stores) {
    const at = base + position;
    const word = evaluate(low, I, fp);
    if (width === 1) view.setInt8(at, word);
    else if (width === 2) view.setInt16(at, word, true);
    else {
      view.setInt32(at, word, true);
      if (width === 8) view.setInt32(at + 4, evaluate(high, I, fp), true);
    }
  }
}

/** Repeats the `period` bytes at `start` until there are `length`. */
function repeat(bytes: Uint8Array, start: number, period: number, length: number): void {
  const first = bytes[start]!;
  let same = 1;
  while (same < period && bytes[start + same] === first) same++;
  if (same === period) {
    bytes.fill(first, start, start + length);
    return;
  }
  for (let done = period; done < length; done *= 2) {
    bytes.copyWithin(start + done, start, start + Math.min(done, length - done));
  }
}
