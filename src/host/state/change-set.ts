import { AppendList } from "./append-list.ts";
import type { Journal, Undo } from "./journal.ts";
import { SortedKeys } from "./sorted-keys.ts";
import type { Change } from "./trie/trie.ts";

type Content = Uint8Array | AppendList | undefined;

/** The newest change of one key. */
class Slot {
  readonly key: Uint8Array;
  /** Depth of the transaction that made it. */
  layer: number;
  /** Undefined: the key is deleted. */
  content: Content;

  constructor(key: Uint8Array, layer: number, content: Content) {
    this.key = key;
    this.layer = layer;
    this.content = content;
  }

  get value(): Uint8Array | undefined {
    return this.content instanceof AppendList ? this.content.encoded : this.content;
  }
}

/**
 * The changes to one trie, by key. Keys are given as bytes and as their Latin-1 form, which the caller has made
 * once. Only the newest change is kept at hand; what a transaction covers goes to the journal.
 */
export class ChangeSet {
  readonly #journal: Journal;
  readonly #slots = new Map<string, Slot>();
  /** Made when order is first asked for. */
  #sorted: SortedKeys | undefined;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get isEmpty(): boolean {
    return this.#slots.size === 0;
  }

  has(text: string): boolean {
    return this.#slots.has(text);
  }

  isDeleted(text: string): boolean {
    const slot = this.#slots.get(text);
    return slot !== undefined && slot.content === undefined;
  }

  /** The changed value; undefined also if the key is deleted or not changed. */
  value(text: string): Uint8Array | undefined {
    return this.#slots.get(text)?.value;
  }

  write(key: Uint8Array, text: string, content: Content): void {
    const slot = this.#slots.get(text);
    const layer = this.#journal.depth;
    if (slot !== undefined && slot.layer === layer) slot.content = content;
    else {
      if (layer > 0) this.#journal.record(new SlotUndo(this, text, slot));
      this.#slots.set(text, new Slot(slot?.key ?? key.slice(), layer, content));
      if (slot === undefined) this.#sorted?.add(text);
    }
    this.#journal.touch();
  }

  /** Deletes a key that is changed already. */
  delete(text: string): void {
    this.write(this.#slots.get(text)!.key, text, undefined);
  }

  /** Appends to the SCALE list at a key. @param stored gives the value below, if the key is not changed yet. */
  append(key: Uint8Array, text: string, item: Uint8Array, stored: () => Uint8Array | undefined): void {
    const slot = this.#slots.get(text);
    const content = slot === undefined ? stored() : slot.content;
    const list = content instanceof AppendList ? content : AppendList.of(content);
    this.write(key, text, list.append(item));
  }

  /** The changed keys from `start` on, deleted ones included, ascending. */
  *keysFrom(start: string): Generator<string, void> {
    this.#sorted ??= new SortedKeys(this.#slots.keys());
    yield* this.#sorted.from(start);
  }

  /** The first key after `text` that has a value here. */
  nextLive(text: string): Uint8Array | undefined {
    for (const next of this.keysFrom(text)) {
      const slot = this.#slots.get(next)!;
      if (slot.content !== undefined && next !== text) return slot.key;
    }
    return undefined;
  }

  /** All changes, ascending by key. */
  list(): Change[] {
    const changes: Change[] = [];
    for (const text of this.keysFrom("")) {
      const slot = this.#slots.get(text)!;
      changes.push({ key: slot.key, value: slot.value });
    }
    return changes;
  }

  /** Puts back what a key had before a transaction changed it. */
  putBack(text: string, former: Slot | undefined): void {
    if (former !== undefined) this.#slots.set(text, former);
    else {
      this.#slots.delete(text);
      this.#sorted?.delete(text);
    }
  }

  /** What a key has now belongs to the transaction of this depth, as those above are committed. */
  lower(text: string, depth: number): void {
    this.#slots.get(text)!.layer = depth;
  }
}

/** The first change that a transaction made to a key. */
class SlotUndo implements Undo {
  readonly #set: ChangeSet;
  readonly #text: string;
  readonly #former: Slot | undefined;

  constructor(set: ChangeSet, text: string, former: Slot | undefined) {
    this.#set = set;
    this.#text = text;
    this.#former = former;
  }

  restore(): void {
    this.#set.putBack(this.#text, this.#former);
  }

  lower(depth: number): boolean {
    this.#set.lower(this.#text, depth);
    // Where the transaction below had changed the key itself, it has an undo of its own.
    return depth > 0 && (this.#former === undefined || this.#former.layer < depth);
  }
}
