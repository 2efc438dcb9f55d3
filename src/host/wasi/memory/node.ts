import type { FileStat, FileTimes } from "../file-system.ts";
import type { FileType } from "../flags.ts";
import { ENTRY_BYTES, type Volume } from "./volume.ts";

/** What files, folders and links have in common. */
export abstract class MemoryNode {
  readonly volume: Volume;
  readonly inode: bigint;
  abstract readonly type: FileType;
  /** Names that it has. */
  links = 0;
  #accessed: bigint;
  #modified: bigint;
  #changed: bigint;

  constructor(volume: Volume) {
    volume.take(ENTRY_BYTES);
    this.volume = volume;
    this.inode = volume.nextInode();
    this.#accessed = this.#modified = this.#changed = volume.now();
  }

  abstract get size(): number;

  stat(): FileStat {
    return {
      device: 1n,
      inode: this.inode,
      type: this.type,
      links: BigInt(this.links),
      size: BigInt(this.size),
      accessed: this.#accessed,
      modified: this.#modified,
      changed: this.#changed,
    };
  }

  setTimes({ accessed, modified }: FileTimes): void {
    if (accessed !== undefined) this.#accessed = accessed;
    if (modified !== undefined) this.#modified = modified;
    this.#changed = this.volume.now();
  }

  protected wasRead(): void {
    this.#accessed = this.volume.now();
  }

  protected wasChanged(): void {
    this.#modified = this.#changed = this.volume.now();
  }
}
