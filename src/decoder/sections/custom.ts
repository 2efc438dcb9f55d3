import type { ModuleDraft } from "../draft.ts";
import type { Reader } from "../reader.ts";

/**
 * A custom section may stand anywhere and hold anything, but its name must be one (spec, Binary Format, Custom
 * Section). The contents are kept unread.
 */
export function readCustomSection(reader: Reader, module: ModuleDraft): void {
  reader.limit("customSections", module.customSections.length + 1, reader.pos);
  const name = reader.name();
  module.customSections.push({ name, bytes: reader.take(reader.left) });
}
