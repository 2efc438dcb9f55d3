import type { ModuleDraft } from "../draft.ts";
import type { DecoderLimits } from "../limits.ts";
import type { ValType } from "../module.ts";
import type { Reader } from "../reader.ts";
import type { Section } from "./section.ts";
import { readValType } from "./types.ts";

const FUNC = 0x60;

export const typeSection: Section = {
  id: 1,
  name: "type",
  read(reader, module) {
    const count = reader.count(3, "types");
    for (let i = 0; i < count; i++) {
      reader.entry = i;
      module.offsets.types.push(reader.pos);
      const at = reader.pos;
      if (reader.u8() !== FUNC) throw reader.malformed("malformed function type", at);
      module.types.push({
        params: readValTypes(reader, module, "params"),
        results: readValTypes(reader, module, "results"),
      });
    }
  },
};

function readValTypes(reader: Reader, module: ModuleDraft, limit: keyof DecoderLimits): ValType[] {
  const count = reader.count(1, limit);
  const types: ValType[] = [];
  for (let i = 0; i < count; i++) types.push(readValType(reader, module));
  return types;
}
