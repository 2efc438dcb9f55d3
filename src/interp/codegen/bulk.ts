import type { BulkLoop, Repetition, Sum } from "../lower/bulk/loop.ts";
import { bulkAt, type Code } from "../machine/code.ts";
import { isFloat } from "./operand.ts";
import { RESET, type Writer } from "./writer.ts";

/** The lanes that a bulk loop reads, and those that running it in bulk changes. */
function lanesOfLoop({ repetition, effect, advancing }: BulkLoop): {
  read: number[];
  written: number[];
} {
  const sums: Sum[] = [repetition.moving, repetition.limit, effect.target.base];
  const written = [...advancing];
  const read = [...advancing];
  if (effect.kind === "fill") sums.push(...effect.stores.flatMap(({ low, high }) => [low, high]));
  else {
    sums.push(effect.source.base);
    const { shift } = effect;
    if (shift !== undefined) {
      sums.push(shift.right, shift.left);
      if (shift.carry !== undefined) {
        read.push(shift.carry.lane);
        written.push(shift.carry.lane);
      }
    }
  }
  read.push(...sums.flatMap(({ lanes }) => lanes));
  return { read: [...new Set(read)], written: [...new Set(written)] };
}

/** Fewer rounds take generated code less time than going to the machine and back. */
const MIN_ROUNDS = 32;

/** Statements before a loop that run it in bulk, if the machine does: its lanes go to the frame and come back. */
export function bulkStatements(code: Code, index: number, block: number, w: Writer): string {
  const loop = block < 0 ? undefined : bulkAt(code, code.entries[index]! + block);
  if (loop === undefined) return "";
  const { read, written } = lanesOfLoop(loop);
  const isInteger = (lane: number): boolean => {
    const type = w.localTypes[lane >> 1];
    return type !== undefined && !isFloat(type);
  };
  if (![...read, ...written].every(isInteger)) return "";
  const name = (lane: number): string => ((lane & 1) === 0 ? w.low(lane >> 1) : w.high(lane >> 1));
  const writes = read.map((lane) => `I[fp + ${lane} | 0] = ${name(lane)};`);
  const reads = written.map((lane) => `${name(lane)} = I[fp + ${lane} | 0];`);
  const run = `g = h.bulk(s, ${index}, ${block}, x, g) | 0;`;
  const test = manyRounds(loop.repetition, name);
  return `if (${test}) { ${RESET} const I = h.room(s, x, ${code.frames[index]!}), fp = x >> 8; ${writes.join(" ")} ${run} ${reads.join(" ")} } `;
}

/** A condition that holds where the loop is worth it. It may err: how often it goes round is the machine's to say. */
function manyRounds({ moving, limit, step, order }: Repetition, name: (lane: number) => string): string {
  const sum = ({ lanes, factors, constant }: Sum): string =>
    lanes.reduce((rest, lane, i) => {
      const factor = factors[i]!;
      return `${rest} + ${factor === 1 ? name(lane) : `Math.imul(${name(lane)}, ${factor})`}`;
    }, `${constant}`);
  const [from, to] = step < 0 ? [limit, moving] : [moving, limit];
  const distance = `${sum(to)} - (${sum(from)}) ${order === "unequal" ? ">>> 0" : "| 0"}`;
  return `(${distance}) >= ${MIN_ROUNDS * Math.abs(step)}`;
}
