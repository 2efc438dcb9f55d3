import { Memory } from "../../src/interp/index.ts";
import type { EngineMemory } from "./wasm-api.ts";

/**
 * An engine instance's memory in the form that our host functions know. The engine takes the buffer away when the
 * memory grows, so `refresh` must be called whenever Wasm ran.
 */
export class EngineMemoryView extends Memory {
  readonly #memory: EngineMemory;

  /** @param maxPages which the engine was given too. */
  constructor(memory: EngineMemory, maxPages: number) {
    super({ min: 0, max: maxPages });
    this.#memory = memory;
    this.refresh();
  }

  /** Cheap where nothing changed, as it is called for every host call: a buffer taken away has no length. */
  refresh(): void {
    if (this.bytes.length > 0) return;
    const { buffer } = this.#memory;
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  override grow(delta: number): number {
    const old = this.pages;
    if (old + delta > this.maxPages) return -1;
    this.#memory.grow(delta);
    this.refresh();
    return old;
  }
}
