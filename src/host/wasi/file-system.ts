import type { FileType } from "./flags.ts";

/** Times are nanoseconds since 1970. */
export interface FileStat {
  readonly device: bigint;
  readonly inode: bigint;
  readonly type: FileType;
  readonly links: bigint;
  readonly size: bigint;
  readonly accessed: bigint;
  readonly modified: bigint;
  readonly changed: bigint;
}

/** New times; what is absent stays. */
export interface FileTimes {
  readonly accessed?: bigint;
  readonly modified?: bigint;
}

export interface OpenOptions {
  readonly read: boolean;
  readonly write: boolean;
  /** Makes the file if there is none. */
  readonly create: boolean;
  /** With `create`: it must not be there. */
  readonly exclusive: boolean;
  readonly truncate: boolean;
}

export interface FolderEntry {
  readonly name: string;
  readonly inode: bigint;
  readonly type: FileType;
}

/** An open file. Every method may throw `WasiError`, and nothing else. Positions are in bytes. */
export interface File {
  stat(): FileStat;
  /** Fills `into` from `position` on, as far as the file goes; returns how many bytes. */
  read(into: Uint8Array, position: number): number;
  /** Writes all of `bytes` at `position`. */
  write(bytes: Uint8Array, position: number): void;
  resize(size: number): void;
  setTimes(times: FileTimes): void;
  sync(): void;
  close(): void;
}

/**
 * An open folder: what a program is given to reach files by. Every method may throw `WasiError`, and nothing else.
 *
 * Names are single names of entries: never a path, "", "." or "..". No method follows a symbolic link. So who
 * implements this need not know how paths are resolved, and who resolves them (`resolve.ts`) leaves no folder but by
 * `lookup` and `openFolder`.
 */
export interface Folder {
  stat(): FileStat;
  setTimes(times: FileTimes): void;
  sync(): void;
  /** All entries, in an order that stays the same while nothing changes. */
  list(): readonly FolderEntry[];
  /** The entry itself, also where it is a link; undefined if there is none. */
  lookup(name: string): FileStat | undefined;
  openFolder(name: string): Folder;
  /** "loop" for a link, "isdir" for a folder. */
  openFile(name: string, options: OpenOptions): File;
  setTimesOf(name: string, times: FileTimes): void;
  readLink(name: string): string;
  makeLink(name: string, target: string): void;
  makeFolder(name: string): void;
  /** Removes an empty folder. */
  removeFolder(name: string): void;
  /** Removes anything but a folder. */
  removeFile(name: string): void;
  /** Renames as POSIX does, over what is there. "xdev" if `to` belongs to another file system. */
  rename(name: string, to: Folder, newName: string): void;
  /** Makes a hard link. */
  link(name: string, to: Folder, newName: string): void;
  /** A second handle to the same folder. */
  reopen(): Folder;
  close(): void;
  /** Tells a file system that has no clock of its own what time it is. */
  useClock?(now: () => bigint): void;
}
