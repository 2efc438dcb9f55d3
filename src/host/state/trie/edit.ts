import { checkKey } from "./build.ts";
import { matchLength, nibbleAt, nibbleSlice } from "./nibbles.ts";
import { emptyChildren, type NodeRef, type NodeValue, TrieNode } from "./node.ts";
import { type NodeSource, resolve } from "./source.ts";

/** A branch passed on the way down, and the slot taken. */
interface Step {
  readonly node: TrieNode;
  readonly slot: number;
}

/** Copies the path with `below` in place of what hung from its end. */
function rebuild(path: readonly Step[], below: TrieNode): TrieNode {
  let node = below;
  for (let i = path.length - 1; i >= 0; i--) node = path[i].node.withChild(path[i].slot, node);
  return node;
}

/**
 * The trie with `key` set to `value`; nodes off the path are shared with the old trie.
 * @throws WitnessIncomplete, StateError
 */
export function insert(
  root: NodeRef | undefined,
  key: Uint8Array,
  value: NodeValue,
  source: NodeSource,
): TrieNode {
  checkKey(key);
  const end = key.length * 2;
  const path: Step[] = [];
  let ref = root;
  let depth = 0;
  while (ref !== undefined) {
    const node = resolve(ref, source, key);
    const matched = matchLength(node.partial, key, depth);
    depth += matched;
    if (matched < node.partial.length) return rebuild(path, split(node, matched, key, depth, value));
    if (depth === end) return rebuild(path, node.withValue(value));
    const slot = nibbleAt(key, depth++);
    path.push({ node, slot });
    ref = node.children?.[slot];
  }
  return rebuild(path, new TrieNode(nibbleSlice(key, depth, end), value, undefined));
}

/** A branch where `key` leaves the partial key of `node` after `matched` nibbles. */
function split(node: TrieNode, matched: number, key: Uint8Array, depth: number, value: NodeValue): TrieNode {
  const { partial } = node;
  const end = key.length * 2;
  const children = emptyChildren();
  children[partial[matched]] = node.withPartial(partial.slice(matched + 1));
  const own = depth === end;
  if (!own) {
    children[nibbleAt(key, depth)] = new TrieNode(nibbleSlice(key, depth + 1, end), value, undefined);
  }
  return new TrieNode(partial.slice(0, matched), own ? value : undefined, children);
}

/**
 * The trie without `key`; the same trie if it has no such key.
 * @throws WitnessIncomplete also where a branch left with one child must merge with it and the child is missing
 */
export function remove(root: NodeRef | undefined, key: Uint8Array, source: NodeSource): NodeRef | undefined {
  const end = key.length * 2;
  const path: Step[] = [];
  let ref = root;
  let depth = 0;
  while (ref !== undefined) {
    const node = resolve(ref, source, key);
    const matched = matchLength(node.partial, key, depth);
    depth += matched;
    if (matched < node.partial.length) return root;
    if (depth === end) {
      return node.value === undefined
        ? root
        : cut(path, normalize(node.withValue(undefined), source, key), source, key);
    }
    const slot = nibbleAt(key, depth++);
    path.push({ node, slot });
    ref = node.children?.[slot];
  }
  return root;
}

/** Copies the path with what is left below its end; a branch that lost its child may have to change its form. */
function cut(
  path: Step[],
  left: TrieNode | undefined,
  source: NodeSource,
  key: Uint8Array,
): TrieNode | undefined {
  let below = left;
  while (below === undefined && path.length > 0) {
    const { node, slot } = path.pop()!;
    below = normalize(node.withChild(slot, undefined), source, key);
  }
  return below && rebuild(path, below);
}

/**
 * Brings a node that lost its value or a child to the one form that is canonical: nothing, a leaf, or merged
 * with its only child, whose value form and children stay as they are.
 */
function normalize(node: TrieNode, source: NodeSource, key: Uint8Array): TrieNode | undefined {
  const { partial, value, children } = node;
  let slot = -1;
  let count = 0;
  for (let i = 0; children !== undefined && i < 16; i++) {
    if (children[i] === undefined) continue;
    slot = i;
    count++;
  }
  if (count === 0) return value === undefined ? undefined : new TrieNode(partial, value, undefined);
  if (value !== undefined || count > 1) return node;
  const child = resolve(children![slot]!, source, key);
  const merged = new Uint8Array(partial.length + 1 + child.partial.length);
  merged.set(partial);
  merged[partial.length] = slot;
  merged.set(child.partial, partial.length + 1);
  return child.withPartial(merged);
}
