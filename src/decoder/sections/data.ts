import type { ModuleDraft } from "../draft.ts";
import type { DataSegment } from "../module.ts";
import type { Reader } from "../reader.ts";
import { readConstExpr } from "./const-expr.ts";
import type { Section } from "./section.ts";

const PASSIVE = 1;
const EXPLICIT_INDEX = 2;

export const dataSection: Section = {
  id: 11,
  name: "data",
  read(reader, module) {
    const hasFlags = module.features.has("bulk-memory");
    // Flags alone where the segment is passive; else a memory index, an expression that may be just its end (which is
    // then invalid); the number of bytes.
    const count = reader.count(hasFlags ? 2 : 3, "dataSegments");
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      module.offsets.data.push(reader.pos);
      module.data.push(hasFlags ? readFlagged(reader, module) : readActive(reader, module, reader.u32()));
    }
  },
};

function readActive(reader: Reader, module: ModuleDraft, memory: number): DataSegment {
  const offset = readConstExpr(reader, module);
  return { mode: "active", memory, offset, bytes: reader.take(reader.u32()) };
}

/** Bulk memory made flags of what was the memory's index. */
function readFlagged(reader: Reader, module: ModuleDraft): DataSegment {
  const at = reader.pos;
  const flags = reader.u32();
  if (flags > EXPLICIT_INDEX) throw reader.malformed("malformed data segment kind", at);
  if (flags === PASSIVE)
    return { mode: "passive", memory: 0, offset: undefined, bytes: reader.take(reader.u32()) };
  return readActive(reader, module, flags === EXPLICIT_INDEX ? reader.u32() : 0);
}
