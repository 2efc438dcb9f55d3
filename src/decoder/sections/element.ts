import type { ModuleDraft } from "../draft.ts";
import { type ConstExpr, type ElementSegment, FUNCREF, type RefType, type SegmentMode } from "../module.ts";
import type { Reader } from "../reader.ts";
import { readConstExpr } from "./const-expr.ts";
import type { Section } from "./section.ts";
import { readRefType } from "./types.ts";

// Flags: what bit 1 means depends on bit 0.
const NOT_ACTIVE = 1;
const DECLARATIVE = 2;
const EXPLICIT_INDEX = 2;
const EXPRESSIONS = 4;

const NO_FUNCTIONS = new Uint32Array(0);

export const elementSection: Section = {
  id: 9,
  name: "element",
  read(reader, module) {
    const hasFlags = module.features.has("bulk-memory") || module.features.has("reference-types");
    // Flags and a kind where the segment is not active; else a table index, an expression that may be just its end
    // (which is then invalid); the number of elements.
    const count = reader.count(3, "elementSegments");
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      module.offsets.elements.push(reader.pos);
      module.elements.push(hasFlags ? readFlagged(reader, module) : readPlain(reader, module));
    }
  },
};

/** Spec 1.0: the table's index, its offset, functions. */
function readPlain(reader: Reader, module: ModuleDraft): ElementSegment {
  const table = reader.u32();
  const offset = readConstExpr(reader, module);
  return {
    mode: "active",
    type: FUNCREF,
    table,
    offset,
    functions: readFunctions(reader),
    expressions: undefined,
  };
}

/** Bulk memory made flags of what was the table's index. */
function readFlagged(reader: Reader, module: ModuleDraft): ElementSegment {
  const at = reader.pos;
  const flags = reader.u32();
  if (flags > (NOT_ACTIVE | DECLARATIVE | EXPRESSIONS)) {
    throw reader.malformed("malformed elements segment kind", at);
  }
  const isActive = (flags & NOT_ACTIVE) === 0;
  const mode: SegmentMode = isActive ? "active" : (flags & DECLARATIVE) === 0 ? "passive" : "declarative";
  const table = isActive && (flags & EXPLICIT_INDEX) !== 0 ? reader.u32() : 0;
  const offset = isActive ? readConstExpr(reader, module) : undefined;
  const hasExpressions = (flags & EXPRESSIONS) !== 0;
  // The two oldest forms, active ones for table 0, do not say what they hold.
  let type: RefType = FUNCREF;
  if ((flags & (NOT_ACTIVE | EXPLICIT_INDEX)) !== 0) {
    if (hasExpressions) type = readRefType(reader, module);
    else readElementKind(reader);
  }
  if (!hasExpressions) {
    return { mode, type, table, offset, functions: readFunctions(reader), expressions: undefined };
  }
  return { mode, type, table, offset, functions: NO_FUNCTIONS, expressions: readExpressions(reader, module) };
}

/** 0x00 for functions is all there is. */
function readElementKind(reader: Reader): void {
  const at = reader.pos;
  if (reader.u8() !== 0) throw reader.malformed("malformed element kind", at);
}

function readFunctions(reader: Reader): Uint32Array {
  const functions = new Uint32Array(reader.count(1, "elementSegmentLength"));
  for (let k = 0; k < functions.length; k++) functions[k] = reader.u32();
  return functions;
}

function readExpressions(reader: Reader, module: ModuleDraft): ConstExpr[] {
  const count = reader.count(1, "elementSegmentLength");
  const expressions: ConstExpr[] = [];
  for (let k = 0; k < count; k++) expressions.push(readConstExpr(reader, module));
  return expressions;
}
