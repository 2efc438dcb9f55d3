import type { Feature } from "../../decoder/index.ts";
import { equalBytes } from "../bytes.ts";
import type { Runtime } from "./runtime.ts";

/** Runtimes kept: an upgrade needs two at a time, a test of several chains a few more. */
const CAPACITY = 4;

interface Entry {
  readonly blob: Uint8Array;
  readonly runtime: Runtime;
}

/**
 * The runtimes used last, by the bytes of their blobs and the features they were loaded with. Comparing is many
 * times cheaper than hashing, and it is exact.
 */
export class RuntimeCache {
  #entries: Entry[] = [];

  get(blob: Uint8Array, features: ReadonlySet<Feature>): Runtime | undefined {
    const index = this.#entries.findIndex(
      (entry) => equalSets(entry.runtime.module.features, features) && equalBytes(entry.blob, blob),
    );
    if (index < 0) return undefined;
    const [entry] = this.#entries.splice(index, 1);
    this.#entries.unshift(entry);
    return entry.runtime;
  }

  /** @param blob the runtime's own copy: whoever gave the blob may change theirs. */
  add(blob: Uint8Array, runtime: Runtime): void {
    this.#entries.unshift({ blob, runtime });
    this.#entries = this.#entries.slice(0, CAPACITY);
  }
}

function equalSets<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
