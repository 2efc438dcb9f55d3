import { readConstExpr } from "./const-expr.ts";
import type { Section } from "./section.ts";
import { readGlobalType } from "./types.ts";

export const globalSection: Section = {
  id: 6,
  name: "global",
  read(reader, module) {
    const count = reader.count(3, "globals", module.globals.length);
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      module.offsets.globals.push(reader.pos);
      const type = readGlobalType(reader, module);
      module.globals.push(type);
      module.globalDefs.push({ type, init: readConstExpr(reader, module) });
    }
  },
};
