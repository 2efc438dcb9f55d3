export { decodeNode, EMPTY_TRIE, encodeNode } from "./codec.ts";
export {
  type Children,
  type HashedValue,
  HashStub,
  type InlineValue,
  type NodeRef,
  type NodeValue,
  type StateVersion,
  TrieNode,
} from "./node.ts";
export { orderedTrieRoot, trieRoot } from "./roots.ts";
export { NO_SOURCE, type NodeSource } from "./source.ts";
export { type Change, type Entry, Trie } from "./trie.ts";
