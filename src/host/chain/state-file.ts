import { JsonValue } from "./json.ts";
import type { Storage } from "./storage.ts";

/** A state read from a file. */
export interface StateFile extends Storage {
  /** The root that the file says the state has; not checked. */
  readonly root: Uint8Array | undefined;
}

/**
 * Reads a state: `{"0x<key>": "0x<value>", …}`, or `{main, child, parent_state_root?}` where `child` maps unprefixed
 * names of child tries to such maps.
 * @throws ChainFormatError
 */
export function readStateFile(json: unknown): StateFile {
  const document = new JsonValue(json);
  const main = document.optional("main");
  if (main === undefined) return { top: document.hexMap(), children: [], root: undefined };
  return {
    top: main.hexMap(),
    children: readChildren(document.optional("child")),
    root: document.optional("parent_state_root")?.hash(),
  };
}

/** Child tries by unprefixed name. @throws ChainFormatError */
export function readChildren(json: JsonValue | undefined): Storage["children"] {
  return (json?.hexMembers() ?? []).map(([name, entries]) => [name, entries.hexMap()] as const);
}
