import { compareBytes, startsWith, toLatin1 } from "../bytes.ts";
import { StateError } from "./errors.ts";
import { Journal } from "./journal.ts";
import type { OverlayOperation } from "./operations.ts";
import { childRootKey, type State, type StorageChanges } from "./state.ts";
import type { StateVersion } from "./trie/node.ts";
import { Trie } from "./trie/trie.ts";
import { NOTHING_REMOVED, overlaps, type Removal, TrieOverlay } from "./trie-overlay.ts";
import { CHILD_STORAGE_PREFIX } from "./well-known-keys.ts";

export type { Removal } from "./trie-overlay.ts";

/** Net changes, sorted by the bytes of names and keys. */
export type StorageDiff = StorageChanges;

/**
 * Changes on top of a state, in nested transactions, with the semantics of the host API's storage functions:
 * reads see the newest change, nothing below is touched. Keys and values handed in are copied.
 */
export class Overlay {
  readonly state: State;
  readonly #journal = new Journal();
  readonly #main: TrieOverlay;
  readonly #children = new Map<string, ChildOverlay>();
  #projection:
    | { readonly revision: number; readonly version: StateVersion; readonly state: State }
    | undefined;

  constructor(state: State) {
    this.state = state;
    this.#main = new TrieOverlay(() => state.main, this.#journal);
  }

  /** Makes an overlay again from what was done to another one on an equal state. @throws StateError, WitnessIncomplete */
  static replay(state: State, operations: readonly OverlayOperation[]): Overlay {
    const overlay = new Overlay(state);
    for (const operation of operations) overlay.#perform(operation);
    return overlay;
  }

  #perform(operation: OverlayOperation): void {
    if (!("child" in operation)) {
      this.#journal[operation.kind]();
      return;
    }
    const trie = operation.child === undefined ? this.#main : this.child(operation.child);
    switch (operation.kind) {
      case "set":
        trie.set(operation.key, operation.value);
        break;
      case "append":
        trie.append(operation.key, operation.value);
        break;
      case "clear":
        trie.clear(operation.key);
        break;
      case "clear-prefix":
        trie.clearPrefix(operation.prefix, operation.limit, operation.cursor);
    }
  }

  /** Appends to `log`, from now on, every operation that changes the overlay, for `Overlay.replay`. */
  recordTo(log: OverlayOperation[]): void {
    this.#journal.listener = (operation) => log.push(operation);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#main.get(key);
  }

  exists(key: Uint8Array): boolean {
    return this.#main.exists(key);
  }

  /** Writes under `:child_storage:` are ignored, as all hosts do. */
  set(key: Uint8Array, value: Uint8Array): void {
    if (!isChildStorage(key)) this.#main.set(key, value);
  }

  /** Ignored under `:child_storage:`. */
  clear(key: Uint8Array): void {
    if (!isChildStorage(key)) this.#main.clear(key);
  }

  /** SCALE append. The reference does not guard `:child_storage:` here, so neither do we. */
  append(key: Uint8Array, item: Uint8Array): void {
    this.#main.append(key, item);
  }

  /** The smallest key strictly above `key`. Keys of child tries' roots are keys like others. */
  nextKey(key: Uint8Array): Uint8Array | undefined {
    return this.#main.nextKey(key);
  }

  /** Removes nothing where the prefix could reach keys of `:child_storage:`; the empty prefix could. */
  clearPrefix(prefix: Uint8Array, limit?: number, cursor?: Uint8Array): Removal {
    if (overlaps(prefix, CHILD_STORAGE_PREFIX)) return NOTHING_REMOVED;
    return this.#main.clearPrefix(prefix, limit, cursor);
  }

  /** The child trie of this name, without prefix. One that does not exist reads as empty. */
  child(name: Uint8Array): ChildOverlay {
    const text = toLatin1(name);
    let child = this.#children.get(text);
    if (child === undefined) {
      child = new ChildOverlay(name.slice(), this.state, this.#main, this.#journal);
      this.#children.set(text, child);
    }
    return child;
  }

  /** Root of all that is visible now, changes of open transactions included. Changes nothing. */
  root(version: StateVersion): Uint8Array {
    return this.#project(version).root;
  }

  startTransaction(): void {
    this.#journal.start();
  }

  /** @throws StateError `no-transaction` */
  commitTransaction(): void {
    this.#journal.commit();
  }

  /** @throws StateError `no-transaction` */
  rollbackTransaction(): void {
    this.#journal.rollback();
  }

  get transactionDepth(): number {
    return this.#journal.depth;
  }

  /** Rolls back transactions until `depth` of them are open. */
  rollbackTo(depth: number): void {
    while (this.#journal.depth > depth) this.#journal.rollback();
  }

  /** Rolls back every open transaction. */
  rollbackAll(): void {
    this.rollbackTo(0);
  }

  /**
   * What differs from the state. Roots of child tries with changes are left out: they follow from those and
   * from the state version.
   */
  diff(): StorageDiff {
    const children = this.#changedChildren();
    const roots = new Set(children.map(({ name }) => toLatin1(childRootKey(name))));
    return {
      top: this.#main.netChanges().filter(({ key }) => !roots.has(toLatin1(key))),
      children: children
        .map((child) => ({ name: child.name, changes: child.netChanges() }))
        .filter(({ changes }) => changes.length > 0),
    };
  }

  /** Everything written or deleted, sorted, also where it makes no difference to what was there. */
  changes(): StorageChanges {
    const children = this.#changedChildren().map((child) => ({ name: child.name, changes: child.changes() }));
    return { top: this.#main.changes(), children };
  }

  /**
   * The state with all changes applied. The overlay stays as it is, over the state it was made for.
   * @throws StateError `open-transaction`
   */
  commit(version: StateVersion): State {
    if (this.#journal.depth > 0) {
      throw new StateError("open-transaction", `${this.#journal.depth} transactions are open`);
    }
    return this.#project(version);
  }

  /** The runtime computes the root at a block's end and the host right after it: the second is free. */
  #project(version: StateVersion): State {
    const { revision } = this.#journal;
    const known = this.#projection;
    if (known?.revision === revision && known.version === version) return known.state;
    const state = this.state.apply(this.changes(), version);
    this.#projection = { revision, version, state };
    return state;
  }

  #changedChildren(): ChildOverlay[] {
    return [...this.#children.values()]
      .filter((child) => !child.isUnchanged)
      .sort((a, b) => compareBytes(a.name, b.name));
  }
}

/** Changes on top of one default child trie. */
export class ChildOverlay extends TrieOverlay {
  /** Without the prefix of its root's key. */
  readonly name: Uint8Array;
  readonly #main: TrieOverlay;

  /** Made by `Overlay.child` alone. */
  constructor(name: Uint8Array, state: State, main: TrieOverlay, journal: Journal) {
    super(() => state.child(name), journal, name);
    this.name = name;
    this.#main = main;
  }

  /** Deletes the whole trie, as `clearPrefix` with the empty prefix. */
  kill(limit?: number, cursor?: Uint8Array): Removal {
    return this.clearPrefix(new Uint8Array(0), limit, cursor);
  }

  /**
   * The root as it is now. If the trie has changes its root is also written to the main trie's overlay, where a
   * read of its key then sees it (reference: OverlayedChanges::child_storage_root).
   */
  root(version: StateVersion): Uint8Array {
    const key = childRootKey(this.name);
    if (this.isUnchanged) {
      const stored = this.#main.get(key);
      return stored?.length === 32 ? stored : Trie.empty().root;
    }
    const trie = this.backend.apply(this.changes(), version);
    if (trie.isEmpty) this.#main.clear(key);
    else this.#main.set(key, trie.root);
    return trie.root;
  }
}

function isChildStorage(key: Uint8Array): boolean {
  return startsWith(key, CHILD_STORAGE_PREFIX);
}
