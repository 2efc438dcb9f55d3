import type { Section } from "./section.ts";
import { readTableType } from "./types.ts";

export const tableSection: Section = {
  id: 4,
  name: "table",
  read(reader, module) {
    const count = reader.count(3, "tables", module.tables.length);
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      module.offsets.tables.push(reader.pos);
      module.tables.push(readTableType(reader, module));
    }
  },
};
