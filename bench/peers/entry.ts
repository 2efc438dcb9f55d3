import { signedLeb, unsignedLeb } from "../subjects/leb128.ts";

const [TYPE, FUNCTION, EXPORT, CODE] = [1, 3, 7, 10];
const HEADER = 8;

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
    const [count, start] = readUnsigned(section.content, 0);
    return { count, content: section.content.subarray(start) };
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

function sectionsOf(module: Uint8Array): { readonly id: number; readonly content: Uint8Array }[] {
  const sections: { id: number; content: Uint8Array }[] = [];
  for (let at = HEADER; at < module.length; ) {
    const id = module[at]!;
    const [size, start] = readUnsigned(module, at + 1);
    sections.push({ id, content: module.subarray(start, start + size) });
    at = start + size;
  }
  return sections;
}

function exportedFunction(exports: Uint8Array, name: string): number {
  for (let at = 0; at < exports.length; ) {
    const [length, start] = readUnsigned(exports, at);
    const found = new TextDecoder().decode(exports.subarray(start, start + length));
    const kind = exports[start + length]!;
    const [index, end] = readUnsigned(exports, start + length + 1);
    if (kind === 0 && found === name) return index;
    at = end;
  }
  throw new Error(`the module exports no function ${name}`);
}

/** The value and where it ends. */
function readUnsigned(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}
