import { readConstExpr } from "./const-expr.ts";
import type { Section } from "./section.ts";

export const elementSection: Section = {
  id: 9,
  name: "element",
  read(reader, module) {
    // Table index, an expression that may be just its end (which is then invalid), the number of functions.
    const count = reader.count(3, "elementSegments");
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      module.offsets.elements.push(reader.pos);
      const table = reader.u32();
      const offset = readConstExpr(reader);
      const functions = new Uint32Array(reader.count(1, "elementSegmentLength"));
      for (let k = 0; k < functions.length; k++) functions[k] = reader.u32();
      module.elements.push({ table, offset, functions });
    }
  },
};
