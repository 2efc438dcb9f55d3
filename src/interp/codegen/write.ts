import type { ValType } from "../../decoder/module.ts";
import type { Code } from "../machine/code.ts";
import { adapterOf, assemble, assembleResumed, resumerOf } from "./assemble.ts";
import { FunctionWriter } from "./function.ts";
import { isFloat } from "./operand.ts";
import { type LocalForm, Writer } from "./writer.ts";

/**
 * A function that calls itself is written twice, each calling the other, up to so many bytes of Wasm: V8 puts a small
 * function in place of its call, but not into itself.
 */
const MAX_COPIED_BYTES = 150;

/** A function as JavaScript source. */
export interface GeneratedSource {
  readonly index: number;
  /** Declares `f<index>`, and `e<index>` for the machine to call it by; with loops, `o<index>` to go on in one. */
  readonly source: string;
  readonly callees: readonly number[];
  /** The blocks, in words into the machine's code, that begin the loops in which it can go on. */
  readonly loops: readonly number[];
}

/**
 * Writes the defined function `index`, which has been lowered.
 *
 * @param hasSlots whether its i64 are in slots, if there are enough; for functions that call nothing
 * @throws NotGenerated if it has to stay in the machine
 */
export function writeFunction(code: Code, index: number, hasSlots = false): GeneratedSource {
  const { module } = code;
  const { params } = module.types[module.functions[module.importedFunctionCount + index]!]!;
  const { locals } = module.bodies[index]!;
  const types = [...params, ...locals.flatMap(({ count, type }) => new Array<ValType>(count).fill(type))];
  let forms = types.map((type, i): LocalForm => {
    if (!isFloat(type)) return "lanes";
    return i < params.length ? "number-with-lanes" : "number";
  });
  // Whether a float local may hold a NaN that is not canonical is known once all is written that sets it.
  for (;;) {
    const w = new Writer(types, forms, hasSlots);
    const usual = new FunctionWriter(code, index, "usual", w);
    const parts = usual.write();
    if (w.isOutOfSlots) return writeFunction(code, index);
    if (w.isStale) {
      forms = w.forms;
      continue;
    }
    const name = `f${index}`;
    const { start, end } = module.bodies[index]!;
    const isTwice = usual.isRecursive && end - start <= MAX_COPIED_BYTES;
    const sources = isTwice
      ? [assemble(parts, name, `b${index}`), assemble(parts, `b${index}`, name)]
      : [assemble(parts, name, name)];
    sources.push(adapterOf(parts));
    if (parts.refills.size > 0) {
      const resumed = new FunctionWriter(code, index, "resumed", new Writer(types, forms, hasSlots));
      sources.push(assembleResumed(resumed.write()), resumerOf(parts));
    }
    const loops = Array.from(
      { length: Math.max(0, ...parts.refills.keys()) },
      (_, i) => parts.refills.get(i + 1) ?? -1,
    );
    return { index, source: sources.join("\n"), callees: usual.callees, loops };
  }
}
