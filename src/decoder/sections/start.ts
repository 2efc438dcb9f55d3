import type { Section } from "./section.ts";

export const startSection: Section = {
  id: 8,
  name: "start",
  read(reader, module) {
    module.offsets.start = reader.pos;
    module.start = reader.u32();
  },
};
