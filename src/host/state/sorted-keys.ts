/** A chunk that grows beyond this many keys is split in half. */
const MAX_CHUNK = 512;

/**
 * A set of strings in order. Kept as sorted chunks, so that adding and deleting touch one chunk: a runtime that
 * alternates writes and `next_key` must not make us sort everything each time.
 */
export class SortedKeys {
  /** Non-empty sorted chunks, each wholly below the next. */
  readonly #chunks: string[][] = [];

  constructor(keys: Iterable<string>) {
    const sorted = [...keys].sort(compare);
    for (let i = 0; i < sorted.length; i += MAX_CHUNK / 2)
      this.#chunks.push(sorted.slice(i, i + MAX_CHUNK / 2));
  }

  /** Adds a key that is not in the set. */
  add(key: string): void {
    if (this.#chunks.length === 0) {
      this.#chunks.push([key]);
      return;
    }
    const at = Math.min(this.#chunkOf(key), this.#chunks.length - 1);
    const chunk = this.#chunks[at];
    chunk.splice(lowerBound(chunk, key), 0, key);
    if (chunk.length > MAX_CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(MAX_CHUNK / 2));
  }

  /** Deletes a key of the set. */
  delete(key: string): void {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at];
    chunk.splice(lowerBound(chunk, key), 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** The keys from `start` on, ascending. The set must not change while they are taken. */
  *from(start: string): Generator<string, void> {
    for (let at = this.#chunkOf(start); at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at];
      for (let i = lowerBound(chunk, start); i < chunk.length; i++) yield chunk[i];
    }
  }

  /** Index of the first chunk that has a key at or above `key`; the number of chunks if there is none. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const chunk = this.#chunks[middle];
      if (chunk[chunk.length - 1] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Index of the first element at or above `key`. */
function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
