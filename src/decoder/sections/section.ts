import type { ModuleDraft } from "../draft.ts";
import type { Reader } from "../reader.ts";

/** A known section of the binary format. */
export interface Section {
  readonly id: number;
  readonly name: string;
  /**
   * Reads the section's contents into the module. The reader ends where the section does; that all of it was read
   * is for the caller to check. @throws ModuleError
   */
  read(reader: Reader, module: ModuleDraft): void;
}
