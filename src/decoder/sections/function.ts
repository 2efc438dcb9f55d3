import type { Section } from "./section.ts";

export const functionSection: Section = {
  id: 3,
  name: "function",
  read(reader, module) {
    const count = reader.count(1, "functions", module.functions.length);
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      module.offsets.functions.push(reader.pos);
      module.functions.push(reader.u32());
    }
  },
};
