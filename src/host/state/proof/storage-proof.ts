import { State } from "../state.ts";
import type { Trie } from "../trie/trie.ts";
import { NodeSet } from "./node-set.ts";
import { StateRecorder } from "./recorder.ts";

/** What a proof tells about a key. */
export interface ProvenEntry {
  readonly key: Uint8Array;
  /** Undefined: proven to be absent. */
  readonly value: Uint8Array | undefined;
}

export interface ReadProof {
  readonly entries: readonly ProvenEntry[];
  /** Items that these reads did not need. */
  readonly unused: readonly Uint8Array[];
}

/**
 * Reads keys out of a storage proof, as `state_getReadProof` and light clients' requests give it.
 * @param items in any order
 * @param child name of the child trie that the keys are of, without its prefix; default is the main trie
 * @throws WitnessIncomplete where the proof does not tell, StateError `invalid-node`, `invalid-child-root`
 */
export function readProof(
  root: Uint8Array,
  items: Iterable<Uint8Array>,
  keys: Iterable<Uint8Array>,
  child?: Uint8Array,
): ReadProof {
  const nodes = new NodeSet(items);
  const trie = trieOf(State.fromRoot(root, nodes), child);
  const entries = [...keys].map((key) => ({ key, value: trie.get(key) }));
  return { entries, unused: nodes.unused() };
}

/** The items that prove the values of keys, or that they have none. @throws StateError, WitnessIncomplete */
export function proveRead(state: State, keys: Iterable<Uint8Array>, child?: Uint8Array): Uint8Array[] {
  const recorder = new StateRecorder(state);
  const trie = trieOf(recorder.state, child);
  for (const key of keys) trie.get(key);
  return recorder.nodes();
}

function trieOf(state: State, child: Uint8Array | undefined): Trie {
  return child === undefined ? state.main : state.child(child);
}
