import type { MemoryType } from "../decoder/module.ts";

export const PAGE_SIZE = 65536;
/** 4 GiB: what 32-bit addresses reach. */
export const MAX_PAGES = 65536;

/**
 * The machine that runs this cannot give the memory that a module may have by its limits: fatal to the host, and never
 * a trap or a -1, since results must not depend on the machine.
 */
export class HostResourceError extends Error {
  override readonly name = "HostResourceError";
}

function allocate(size: number): ArrayBuffer {
  return orResourceError(size, () => new ArrayBuffer(size));
}

function orResourceError(size: number, action: () => ArrayBuffer): ArrayBuffer {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new HostResourceError(`this machine cannot give a memory of ${size} bytes`, { cause: error });
  }
}

/**
 * A linear memory. `bytes`, `words` and `view` cover exactly the current size and are replaced when the memory grows, so
 * read them from here after anything that may grow it.
 */
export class Memory {
  readonly type: MemoryType;
  /** The size it may never exceed, in pages: the type's maximum, and the limit of the store that made it. */
  readonly maxPages: number;
  bytes: Uint8Array;
  view: DataView;
  words: Int32Array;
  /**
   * Set by a host that handed `bytes.buffer` out: called where the memory grows, by 0 pages too, to give the buffer of
   * exactly `size` bytes that it goes on in, with the old contents.
   */
  whenGrown: ((memory: Memory, size: number) => ArrayBuffer) | undefined = undefined;

  /** @param maxPages a host's limit, which applies beside the type's own. @throws RangeError if min exceeds it; HostResourceError */
  constructor(type: MemoryType, maxPages: number = MAX_PAGES) {
    this.type = type;
    this.maxPages = Math.min(type.max ?? MAX_PAGES, maxPages);
    if (type.min > this.maxPages) {
      throw new RangeError(`memory of ${type.min} pages exceeds the limit of ${this.maxPages}`);
    }
    const buffer = allocate(type.min * PAGE_SIZE);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.words = new Int32Array(buffer);
  }

  /** Current size in pages of 64 KiB. */
  get pages(): number {
    return this.bytes.length / PAGE_SIZE;
  }

  /**
   * Grows by `delta` pages and returns the old size in pages, or -1, unchanged, where the maximum forbids it.
   * A host that cannot give the memory throws HostResourceError: -1 would make the result depend on the machine.
   *
   * The buffer grows by doubling while the views stay exact, so growing page by page costs linear time.
   */
  grow(delta: number): number {
    const old = this.pages;
    const pages = old + delta;
    if (pages > this.maxPages) return -1;
    const size = pages * PAGE_SIZE;
    if (this.whenGrown !== undefined) {
      this.moveTo(
        orResourceError(size, () => this.whenGrown!(this, size)),
        size,
      );
      return old;
    }
    if (delta === 0) return old;
    let { buffer } = this.bytes;
    if (size > buffer.byteLength) {
      const capacity = Math.min(Math.max(pages, 2 * old), this.maxPages) * PAGE_SIZE;
      buffer = allocate(capacity);
      new Uint8Array(buffer).set(this.bytes);
    }
    this.moveTo(buffer, size);
    return old;
  }

  /** Moves to a buffer of exactly the memory's size, and returns it. @throws HostResourceError */
  compact(): ArrayBuffer {
    const size = this.bytes.length;
    const buffer = allocate(size);
    new Uint8Array(buffer).set(this.bytes);
    this.moveTo(buffer, size);
    return buffer;
  }

  private moveTo(buffer: ArrayBufferLike, size: number): void {
    this.bytes = new Uint8Array(buffer, 0, size);
    this.view = new DataView(buffer, 0, size);
    this.words = new Int32Array(buffer, 0, size / 4);
  }
}
