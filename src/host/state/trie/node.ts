/** How state values are represented in trie nodes: 0 always inline, 1 by hash from `HASHED_VALUE_MIN` bytes on. */
export type StateVersion = 0 | 1;

/** Length in bytes from which a value written under state version 1 is represented by its hash. */
export const HASHED_VALUE_MIN = 33;

/** An encoding of fewer bytes than this stands in its parent as it is, a longer one by its hash. */
export const HASH_LENGTH = 32;

export interface InlineValue {
  readonly hashed: false;
  readonly bytes: Uint8Array;
}

export interface HashedValue {
  readonly hashed: true;
  readonly hash: Uint8Array;
  /** Undefined where only the hash is known (a node out of a proof); a NodeSource may have the bytes. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * A value with the form it got when its key was last written. The form is part of the state: it stays as it is
 * when the node is encoded anew for another reason.
 */
export type NodeValue = InlineValue | HashedValue;

/** A node known only by its hash. */
export class HashStub {
  readonly hash: Uint8Array;
  /** The node, once a source has given it; the hash pins it, so remembering it changes nothing. */
  node: TrieNode | undefined = undefined;

  constructor(hash: Uint8Array) {
    this.hash = hash;
  }
}

export type NodeRef = TrieNode | HashStub;
export type Children = readonly (NodeRef | undefined)[];

/**
 * A node of the base-16 trie, never changed once made: edits copy the path from the root. A branch has 16 slots
 * of children, a leaf `undefined` in their place.
 */
export class TrieNode {
  /** Nibbles between the parent's slot and this node, one per byte. */
  readonly partial: Uint8Array;
  readonly value: NodeValue | undefined;
  readonly children: Children | undefined;
  /**
   * The encoding if it is shorter than 32 bytes, otherwise its hash: what stands in the parent. Computed when
   * first needed and kept, as it depends on nothing that can change.
   */
  merkle: Uint8Array | undefined = undefined;

  constructor(partial: Uint8Array, value: NodeValue | undefined, children: Children | undefined) {
    this.partial = partial;
    this.value = value;
    this.children = children;
  }

  withPartial(partial: Uint8Array): TrieNode {
    return new TrieNode(partial, this.value, this.children);
  }

  withValue(value: NodeValue | undefined): TrieNode {
    return new TrieNode(this.partial, value, this.children);
  }

  /** A branch with slot `index` replaced. */
  withChild(index: number, child: NodeRef | undefined): TrieNode {
    const children = this.children === undefined ? emptyChildren() : this.children.slice();
    children[index] = child;
    return new TrieNode(this.partial, this.value, children);
  }
}

const NO_CHILDREN: Children = Array.from({ length: 16 }, () => undefined);

/** The 16 slots of a branch, all empty. */
export function emptyChildren(): (NodeRef | undefined)[] {
  return NO_CHILDREN.slice();
}
