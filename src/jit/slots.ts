import type { Code } from "../interp/machine/code.ts";
import { readInstruction } from "../interp/reference/instruction.ts";

/** Fewer products than that, absolutely or of all that is computed with i64, are not worth it: sums are faster in lanes. */
const MIN_PRODUCTS = 4;
const MIN_SHARE = 1 / 12;

/** Whether the function's i64 can be in slots, as it calls nothing, and are better there, as it multiplies a lot. */
export function isForSlots({ module }: Code, index: number, anyway: boolean): boolean {
  const { start, end } = module.bodies[index]!;
  let [products, all] = [0, 0];
  for (let at = start; at < end; ) {
    const { operator, next } = readInstruction(module.bytes, at);
    at = next;
    const { name } = operator;
    if (name === "call" || name === "call_indirect") return false;
    if (!name.startsWith("i64.") || name === "i64.const") continue;
    all++;
    if (name === "i64.mul") products++;
  }
  return anyway || (products >= MIN_PRODUCTS && products >= all * MIN_SHARE);
}

/**
 * Whether this is V8, by the form of its stack traces, from version 11 on, by a method that is as old: what others make
 * of BigInts takes a hundred times as long. Results are the same.
 */
export function isRecentV8(): boolean {
  const isV8 = new Error("x").stack?.startsWith("Error: x\n    at ") === true;
  return isV8 && "toWellFormed" in String.prototype;
}
