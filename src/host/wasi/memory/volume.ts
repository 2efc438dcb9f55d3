import { WasiError } from "../errno.ts";

/** What an entry takes beside its contents, so that empty files are not free. */
export const ENTRY_BYTES = 512;
const DEFAULT_LIMIT = 256 * 1024 * 1024;

/** What the files and folders of one in-memory file system share: its room, its clock, and the next inode. */
export class Volume {
  readonly #limit: number;
  #used = 0;
  #inodes = 0n;
  now: () => bigint = () => 0n;

  constructor(limit: number = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  nextInode(): bigint {
    return ++this.#inodes;
  }

  /** Takes room, or gives it back where `bytes` is negative. @throws WasiError "nospc" */
  take(bytes: number): void {
    if (this.#used + bytes > this.#limit) throw new WasiError("nospc");
    this.#used += bytes;
  }
}
