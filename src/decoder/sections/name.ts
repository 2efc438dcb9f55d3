import type { DecoderLimits } from "../limits.ts";
import type { CustomSection, Names } from "../module.ts";
import { Reader } from "../reader.ts";
import { readText, tolerantly } from "./tolerant.ts";

const MODULE_NAME = 0;
const FUNCTION_NAMES = 1;

/**
 * Reads the names of the first custom section called `name` (spec, Appendix, Custom Sections, Name Section).
 * Errors in it must not make a module invalid, so reading stops at the first one and what came before it counts;
 * of two names for one function the first does.
 */
export function readNames(sections: readonly CustomSection[], limits: DecoderLimits): Names {
  const names: { module: string | undefined; functions: Map<number, string> } = {
    module: undefined,
    functions: new Map(),
  };
  const section = sections.find(({ name }) => name === "name");
  if (section === undefined) return names;
  const reader = new Reader(section.bytes, limits);
  tolerantly(() => {
    while (reader.left > 0) {
      const id = reader.u8();
      const size = reader.u32();
      const sectionEnd = reader.end;
      const end = Math.min(reader.pos + size, sectionEnd);
      reader.end = end;
      if (id === MODULE_NAME) names.module ??= readText(reader);
      if (id === FUNCTION_NAMES) readFunctionNames(reader, names.functions);
      reader.pos = end;
      reader.end = sectionEnd;
    }
  });
  return names;
}

function readFunctionNames(reader: Reader, names: Map<number, string>): void {
  for (let count = reader.u32(); count > 0; count--) {
    const index = reader.u32();
    const name = readText(reader);
    if (name !== undefined && !names.has(index)) names.set(index, name);
  }
}
