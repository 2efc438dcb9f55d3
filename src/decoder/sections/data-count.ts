import type { Section } from "./section.ts";

/** Stands before the code, so that `memory.init` and `data.drop` can be validated in one pass. */
export const dataCountSection: Section = {
  id: 12,
  name: "data count",
  read(reader, module) {
    module.dataCount = reader.u32();
  },
};
