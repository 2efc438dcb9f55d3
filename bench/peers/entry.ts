import { DEFAULT_LIMITS } from "../../src/decoder/limits.ts";
import { Reader } from "../../src/decoder/reader.ts";
import { signedLeb, unsignedLeb } from "../subjects/leb128.ts";

const [TYPE, FUNCTION, EXPORT, CODE] = [1, 3, 7, 10];
const HEADER = 8;

interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

/**
 * The module with a single export, `main`, that takes nothing and gives an i32: what its export `run` gives for
 * `argument`, or 0 without calling it. For interpreters that pass no arguments. The code is the same.
 * @param module one that imports nothing and exports `run: (i32) -> i32`
 * @throws Error for another
 */
export function withEntry(module: Uint8Array, argument: number, calls: 0 | 1): Uint8Array {
  const sections = sectionsOf(module);
  const vector = (id: number): { count: number; content: Uint8Array } => {
    const section = sections.find((section) => section.id === id);
    if (section === undefined) throw new Error(`the module has no section ${id}`);
    const reader = new Reader(section.content, DEFAULT_LIMITS);
    const count = reader.u32();
    return { count, content: reader.take(reader.left) };
  };
  const [types, functions, bodies] = [vector(TYPE), vector(FUNCTION), vector(CODE)];
  const run = exportedFunction(vector(EXPORT).content, "run");
  const code = calls === 0 ? [0x41, 0] : [0x41, ...signedLeb(BigInt(argument)), 0x10, ...unsignedLeb(run)];
  const body = [0, ...code, 0x0b];
  const replaced = new Map<number, readonly number[]>([
    [TYPE, [...unsignedLeb(types.count + 1), ...types.content, 0x60, 0, 1, 0x7f]],
    [FUNCTION, [...unsignedLeb(functions.count + 1), ...functions.content, ...unsignedLeb(types.count)]],
    [EXPORT, [1, 4, ...new TextEncoder().encode("main"), 0, ...unsignedLeb(functions.count)]],
    [CODE, [...unsignedLeb(bodies.count + 1), ...bodies.content, ...unsignedLeb(body.length), ...body]],
  ]);
  const bytes = sections.flatMap(({ id, content }) => {
    const found = replaced.get(id) ?? [...content];
    return [id, ...unsignedLeb(found.length), ...found];
  });
  return Uint8Array.from([...module.subarray(0, HEADER), ...bytes]);
}

function sectionsOf(module: Uint8Array): Section[] {
  const sections: Section[] = [];
  const reader = new Reader(module, DEFAULT_LIMITS, HEADER);
  while (reader.left > 0) sections.push({ id: reader.u8(), content: reader.take(reader.u32()) });
  return sections;
}

function exportedFunction(exports: Uint8Array, name: string): number {
  const reader = new Reader(exports, DEFAULT_LIMITS);
  while (reader.left > 0) {
    const found = reader.name();
    const kind = reader.u8();
    const index = reader.u32();
    if (kind === 0 && found === name) return index;
  }
  throw new Error(`the module exports no function ${name}`);
}
