import type { ModuleDraft } from "../draft.ts";
import type { ExternalType } from "../module.ts";
import type { Reader } from "../reader.ts";
import type { Section } from "./section.ts";
import { readGlobalType, readLimits, readTableType } from "./types.ts";

export const importSection: Section = {
  id: 2,
  name: "import",
  read(reader, module) {
    const count = reader.count(4, "imports");
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      module.offsets.imports.push(reader.pos);
      const from = reader.name();
      const name = reader.name();
      module.imports.push({ module: from, name, desc: readDesc(reader, module) });
    }
    module.importedFunctionCount = module.functions.length;
    module.importedGlobalCount = module.globals.length;
  },
};

/** Reads what is imported, and lets it open its index space. */
function readDesc(reader: Reader, module: ModuleDraft): ExternalType {
  const at = reader.pos;
  switch (reader.u8()) {
    case 0x00: {
      const typeIndex = reader.u32();
      module.functions.push(typeIndex);
      reader.limit("functions", module.functions.length, at);
      return { kind: "func", typeIndex };
    }
    case 0x01: {
      const type = readTableType(reader, module);
      module.tables.push(type);
      reader.limit("tables", module.tables.length, at);
      return { kind: "table", type };
    }
    case 0x02: {
      const type = readLimits(reader);
      module.memories.push(type);
      reader.limit("memories", module.memories.length, at);
      return { kind: "memory", type };
    }
    case 0x03: {
      const type = readGlobalType(reader, module);
      module.globals.push(type);
      reader.limit("globals", module.globals.length, at);
      return { kind: "global", type };
    }
    default:
      throw reader.malformed("malformed import kind", at);
  }
}
