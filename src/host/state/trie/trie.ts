import { compareBytes, equalBytes, startsWith } from "../../bytes.ts";
import { blake2b256, type Hasher } from "../hash.ts";
import { buildTrie } from "./build.ts";
import { EMPTY_TRIE } from "./codec.ts";
import { insert, remove } from "./edit.ts";
import { rootHash } from "./merkle.ts";
import { HASHED_VALUE_MIN, HashStub, type NodeRef, type NodeValue, type StateVersion } from "./node.ts";
import { find, findNext } from "./search.ts";
import { NO_SOURCE, type NodeSource, valueBytes } from "./source.ts";

export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** A key's new value; undefined removes the key. */
export interface Change {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/**
 * An immutable base-16 Merkle trie. Edits give a new trie that shares the untouched nodes, so the root after a
 * block costs what the block changed. Values and keys handed in are kept, not copied: they must not change.
 *
 * Any operation on a trie that is not whole in memory may throw WitnessIncomplete.
 */
export class Trie {
  /** The root node, for those who walk the trie themselves; undefined if it is empty. */
  readonly top: NodeRef | undefined;
  readonly #source: NodeSource;
  readonly #hash: Hasher;
  #root: Uint8Array | undefined;

  private constructor(top: NodeRef | undefined, source: NodeSource, hash: Hasher, root?: Uint8Array) {
    this.top = top;
    this.#source = source;
    this.#hash = hash;
    this.#root = root;
  }

  static empty(hash: Hasher = blake2b256): Trie {
    return new Trie(undefined, NO_SOURCE, hash);
  }

  /**
   * Builds a trie from entries in any order; of entries with one key the last counts.
   * @throws StateError `key-too-long`
   */
  static fromEntries(entries: Iterable<Entry>, version: StateVersion, hash: Hasher = blake2b256): Trie {
    const sorted = sortEntries(entries).map(
      ([key, value]) => [key, nodeValue(value, version, hash)] as const,
    );
    return new Trie(buildTrie(sorted), NO_SOURCE, hash);
  }

  /** The trie with this root, its nodes taken from `source` as they are needed. */
  static fromRoot(root: Uint8Array, source: NodeSource, hash: Hasher = blake2b256): Trie {
    const empty = equalBytes(root, hash(EMPTY_TRIE));
    return new Trie(empty ? undefined : new HashStub(root), source, hash, root);
  }

  get isEmpty(): boolean {
    return this.top === undefined;
  }

  /** The root hash, 32 bytes. */
  get root(): Uint8Array {
    this.#root ??= rootHash(this.top, this.#hash);
    return this.#root;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const value = find(this.top, key, this.#source);
    return value && valueBytes(value, this.#source, key);
  }

  /** Whether the key exists; needs no detached value. */
  has(key: Uint8Array): boolean {
    return find(this.top, key, this.#source) !== undefined;
  }

  /**
   * Whether `get(key)` would give these bytes, undefined for none; needs no detached value to tell.
   * @param hash gives the hash of the bytes, where that is known already
   */
  holds(
    key: Uint8Array,
    bytes: Uint8Array | undefined,
    hash: (bytes: Uint8Array) => Uint8Array = this.#hash,
  ): boolean {
    const value = find(this.top, key, this.#source);
    if (value === undefined || bytes === undefined) return value === bytes;
    return value.hashed ? equalBytes(value.hash, hash(bytes)) : equalBytes(value.bytes, bytes);
  }

  /**
   * An object that stands for the value at a key: whoever gets the same one again, from this trie or one made of it,
   * has the same value. Equal values may have several.
   */
  origin(key: Uint8Array): object | undefined {
    return find(this.top, key, this.#source);
  }

  /** The smallest key strictly above `key`, which need not exist itself. */
  nextKey(key: Uint8Array): Uint8Array | undefined {
    return findNext(this.top, key, false, 0, this.#source);
  }

  /** The smallest key that is `key` or above it. */
  keyFrom(key: Uint8Array): Uint8Array | undefined {
    return findNext(this.top, key, true, 0, this.#source);
  }

  /** The keys that begin with `prefix`, ascending, from `start` on. Needs no node that leads to no such key. */
  *keys(prefix: Uint8Array = new Uint8Array(0), start: Uint8Array = prefix): Generator<Uint8Array, void> {
    const first = compareBytes(start, prefix) > 0 ? start : prefix;
    if (!startsWith(first, prefix)) return;
    const bound = prefix.length * 2;
    let key = findNext(this.top, first, true, bound, this.#source);
    while (key !== undefined) {
      yield key;
      key = findNext(this.top, key, false, bound, this.#source);
    }
  }

  /** The entries whose keys begin with `prefix`, ascending. */
  *entries(prefix: Uint8Array = new Uint8Array(0)): Generator<Entry, void> {
    for (const key of this.keys(prefix)) yield [key, this.get(key)!];
  }

  /** @throws StateError `key-too-long` */
  insert(key: Uint8Array, value: Uint8Array, version: StateVersion): Trie {
    const top = insert(this.top, key, nodeValue(value, version, this.#hash), this.#source);
    return new Trie(top, this.#source, this.#hash);
  }

  remove(key: Uint8Array): Trie {
    const top = remove(this.top, key, this.#source);
    return top === this.top ? this : new Trie(top, this.#source, this.#hash);
  }

  /**
   * Applies changes with distinct keys. Insertions go first: a key that comes may save a branch from merging
   * with a sibling that a witness does not hold, whatever the order of the keys.
   */
  apply(changes: readonly Change[], version: StateVersion): Trie {
    let top = this.top;
    for (const { key, value } of changes) {
      if (value !== undefined) top = insert(top, key, nodeValue(value, version, this.#hash), this.#source);
    }
    for (const { key, value } of changes) {
      if (value === undefined) top = remove(top, key, this.#source);
    }
    return top === this.top ? this : new Trie(top, this.#source, this.#hash);
  }
}

/** A value in the form that the version gives one being written. */
export function nodeValue(bytes: Uint8Array, version: StateVersion, hash: Hasher): NodeValue {
  if (version === 0 || bytes.length < HASHED_VALUE_MIN) return { hashed: false, bytes };
  return { hashed: true, hash: hash(bytes), bytes };
}

/** Ascending by key; the sort is stable, so the last of equal keys is the last given, and it is the one kept. */
function sortEntries(entries: Iterable<Entry>): Entry[] {
  const sorted = [...entries].sort((a, b) => compareBytes(a[0], b[0]));
  return sorted.filter(
    (entry, i) => i + 1 === sorted.length || compareBytes(entry[0], sorted[i + 1][0]) !== 0,
  );
}
