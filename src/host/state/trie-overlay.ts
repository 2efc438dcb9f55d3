import { startsWith, toLatin1 } from "../bytes.ts";
import { ChangeSet } from "./change-set.ts";
import type { Journal } from "./journal.ts";
import type { Change, Trie } from "./trie/trie.ts";

/** What clearing a prefix did (`MultiRemovalResults`). */
export interface Removal {
  /** The first key left in the backend, if the limit was reached. */
  readonly cursor: Uint8Array | undefined;
  /** Keys of the backend that were deleted now. */
  readonly backend: number;
  /** Keys deleted now, in overlay and backend. */
  readonly unique: number;
  /** Keys of the backend that were looked at. */
  readonly loops: number;
}

export const NOTHING_REMOVED: Removal = { cursor: undefined, backend: 0, unique: 0, loops: 0 };

/**
 * Changes on top of one trie. Keys and values handed in are copied, so views into a linear memory will do;
 * those handed out must not be written to. Operations on a partial trie may throw WitnessIncomplete.
 */
export class TrieOverlay {
  readonly #trie: () => Trie;
  readonly #changes: ChangeSet;
  readonly #journal: Journal;
  /** Name of the child trie; undefined for the main one. */
  readonly #child: Uint8Array | undefined;
  #backend: Trie | undefined;

  /** @param trie gives the trie below, when it is first needed. */
  constructor(trie: () => Trie, journal: Journal, child?: Uint8Array) {
    this.#trie = trie;
    this.#journal = journal;
    this.#child = child;
    this.#changes = new ChangeSet(journal);
  }

  get backend(): Trie {
    this.#backend ??= this.#trie();
    return this.#backend;
  }

  get isUnchanged(): boolean {
    return this.#changes.isEmpty;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    if (this.#changes.isEmpty) return this.backend.get(key);
    const text = toLatin1(key);
    return this.#changes.has(text) ? this.#changes.value(text) : this.backend.get(key);
  }

  exists(key: Uint8Array): boolean {
    if (this.#changes.isEmpty) return this.backend.has(key);
    const text = toLatin1(key);
    return this.#changes.has(text) ? !this.#changes.isDeleted(text) : this.backend.has(key);
  }

  set(key: Uint8Array, value: Uint8Array): void {
    this.#journal.listener?.({ kind: "set", child: this.#child, key: key.slice(), value: value.slice() });
    this.#changes.write(key, toLatin1(key), value.slice());
  }

  clear(key: Uint8Array): void {
    this.#journal.listener?.({ kind: "clear", child: this.#child, key: key.slice() });
    this.#changes.write(key, toLatin1(key), undefined);
  }

  /**
   * Appends an encoded item to the SCALE list at `key`. A value that is not a list (its compact u32 count does
   * not decode) or is absent becomes the list of this one item (reference: StorageAppend).
   */
  append(key: Uint8Array, item: Uint8Array): void {
    this.#journal.listener?.({ kind: "append", child: this.#child, key: key.slice(), value: item.slice() });
    this.#changes.append(key, toLatin1(key), item, () => this.backend.get(key));
  }

  /** The smallest key with a value that is strictly above `key`. */
  nextKey(key: Uint8Array): Uint8Array | undefined {
    if (this.#changes.isEmpty) return this.backend.nextKey(key);
    const changed = this.#changes.nextLive(toLatin1(key));
    const changedText = changed && toLatin1(changed);
    let stored = this.backend.nextKey(key);
    while (stored !== undefined) {
      const text = toLatin1(stored);
      // Past the overlay's answer the backend has nothing to say, and is not asked.
      if (changedText !== undefined && changedText <= text) return changed;
      if (!this.#changes.isDeleted(text)) return stored;
      stored = this.backend.nextKey(stored);
    }
    return changed;
  }

  /**
   * Deletes what begins with `prefix`: all of the overlay's keys, and of the backend's those from `cursor` on, at
   * most `limit` of them looked at. The backend's keys are visited whatever the overlay says of them, so a
   * limited call repeated without cursor visits the same ones again.
   */
  clearPrefix(prefix: Uint8Array, limit?: number, cursor?: Uint8Array): Removal {
    this.#journal.listener?.({
      kind: "clear-prefix",
      child: this.#child,
      prefix: prefix.slice(),
      limit,
      cursor: cursor?.slice(),
    });
    let unique = this.#clearChanged(toLatin1(prefix));
    let backend = 0;
    let loops = 0;
    for (const key of this.backend.keys(prefix, cursor)) {
      if (loops === limit) return { cursor: key, backend, unique, loops };
      const text = toLatin1(key);
      if (!this.#changes.isDeleted(text)) {
        this.#changes.write(key, text, undefined);
        backend++;
        unique++;
      }
      loops++;
    }
    return { cursor: undefined, backend, unique, loops };
  }

  #clearChanged(prefix: string): number {
    const live: string[] = [];
    for (const text of this.#changes.keysFrom(prefix)) {
      if (!text.startsWith(prefix)) break;
      if (!this.#changes.isDeleted(text)) live.push(text);
    }
    for (const text of live) this.#changes.delete(text);
    return live.length;
  }

  /** Every key written or deleted, ascending, with what is now there: also where that equals the backend's. */
  changes(): Change[] {
    return this.#changes.list();
  }

  /** The changes that make a difference to the backend, ascending. */
  netChanges(): Change[] {
    return this.changes().filter(({ key, value }) => !this.backend.holds(key, value));
  }
}

/** Whether one of two byte strings begins with the other. */
export function overlaps(a: Uint8Array, b: Uint8Array): boolean {
  return startsWith(a, b) || startsWith(b, a);
}
