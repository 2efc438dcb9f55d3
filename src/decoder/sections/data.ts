import { readConstExpr } from "./const-expr.ts";
import type { Section } from "./section.ts";

export const dataSection: Section = {
  id: 11,
  name: "data",
  read(reader, module) {
    // Memory index, an expression that may be just its end (which is then invalid), the number of bytes.
    const count = reader.count(3, "dataSegments");
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      module.offsets.data.push(reader.pos);
      const memory = reader.u32();
      const offset = readConstExpr(reader);
      module.data.push({ memory, offset, bytes: reader.take(reader.u32()) });
    }
  },
};
