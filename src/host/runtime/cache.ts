import { equalBytes } from "../bytes.ts";
import type { Runtime } from "./runtime.ts";

/** Runtimes kept: an upgrade needs two at a time, a test of several chains a few more. */
const CAPACITY = 4;

interface Entry {
  readonly blob: Uint8Array;
  readonly runtime: Runtime;
}

/**
 * The runtimes used last, by the bytes of their blobs. Comparing is many times cheaper than hashing, and it is
 * exact.
 */
export class RuntimeCache {
  #entries: Entry[] = [];

  get(blob: Uint8Array): Runtime | undefined {
    const index = this.#entries.findIndex((entry) => equalBytes(entry.blob, blob));
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
