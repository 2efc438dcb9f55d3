import { State } from "../state.ts";
import type { StateVersion } from "../trie/node.ts";
import { NodeSet } from "./node-set.ts";

/** The part of a state that executing a block on it needs, and computing the root of the state after it. */
export interface Witness {
  /** Root of the state, which is the one after the parent block. */
  readonly parentStateRoot: Uint8Array;
  /** State version of the runtime that was executed. For information: an execution finds it out by itself. */
  readonly stateVersion: StateVersion | undefined;
  /** Encodings of trie nodes, child tries' among them, and detached values; in any order. */
  readonly nodes: readonly Uint8Array[];
}

/**
 * The partial state that a witness or storage proof holds. Reads are proven by the root, absence included; what
 * the items do not tell throws WitnessIncomplete, an item that is no node StateError.
 */
export function witnessState(witness: Pick<Witness, "parentStateRoot" | "nodes">): State {
  return State.fromRoot(witness.parentStateRoot, new NodeSet(witness.nodes));
}
