import { toLatin1 } from "../../bytes.ts";
import { blake2b256, type Hasher } from "../hash.ts";
import type { NodeSource } from "../trie/source.ts";

/**
 * The items of a storage proof or witness: encodings of trie nodes and detached values, found by the hash of
 * their bytes, which is computed here and never taken from the sender. Their order means nothing; an item that
 * comes twice counts once.
 */
export class NodeSet implements NodeSource {
  readonly #items = new Map<string, Uint8Array>();
  readonly #asked = new Set<string>();

  constructor(items: Iterable<Uint8Array>, hash: Hasher = blake2b256) {
    for (const item of items) this.#items.set(toLatin1(hash(item)), item);
  }

  /** Number of distinct items. */
  get count(): number {
    return this.#items.size;
  }

  /** Length of the distinct items in bytes. */
  get byteLength(): number {
    let length = 0;
    for (const item of this.#items.values()) length += item.length;
    return length;
  }

  get(hash: Uint8Array): Uint8Array | undefined {
    const text = toLatin1(hash);
    const item = this.#items.get(text);
    if (item !== undefined) this.#asked.add(text);
    return item;
  }

  /** The items that nothing has asked for so far: harmless, but a proof made for the purpose has none. */
  unused(): Uint8Array[] {
    return [...this.#items].filter(([text]) => !this.#asked.has(text)).map(([, item]) => item);
  }
}
