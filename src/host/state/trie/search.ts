import { StateError } from "../errors.ts";
import { MAX_KEY_LENGTH } from "./build.ts";
import { matchLength, nibbleAt } from "./nibbles.ts";
import type { NodeRef, NodeValue, TrieNode } from "./node.ts";
import { type NodeSource, resolve } from "./source.ts";

/** The value at `key`, in its form. @throws WitnessIncomplete */
export function find(root: NodeRef | undefined, key: Uint8Array, source: NodeSource): NodeValue | undefined {
  const end = key.length * 2;
  let ref = root;
  let depth = 0;
  while (ref !== undefined) {
    const node = resolve(ref, source, key);
    const matched = matchLength(node.partial, key, depth);
    if (matched < node.partial.length) return undefined;
    depth += matched;
    if (depth === end) return node.value;
    ref = node.children?.[nibbleAt(key, depth++)];
  }
  return undefined;
}

/** A branch on the way down: slots below `next` are done with, `length` nibbles lead to it. */
interface Step {
  readonly node: TrieNode;
  readonly next: number;
  readonly length: number;
}

/**
 * The smallest key above `key`, or also `key` itself if `inclusive`, in bytewise order, of those that have its
 * first `bound` nibbles. Needs only the nodes on the way to it, not their values, and none beside the bound.
 * @throws WitnessIncomplete, StateError `odd-key`, `key-too-long`
 */
export function findNext(
  root: NodeRef | undefined,
  key: Uint8Array,
  inclusive: boolean,
  bound: number,
  source: NodeSource,
): Uint8Array | undefined {
  const end = key.length * 2;
  const path: Step[] = [];
  let ref = root;
  let depth = 0;
  while (ref !== undefined) {
    const node = resolve(ref, source, key);
    const { partial } = node;
    const matched = matchLength(partial, key, depth);
    if (matched < partial.length) {
      const fork = depth + matched;
      if (fork < bound) return undefined;
      const above = fork === end || partial[matched] > nibbleAt(key, fork);
      if (above) return firstKey(node, nibblesOf(key, depth), key, source);
      break;
    }
    depth += matched;
    checkDepth(depth);
    if (depth === end) {
      if (inclusive && node.value !== undefined) return key.slice();
      path.push({ node, next: 0, length: depth });
      break;
    }
    const slot = nibbleAt(key, depth);
    path.push({ node, next: slot + 1, length: depth });
    depth++;
    ref = node.children?.[slot];
  }
  while (path.length > 0) {
    const { node, next, length } = path.pop()!;
    if (length < bound) return undefined;
    for (let slot = next; node.children !== undefined && slot < 16; slot++) {
      const child = node.children[slot];
      if (child === undefined) continue;
      const nibbles = nibblesOf(key, length);
      nibbles.push(slot);
      return firstKey(resolve(child, source, key), nibbles, key, source);
    }
  }
  return undefined;
}

/** The first `count` nibbles of a key. */
function nibblesOf(key: Uint8Array, count: number): number[] {
  const nibbles: number[] = [];
  for (let i = 0; i < count; i++) nibbles.push(nibbleAt(key, i));
  return nibbles;
}

/** The smallest key in the subtree of `node`, to whose slot `nibbles` lead. */
function firstKey(node: TrieNode, nibbles: number[], key: Uint8Array, source: NodeSource): Uint8Array {
  let at = node;
  append(nibbles, at.partial);
  while (at.value === undefined) {
    // A node without a value is a branch, and a branch has a child: the codec and the edits see to it.
    const slot = at.children!.findIndex((child) => child !== undefined);
    nibbles.push(slot);
    at = resolve(at.children![slot]!, source, key);
    append(nibbles, at.partial);
  }
  return toBytes(nibbles);
}

/** Nodes from a hostile source may be chained to any depth, but not lead to a key that no trie can hold. */
function append(nibbles: number[], partial: Uint8Array): void {
  checkDepth(nibbles.length + partial.length);
  for (let i = 0; i < partial.length; i++) nibbles.push(partial[i]);
}

function checkDepth(depth: number): void {
  if (depth > MAX_KEY_LENGTH * 2) {
    throw new StateError("key-too-long", `a node lies more than ${MAX_KEY_LENGTH * 2} nibbles deep`);
  }
}

function toBytes(nibbles: readonly number[]): Uint8Array {
  const key = new Uint8Array((nibbles.length + 1) >> 1);
  for (let i = 0; i < nibbles.length; i++) key[i >> 1] |= i & 1 ? nibbles[i] : nibbles[i] << 4;
  if (nibbles.length & 1) throw new StateError("odd-key", "a value stands at half a byte", key);
  return key;
}
