import { ScaleError } from "../../scale/errors.ts";
import { StateError, WitnessIncomplete } from "../errors.ts";
import { decodeNode } from "./codec.ts";
import { type HashStub, type NodeRef, type NodeValue, TrieNode } from "./node.ts";

/** Where a partial trie finds the nodes and detached values behind hashes. */
export interface NodeSource {
  /** Encoding of the node, or bytes of the value, with this hash; undefined if not at hand. */
  get(hash: Uint8Array): Uint8Array | undefined;
}

/** The source of a trie that is whole in memory: it has nothing more to give. */
export const NO_SOURCE: NodeSource = { get: () => undefined };

/**
 * The node itself. What the source returns is trusted to have the hash asked for.
 * @param key on whose behalf, for the error.
 * @throws WitnessIncomplete, StateError `invalid-node`
 */
export function resolve(ref: NodeRef, source: NodeSource, key: Uint8Array): TrieNode {
  if (ref instanceof TrieNode) return ref;
  ref.node ??= load(ref, source, key);
  return ref.node;
}

function load(stub: HashStub, source: NodeSource, key: Uint8Array): TrieNode {
  const bytes = source.get(stub.hash);
  if (bytes === undefined) throw new WitnessIncomplete(stub.hash, key);
  try {
    const node = decodeNode(bytes);
    node.merkle = stub.hash;
    return node;
  } catch (error) {
    if (error instanceof ScaleError) throw new StateError("invalid-node", error.message, key);
    throw error;
  }
}

/** The bytes of a value. @throws WitnessIncomplete if only their hash is known. */
export function valueBytes(value: NodeValue, source: NodeSource, key: Uint8Array): Uint8Array {
  if (!value.hashed) return value.bytes;
  const bytes = value.bytes ?? source.get(value.hash);
  if (bytes === undefined) throw new WitnessIncomplete(value.hash, key);
  return bytes;
}
