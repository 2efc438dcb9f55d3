import type { Section } from "./section.ts";
import { readLimits } from "./types.ts";

export const memorySection: Section = {
  id: 5,
  name: "memory",
  read(reader, module) {
    const count = reader.count(2, "memories", module.memories.length);
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      module.offsets.memories.push(reader.pos);
      module.memories.push(readLimits(reader));
    }
  },
};
