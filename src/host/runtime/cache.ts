import type { Feature } from "../../decoder/index.ts";
import { equalBytes } from "../bytes.ts";
import type { Runtime } from "./runtime.ts";

/** Runtimes kept: an upgrade needs two at a time, a test of several chains a few more. */
const CAPACITY = 4;

interface Entry {
  readonly blob: Uint8Array;
  readonly runtime: Runtime;
  /** Where its bytes were found before. */
  readonly origins: WeakSet<object>;
}

/**
 * The runtimes used last, by the bytes of their blobs and the features they were loaded with. Comparing is many
 * times cheaper than hashing, and it is exact. Where a blob comes out of a trie not even that is needed: an *origin*
 * is an object that goes with the same bytes for ever.
 */
export class RuntimeCache {
  #entries: Entry[] = [];

  get(blob: Uint8Array, features: ReadonlySet<Feature>, origin?: object): Runtime | undefined {
    const fitting = this.#entries.filter(({ runtime }) => equalSets(runtime.module.features, features));
    const entry =
      (origin && fitting.find(({ origins }) => origins.has(origin))) ??
      fitting.find((candidate) => equalBytes(candidate.blob, blob));
    if (entry === undefined) return undefined;
    if (origin !== undefined) entry.origins.add(origin);
    this.#entries = [entry, ...this.#entries.filter((other) => other !== entry)];
    return entry.runtime;
  }

  /** @param blob the runtime's own copy: whoever gave the blob may change theirs. */
  add(blob: Uint8Array, runtime: Runtime, origin?: object): void {
    const origins = new WeakSet(origin === undefined ? [] : [origin]);
    this.#entries = [{ blob, runtime, origins }, ...this.#entries].slice(0, CAPACITY);
  }

  /** A runtime with this blob, whatever its features. */
  find(blob: Uint8Array): Runtime | undefined {
    return this.#entries.find((entry) => equalBytes(entry.blob, blob))?.runtime;
  }
}

function equalSets<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
