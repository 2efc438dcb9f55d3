import type { Entry } from "../../src/host/polkadot/index.ts";

/** What is asked of storage in a block, as far as it is timed: an overlay answers, and what stands beside it. */
export interface StorageUnderTest {
  get(key: Uint8Array): Uint8Array | undefined;
  set(key: Uint8Array, value: Uint8Array): void;
  clear(key: Uint8Array): void;
  nextKey(key: Uint8Array): Uint8Array | undefined;
  startTransaction(): void;
  commitTransaction(): void;
  rollbackTransaction(): void;
}

const text = (key: Uint8Array): string => String.fromCharCode.apply(null, key as unknown as number[]);

/**
 * The same written in the shortest way: a map of the state's entries and a list of their keys, both made before, and one
 * map for each open transaction. It has no roots, no proofs and no child tries.
 */
export class PlainStorage implements StorageUnderTest {
  readonly #values: ReadonlyMap<string, Uint8Array>;
  readonly #keys: readonly string[];
  readonly #layers: Map<string, Uint8Array | undefined>[] = [new Map()];

  constructor(values: ReadonlyMap<string, Uint8Array>, keys: readonly string[]) {
    this.#values = values;
    this.#keys = keys;
  }

  static prepare(entries: readonly Entry[]): () => PlainStorage {
    const values = new Map(entries.map(([key, value]) => [text(key), value] as const));
    const keys = [...values.keys()].sort();
    return () => new PlainStorage(values, keys);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#find(text(key));
  }

  #find(key: string): Uint8Array | undefined {
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const layer = this.#layers[i]!;
      if (layer.has(key)) return layer.get(key);
    }
    return this.#values.get(key);
  }

  set(key: Uint8Array, value: Uint8Array): void {
    this.#layers.at(-1)!.set(text(key), value.slice());
  }

  clear(key: Uint8Array): void {
    this.#layers.at(-1)!.set(text(key), undefined);
  }

  /** Sorts what was changed each time it is asked. */
  nextKey(key: Uint8Array): Uint8Array | undefined {
    const after = text(key);
    const changed = this.#layers.flatMap((layer) => [...layer.keys()]);
    const next = changed.filter((one) => one > after && this.#find(one) !== undefined).sort()[0];
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! > after) high = middle;
      else low = middle + 1;
    }
    while (low < this.#keys.length && this.#find(this.#keys[low]!) === undefined) low++;
    const stored = this.#keys[low];
    const found = stored === undefined || (next !== undefined && next < stored) ? next : stored;
    return found === undefined ? undefined : Uint8Array.from(found, (c) => c.charCodeAt(0));
  }

  startTransaction(): void {
    this.#layers.push(new Map());
  }

  commitTransaction(): void {
    const top = this.#layers.pop()!;
    for (const [key, value] of top) this.#layers.at(-1)!.set(key, value);
  }

  rollbackTransaction(): void {
    this.#layers.pop();
  }
}
