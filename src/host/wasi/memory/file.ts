import { WasiError } from "../errno.ts";
import type { File } from "../file-system.ts";
import { FILETYPE } from "../flags.ts";
import { MemoryNode } from "./node.ts";
import { ENTRY_BYTES, type Volume } from "./volume.ts";

/** A file in memory, and the open handle to it. Behind `size` the buffer holds zeros. */
export class MemoryFile extends MemoryNode implements File {
  readonly type = FILETYPE.regularFile;
  #buffer: Uint8Array;
  #size: number;
  /** Open handles: a file without names lives on until the last is closed. */
  handles = 0;

  constructor(volume: Volume, content: Uint8Array = new Uint8Array(0)) {
    super(volume);
    volume.take(content.length);
    this.#buffer = content.slice();
    this.#size = content.length;
  }

  get size(): number {
    return this.#size;
  }

  /** A copy of the contents. */
  get content(): Uint8Array {
    return this.#buffer.slice(0, this.#size);
  }

  read(into: Uint8Array, position: number): number {
    const part = this.#buffer.subarray(
      Math.min(position, this.#size),
      Math.min(position + into.length, this.#size),
    );
    into.set(part);
    this.wasRead();
    return part.length;
  }

  write(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length;
    if (end > this.#size) this.resize(end);
    this.#buffer.set(bytes, position);
    this.wasChanged();
  }

  resize(size: number): void {
    this.volume.take(size - this.#size);
    if (size > this.#buffer.length) {
      // Doubling makes a file that is written in small parts take linear time.
      const grown = new Uint8Array(Math.max(size, Math.min(2 * this.#buffer.length, size + 0x1000000)));
      grown.set(this.#buffer);
      this.#buffer = grown;
    }
    if (size < this.#size) this.#buffer.fill(0, size, this.#size);
    this.#size = size;
    this.wasChanged();
  }

  sync(): void {}

  opened(): this {
    this.handles++;
    return this;
  }

  close(): void {
    this.handles--;
    this.#release();
  }

  unlinked(): void {
    this.links--;
    this.#release();
  }

  #release(): void {
    if (this.links > 0 || this.handles > 0) return;
    this.volume.take(-this.#size - ENTRY_BYTES);
  }
}

/** A symbolic link. */
export class MemoryLink extends MemoryNode {
  readonly type = FILETYPE.symbolicLink;
  readonly target: string;

  constructor(volume: Volume, target: string) {
    super(volume);
    if (target.length > 4096) throw new WasiError("nametoolong");
    this.target = target;
  }

  get size(): number {
    return this.target.length;
  }

  unlinked(): void {
    this.links--;
    if (this.links === 0) this.volume.take(-ENTRY_BYTES);
  }
}
