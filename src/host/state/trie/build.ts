import { compareBytes } from "../../bytes.ts";
import { StateError } from "../errors.ts";
import { commonNibbles, nibbleAt, nibbleSlice } from "./nibbles.ts";
import { emptyChildren, type NodeRef, type NodeValue, TrieNode } from "./node.ts";

/** Longest key in bytes: what 65,535 nibbles hold. */
export const MAX_KEY_LENGTH = 0x7fff;

/** @throws StateError `key-too-long` */
export function checkKey(key: Uint8Array): void {
  if (key.length <= MAX_KEY_LENGTH) return;
  throw new StateError("key-too-long", `key of ${key.length} bytes exceeds ${MAX_KEY_LENGTH}`, key);
}

/** A node whose place below its parent is not yet known: `depth` nibbles of `key` lead to it. */
interface OpenNode {
  readonly key: Uint8Array;
  readonly depth: number;
  readonly value: NodeValue | undefined;
  children: (NodeRef | undefined)[] | undefined;
}

/**
 * Builds a trie from entries in strictly ascending order of keys, in time linear in their size. The nodes on the
 * path to the newest key stay open; a key that leaves that path closes those below the point where it does.
 * @throws StateError `unsorted-keys`, `key-too-long`
 */
export function buildTrie(entries: Iterable<readonly [Uint8Array, NodeValue]>): TrieNode | undefined {
  const path: OpenNode[] = [];
  let previous: Uint8Array | undefined;
  for (const [key, value] of entries) {
    checkKey(key);
    if (previous !== undefined) {
      if (compareBytes(previous, key) >= 0) throw new StateError("unsorted-keys", "keys must ascend", key);
      closeBelow(path, commonNibbles(previous, key));
    }
    path.push({ key, depth: key.length * 2, value, children: undefined });
    previous = key;
  }
  while (path.length > 1) attach(path.pop()!, path[path.length - 1]);
  const root = path.pop();
  return root && close(root, 0);
}

/** Closes nodes deeper than `depth`, and sees that one at `depth` is left open to take what comes next. */
function closeBelow(path: OpenNode[], depth: number): void {
  while (path.length > 0 && path[path.length - 1].depth > depth) {
    const node = path.pop()!;
    if (path.length === 0 || path[path.length - 1].depth < depth) {
      path.push({ key: node.key, depth, value: undefined, children: undefined });
    }
    attach(node, path[path.length - 1]);
  }
}

function attach(node: OpenNode, parent: OpenNode): void {
  parent.children ??= emptyChildren();
  parent.children[nibbleAt(node.key, parent.depth)] = close(node, parent.depth + 1);
}

function close(node: OpenNode, start: number): TrieNode {
  return new TrieNode(nibbleSlice(node.key, start, node.depth), node.value, node.children);
}
