import { concatBytes, equalBytes, fromLatin1, toLatin1 } from "../bytes.ts";
import { StateError } from "./errors.ts";
import type { StateVersion } from "./trie/node.ts";
import { TrieNodes } from "./trie/nodes.ts";
import { NO_SOURCE, type NodeSource } from "./trie/source.ts";
import { type Change, type Entry, Trie } from "./trie/trie.ts";
import { DEFAULT_CHILD_PREFIX } from "./well-known-keys.ts";

/** The entries of a default child trie. `name` is without the prefix under which the main trie has its root. */
export type ChildEntries = readonly [name: Uint8Array, entries: Iterable<Entry>];

/** Changes to a state. Roots of changed child tries follow from these and need not be among `top`. */
export interface StorageChanges {
  readonly top: readonly Change[];
  readonly children: readonly { readonly name: Uint8Array; readonly changes: readonly Change[] }[];
}

/** Key of the main trie that holds the root of the child trie `name`. */
export function childRootKey(name: Uint8Array): Uint8Array {
  return concatBytes(DEFAULT_CHILD_PREFIX, name);
}

/**
 * The whole state of a chain after some block: the main trie, and the child tries whose roots it holds.
 * Immutable; applying changes gives a new state that shares what stayed. May be partial, backed by a witness:
 * then any operation may throw WitnessIncomplete.
 */
export class State {
  readonly main: Trie;
  readonly #children: ReadonlyMap<string, Trie>;
  readonly #source: NodeSource;

  private constructor(main: Trie, children: ReadonlyMap<string, Trie>, source: NodeSource) {
    this.main = main;
    this.#children = children;
    this.#source = source;
  }

  /**
   * A state from all its entries, every value in the form that `version` gives it. Roots of child tries are
   * computed; if `top` has them too they must agree.
   * @throws StateError `child-root-mismatch`, `key-too-long`
   */
  static fromEntries(
    top: Iterable<Entry>,
    children: Iterable<ChildEntries> = [],
    version: StateVersion = 0,
  ): State {
    const tries = new Map<string, Trie>();
    for (const [name, entries] of children) tries.set(toLatin1(name), Trie.fromEntries(entries, version));
    let main = Trie.fromEntries(top, version);
    for (const [text, trie] of tries) {
      const key = childRootKey(fromLatin1(text));
      const given = main.get(key);
      if (given !== undefined && !equalBytes(given, trie.root)) {
        throw new StateError(
          "child-root-mismatch",
          "the child trie's entries do not give the root stored",
          key,
        );
      }
      if (!trie.isEmpty) main = main.insert(key, trie.root, version);
    }
    return new State(main, tries, NO_SOURCE);
  }

  /** The state with this root, its nodes and detached values taken from `source` as they are needed. */
  static fromRoot(root: Uint8Array, source: NodeSource): State {
    return new State(Trie.fromRoot(root, source), new Map(), source);
  }

  /** Root hash of the main trie, 32 bytes. */
  get root(): Uint8Array {
    return this.main.root;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.main.get(key);
  }

  has(key: Uint8Array): boolean {
    return this.main.has(key);
  }

  /** The smallest key of the main trie strictly above `key`. */
  nextKey(key: Uint8Array): Uint8Array | undefined {
    return this.main.nextKey(key);
  }

  /** The nodes and detached values of all tries by their hashes, for those who come to them from the root. */
  nodes(): NodeSource {
    return new TrieNodes([this.main, ...this.#children.values()], this.#source);
  }

  /** The names of the child tries, ascending. */
  *childNames(): Generator<Uint8Array, void> {
    for (const key of this.main.keys(DEFAULT_CHILD_PREFIX)) yield key.slice(DEFAULT_CHILD_PREFIX.length);
  }

  /**
   * The child trie with the root that the main trie holds for it; the empty trie if it holds none.
   * @throws StateError `invalid-child-root`
   */
  child(name: Uint8Array): Trie {
    const key = childRootKey(name);
    const root = this.main.get(key);
    if (root === undefined) return Trie.empty();
    if (root.length !== 32) throw new StateError("invalid-child-root", `root of ${root.length} bytes`, key);
    const known = this.#children.get(toLatin1(name));
    return known !== undefined && equalBytes(known.root, root) ? known : Trie.fromRoot(root, this.#source);
  }

  /**
   * The state after changes; of changes to one key the last counts. Every changed key takes the form of
   * `version`, also where its bytes stay as they were; no other key changes its form.
   * @throws StateError `key-too-long`, `invalid-child-root`
   */
  apply(changes: StorageChanges, version: StateVersion): State {
    const children = new Map(this.#children);
    const top = new Map<string, Change>();
    for (const change of changes.top) top.set(toLatin1(change.key), change);
    for (const child of changes.children) {
      const trie = this.child(child.name).apply(distinct(child.changes), version);
      const text = toLatin1(child.name);
      if (trie.isEmpty) children.delete(text);
      else children.set(text, trie);
      const key = childRootKey(child.name);
      top.set(toLatin1(key), { key, value: trie.isEmpty ? undefined : trie.root });
    }
    return new State(this.main.apply([...top.values()], version), children, this.#source);
  }
}

function distinct(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((change) => [toLatin1(change.key), change])).values()];
}
