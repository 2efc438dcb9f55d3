import type { ModuleDraft } from "../draft.ts";
import type { FunctionBody, ValType } from "../module.ts";
import type { Reader } from "../reader.ts";
import type { Section } from "./section.ts";
import { readValType } from "./types.ts";

const MAX_U32 = 0xffff_ffff;

/** A run of locals of one type. */
interface Locals {
  readonly count: number;
  readonly type: ValType;
}
const NO_LOCALS: readonly Locals[] = [];

export const codeSection: Section = {
  id: 10,
  name: "code",
  read(reader, module) {
    const at = reader.pos;
    const sectionEnd = reader.end;
    const count = reader.count(2, "functions", module.importedFunctionCount);
    if (count !== module.functions.length - module.importedFunctionCount) {
      throw reader.malformed("function and code section have inconsistent lengths", at);
    }
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      const sizeAt = reader.pos;
      const size = reader.u32();
      if (size > reader.left) throw reader.unexpectedEnd();
      reader.limit("functionBodySize", size, sizeAt);
      reader.end = reader.pos + size;
      module.bodies.push(readBody(reader, module, i));
      reader.pos = reader.end;
      reader.end = sectionEnd;
    }
  },
};

/** Reads the local declarations and passes over the code, which `validate` reads. */
function readBody(reader: Reader, module: ModuleDraft, bodyIndex: number): FunctionBody {
  const at = reader.pos;
  const runs = reader.u32();
  if (runs * 2 > reader.left) throw reader.unexpectedEnd();
  const locals = runs === 0 ? NO_LOCALS : readLocals(reader, module, runs);
  let localCount = 0;
  for (const { count } of locals) localCount += count;
  const type = module.types[module.functions[module.importedFunctionCount + bodyIndex]!];
  reader.limit("locals", localCount + (type?.params.length ?? 0), at);
  return { locals, localCount, start: reader.pos, end: reader.end };
}

function readLocals(reader: Reader, module: ModuleDraft, runs: number): Locals[] {
  const at = reader.pos;
  const locals: Locals[] = [];
  let total = 0;
  for (let i = 0; i < runs; i++) {
    const count = reader.u32();
    total += count;
    // Spec, Binary Format, Code Section: the sum must fit 32 bits.
    if (total > MAX_U32) throw reader.malformed("too many locals", at);
    const type = readValType(reader, module);
    if (count > 0) locals.push({ count, type });
  }
  return locals;
}
