import { equalBytes } from "../bytes.ts";
import { bytesToHex } from "../hex.ts";
import { StateError } from "../state/errors.ts";
import { type ChildEntries, State } from "../state/state.ts";
import type { StateVersion } from "../state/trie/node.ts";
import type { Entry } from "../state/trie/trie.ts";

/**
 * All entries of a state as files give them. The form of values is not part of it: which state version they were
 * written under has to be known, or found out by the root.
 */
export interface Storage {
  readonly top: readonly Entry[];
  /** Default child tries by unprefixed name. */
  readonly children: readonly ChildEntries[];
}

/** The state with every value in the form of `version`. @throws StateError */
export function buildState(storage: Storage, version: StateVersion): State {
  return State.fromEntries(storage.top, storage.children, version);
}

/**
 * The state with this root, whichever version gives it.
 * @throws StateError `root-mismatch` if neither does: entries are wrong or missing, or of both forms
 */
export function findState(
  storage: Storage,
  root: Uint8Array,
): { readonly state: State; readonly version: StateVersion } {
  const roots: string[] = [];
  for (const version of [0, 1] as const) {
    const state = tryBuild(storage, version);
    if (state !== undefined && equalBytes(state.root, root)) return { state, version };
    roots.push(state === undefined ? "none, as the child tries do not fit" : bytesToHex(state.root));
  }
  throw new StateError(
    "root-mismatch",
    `the state has root ${roots[0]} (version 0) or ${roots[1]} (version 1), not ${bytesToHex(root)}`,
  );
}

/** Undefined if the child tries' roots are those of the other version. */
function tryBuild(storage: Storage, version: StateVersion): State | undefined {
  try {
    return buildState(storage, version);
  } catch (error) {
    if (error instanceof StateError && error.kind === "child-root-mismatch") return undefined;
    throw error;
  }
}
