import type { ExternalKind } from "../module.ts";
import type { Section } from "./section.ts";

const KINDS: readonly ExternalKind[] = ["func", "table", "memory", "global"];

export const exportSection: Section = {
  id: 7,
  name: "export",
  read(reader, module) {
    const count = reader.count(3, "exports");
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      module.offsets.exports.push(reader.pos);
      const name = reader.name();
      const at = reader.pos;
      const kind = KINDS[reader.u8()];
      if (kind === undefined) throw reader.malformed("malformed export kind", at);
      module.exports.push({ name, kind, index: reader.u32() });
    }
  },
};
