import { WasiError } from "../errno.ts";
import type { File, FileStat, FileTimes, Folder, FolderEntry, OpenOptions } from "../file-system.ts";
import { FILETYPE } from "../flags.ts";
import { MemoryFile, MemoryLink } from "./file.ts";
import { MemoryNode } from "./node.ts";
import { ENTRY_BYTES, type Volume } from "./volume.ts";

type Entry = MemoryFile | MemoryLink | MemoryFolder;

/** A folder in memory, and the open handle to it. Entries are listed in the order in which they were made. */
export class MemoryFolder extends MemoryNode implements Folder {
  readonly type = FILETYPE.directory;
  readonly #entries = new Map<string, Entry>();
  /** Undefined for a root, and for one that was removed. */
  parent: MemoryFolder | undefined;

  constructor(volume: Volume, parent?: MemoryFolder) {
    super(volume);
    this.parent = parent;
    this.links = 1;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  useClock(now: () => bigint): void {
    this.volume.now = now;
  }

  sync(): void {}

  list(): readonly FolderEntry[] {
    return Array.from(this.#entries, ([name, { inode, type }]) => ({ name, inode, type }));
  }

  lookup(name: string): FileStat | undefined {
    return this.#entries.get(name)?.stat();
  }

  openFolder(name: string): MemoryFolder {
    const entry = this.existing(name);
    if (!(entry instanceof MemoryFolder)) throw new WasiError("notdir");
    return entry;
  }

  openFile(name: string, { create, exclusive, truncate }: OpenOptions): File {
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      if (!create) throw new WasiError("noent");
      const file = new MemoryFile(this.volume);
      this.add(name, file);
      return file.opened();
    }
    if (create && exclusive) throw new WasiError("exist");
    if (entry instanceof MemoryFolder) throw new WasiError("isdir");
    if (entry instanceof MemoryLink) throw new WasiError("loop");
    if (truncate) entry.resize(0);
    return entry.opened();
  }

  setTimesOf(name: string, times: FileTimes): void {
    this.existing(name).setTimes(times);
  }

  readLink(name: string): string {
    const entry = this.existing(name);
    if (!(entry instanceof MemoryLink)) throw new WasiError("inval");
    return entry.target;
  }

  makeLink(name: string, target: string): void {
    this.mustBeFree(name);
    this.add(name, new MemoryLink(this.volume, target));
  }

  makeFolder(name: string): MemoryFolder {
    this.mustBeFree(name);
    const folder = new MemoryFolder(this.volume, this);
    this.add(name, folder);
    return folder;
  }

  removeFolder(name: string): void {
    const entry = this.existing(name);
    if (!(entry instanceof MemoryFolder)) throw new WasiError("notdir");
    if (entry.size > 0) throw new WasiError("notempty");
    this.remove(name);
  }

  removeFile(name: string): void {
    if (this.existing(name) instanceof MemoryFolder) throw new WasiError("isdir");
    this.remove(name);
  }

  rename(name: string, to: Folder, newName: string): void {
    const moved = this.existing(name);
    if (!(to instanceof MemoryFolder) || to.volume !== this.volume) throw new WasiError("xdev");
    const replaced = to.#entries.get(newName);
    if (replaced === moved) return;
    if (moved instanceof MemoryFolder && to.isWithin(moved)) throw new WasiError("inval");
    if (replaced instanceof MemoryFolder) {
      if (!(moved instanceof MemoryFolder)) throw new WasiError("isdir");
      if (replaced.size > 0) throw new WasiError("notempty");
    } else if (replaced !== undefined && moved instanceof MemoryFolder) {
      throw new WasiError("notdir");
    }
    to.mustExist();
    if (replaced !== undefined) to.remove(newName);
    this.#entries.delete(name);
    to.#entries.set(newName, moved);
    if (moved instanceof MemoryFolder) moved.parent = to;
    this.wasChanged();
    to.wasChanged();
  }

  link(name: string, to: Folder, newName: string): void {
    const entry = this.existing(name);
    if (!(to instanceof MemoryFolder) || to.volume !== this.volume) throw new WasiError("xdev");
    if (entry instanceof MemoryFolder) throw new WasiError("perm");
    to.mustBeFree(newName);
    to.add(newName, entry);
  }

  reopen(): this {
    return this;
  }

  close(): void {}

  /** Puts an entry in, which must be new here. */
  add(name: string, entry: MemoryFile | MemoryLink | MemoryFolder): void {
    this.mustExist();
    this.#entries.set(name, entry);
    if (!(entry instanceof MemoryFolder)) entry.links++;
    this.wasChanged();
  }

  private existing(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new WasiError("noent");
    return entry;
  }

  private mustBeFree(name: string): void {
    this.mustExist();
    if (this.#entries.has(name)) throw new WasiError("exist");
  }

  /** A folder that was removed may still be open. */
  private mustExist(): void {
    if (this.links === 0) throw new WasiError("noent");
  }

  private remove(name: string): void {
    const entry = this.existing(name);
    this.#entries.delete(name);
    if (entry instanceof MemoryFolder) {
      entry.links = 0;
      entry.parent = undefined;
      this.volume.take(-ENTRY_BYTES);
    } else {
      entry.unlinked();
    }
    this.wasChanged();
  }

  private isWithin(other: MemoryFolder): boolean {
    for (let folder: MemoryFolder | undefined = this; folder !== undefined; folder = folder.parent) {
      if (folder === other) return true;
    }
    return false;
  }
}
