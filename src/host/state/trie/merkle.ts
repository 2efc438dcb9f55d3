import type { Hasher } from "../hash.ts";
import { EMPTY_TRIE, encodeNode } from "./codec.ts";
import { HASH_LENGTH, HashStub, type NodeRef, TrieNode } from "./node.ts";

/** The root hash of a trie. Encodes and hashes only nodes made since the last time. */
export function rootHash(root: NodeRef | undefined, hash: Hasher): Uint8Array {
  if (root === undefined) return hash(EMPTY_TRIE);
  if (root instanceof HashStub) return root.hash;
  const merkle = merkleValue(root, hash);
  // The root is always hashed, however short (Polkadot spec, "Merkle proof").
  return merkle.length < HASH_LENGTH ? hash(merkle) : merkle;
}

/** Children first, on a stack of our own: the depth of a trie is its author's to choose. */
function merkleValue(root: TrieNode, hash: Hasher): Uint8Array {
  const stack: TrieNode[] = [root];
  while (stack.length > 0) {
    const node = stack[stack.length - 1];
    if (node.merkle !== undefined) {
      stack.pop();
      continue;
    }
    const waiting = stack.length;
    if (node.children !== undefined) {
      for (let i = 0; i < 16; i++) {
        const child = node.children[i];
        if (child instanceof TrieNode && child.merkle === undefined) stack.push(child);
      }
    }
    if (stack.length > waiting) continue;
    const encoding = encodeNode(node);
    node.merkle = encoding.length < HASH_LENGTH ? encoding : hash(encoding);
    stack.pop();
  }
  return root.merkle!;
}
