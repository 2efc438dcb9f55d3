import * as OP from "./instructions.ts";
import { type MachineState, STATUS_OUT_OF_LINE } from "./state.ts";
import { vector } from "./vector.ts";

/** A trap as the loop's status, negated. */
const OUT_OF_BOUNDS_TABLE = -16;

/**
 * Instructions for what came after 1.0: references, tables and vectors. Returns the address of the next instruction, or a
 * negated status.
 */
export function extended(s: MachineState, code: Int32Array, I: Int32Array, pc: number, fp: number): number {
  const { instance } = s;
  const d = fp + code[pc + 1]!;
  switch (code[pc]) {
    case OP.IMPORTED_VECTOR_GET: {
      const { lanes, at } = instance.globals[code[pc + 2]!]!;
      for (let i = 0; i < 4; i++) I[d + i] = lanes[at + i]!;
      return pc + 3;
    }
    case OP.IMPORTED_VECTOR_SET: {
      const { lanes, at } = instance.globals[code[pc + 1]!]!;
      const a = fp + code[pc + 2]!;
      for (let i = 0; i < 4; i++) lanes[at + i] = I[a + i]!;
      return pc + 3;
    }
    case OP.REFERENCE_GLOBAL_GET:
      I[d] = instance.store.references.numberOf(instance.globals[code[pc + 2]!]!.reference);
      return pc + 3;
    case OP.REFERENCE_GLOBAL_SET:
      instance.globals[code[pc + 1]!]!.reference = instance.store.references.referenceOf(
        I[fp + code[pc + 2]!]!,
      );
      return pc + 3;
    case OP.REF_FUNC:
      I[d] = instance.store.references.numberOf(instance.funcs.at(code[pc + 2]!)!);
      return pc + 3;
    case OP.TABLE_GET: {
      const { elements } = instance.tables[code[pc + 3]!]!;
      const index = I[fp + code[pc + 2]!]! >>> 0;
      if (index >= elements.length) return OUT_OF_BOUNDS_TABLE;
      I[d] = instance.store.references.numberOf(elements[index]!);
      return pc + 4;
    }
    case OP.TABLE_SIZE:
      I[d] = instance.tables[code[pc + 2]!]!.elements.length;
      return pc + 3;
  }
  return code[pc]! >= OP.CALL_TABLE ? -STATUS_OUT_OF_LINE : vector(s, code, I, pc, fp);
}
