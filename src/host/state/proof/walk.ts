import { equalBytes, toLatin1 } from "../../bytes.ts";
import { ScaleError } from "../../scale/errors.ts";
import { decodeNode, EMPTY_TRIE } from "../trie/codec.ts";
import { nibbleSlice } from "../trie/nibbles.ts";
import { type NodeValue, TrieNode } from "../trie/node.ts";
import type { NodeSource } from "../trie/source.ts";
import { DEFAULT_CHILD_PREFIX } from "../well-known-keys.ts";
import { ProofError } from "./errors.ts";

/**
 * Most nodes that a walk over a proof visits. A trie has as many as it has positions, but hostile items may refer
 * to each other so that few of them stand for more positions than anyone can count.
 */
export const MAX_VISITS = 1 << 18;

/** Runs a decoder over an item. @throws ProofError `invalid-node` */
export function decodingItem<T>(decode: () => T, item?: number): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ScaleError) throw new ProofError("invalid-node", error.message, item);
    throw error;
  }
}

/** Counts visits. @throws ProofError `too-large` */
export class VisitLimit {
  #visits = 0;

  visit(): void {
    if (++this.#visits > MAX_VISITS) {
      throw new ProofError("too-large", `the proof stands for more than ${MAX_VISITS} nodes`);
    }
  }
}

interface Pending {
  /** A node by its hash, or an inline one. */
  readonly at: Uint8Array | TrieNode;
  /** Its place below its parent; -1 for the root. */
  readonly slot: number;
  /** Nibbles that lead to the parent's slots. */
  readonly depth: number;
}

/**
 * The values under `prefix` that the items tell of, in order of their keys; nodes that are missing are passed
 * over.
 * @throws ProofError `invalid-node`, `too-large`
 */
export function* presentValues(
  root: Uint8Array,
  source: NodeSource,
  prefix: Uint8Array,
): Generator<NodeValue, void> {
  const wanted = nibbleSlice(prefix, 0, prefix.length * 2);
  const limit = new VisitLimit();
  const decoded = new Map<string, TrieNode | undefined>();
  const stack: Pending[] = [{ at: root, slot: -1, depth: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    limit.visit();
    if (next.slot >= 0 && next.depth < wanted.length && next.slot !== wanted[next.depth]) continue;
    const node = next.at instanceof TrieNode ? next.at : load(next.at, source, decoded);
    if (node === undefined) continue;
    const start = next.depth + (next.slot < 0 ? 0 : 1);
    if (node.partial.some((nibble, i) => start + i < wanted.length && nibble !== wanted[start + i])) continue;
    const depth = start + node.partial.length;
    if (node.value !== undefined && depth >= wanted.length) yield node.value;
    for (let slot = 15; node.children !== undefined && slot >= 0; slot--) {
      const child = node.children[slot];
      if (child !== undefined)
        stack.push({ at: child instanceof TrieNode ? child : child.hash, slot, depth });
    }
  }
}

function load(
  hash: Uint8Array,
  source: NodeSource,
  decoded: Map<string, TrieNode | undefined>,
): TrieNode | undefined {
  const text = toLatin1(hash);
  if (decoded.has(text)) return decoded.get(text);
  const bytes = source.get(hash);
  const isNode = bytes !== undefined && !equalBytes(bytes, EMPTY_TRIE);
  const node = isNode ? decodingItem(() => decodeNode(bytes)) : undefined;
  decoded.set(text, node);
  return node;
}

/**
 * The roots of default child tries that the items of the main trie tell of, in order of the tries' names.
 * @throws ProofError `invalid-child-root`, `invalid-node`, `too-large`
 */
export function* presentChildRoots(root: Uint8Array, source: NodeSource): Generator<Uint8Array, void> {
  for (const value of presentValues(root, source, DEFAULT_CHILD_PREFIX)) {
    // A value that is known only by its hash tells nothing.
    const bytes = value.hashed ? source.get(value.hash) : value.bytes;
    if (bytes === undefined) continue;
    if (bytes.length !== 32) {
      throw new ProofError("invalid-child-root", `a child trie's root of ${bytes.length} bytes`);
    }
    yield bytes;
  }
}
