import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import { WasiError } from "../host/wasi/errno.ts";
import type {
  File,
  FileStat,
  FileTimes,
  Folder,
  FolderEntry,
  OpenOptions,
} from "../host/wasi/file-system.ts";
import { withErrno } from "./errors.ts";
import { NodeFile } from "./file.ts";
import { statOf, timesFor, typeOf } from "./stat.ts";

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } =
  constants;

/** Linux's way to what an open descriptor refers to, wherever that has been moved. */
const DESCRIPTORS = "/proc/self/fd";

/**
 * An open folder of the machine's, for a program to have: it reaches what is below and nothing else.
 *
 * Every operation is one system call on a single name in a folder that is held open (`/proc/self/fd/N/name`, which is
 * what `openat` does) and follows no link in that name. So nothing that other processes move or replace meanwhile makes
 * it leave the folder. Only Linux can do this; elsewhere making one is refused.
 */
export class NodeFolder implements Folder {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * @param path links in it are followed
   * @throws WasiError "notsup" on systems other than Linux; "noent", "notdir", "acces", …
   */
  static open(path: string): NodeFolder {
    if (!existsSync(DESCRIPTORS)) throw new WasiError("notsup");
    return new NodeFolder(withErrno(() => openSync(path, O_RDONLY | O_DIRECTORY)));
  }

  stat(): FileStat {
    return withErrno(() => statOf(fstatSync(this.#fd, { bigint: true })));
  }

  setTimes(times: FileTimes): void {
    withErrno(() => {
      const { accessed, modified } = timesFor(fstatSync(this.#fd, { bigint: true }), times);
      futimesSync(this.#fd, accessed, modified);
    });
  }

  sync(): void {
    withErrno(() => fsyncSync(this.#fd));
  }

  list(): readonly FolderEntry[] {
    const names = withErrno(() => readdirSync(`${DESCRIPTORS}/${this.#fd}`));
    const entries: FolderEntry[] = [];
    for (const name of names.sort()) {
      // What was removed meanwhile is not there.
      const stats = withErrno(() => lstatSync(this.#at(name), { bigint: true, throwIfNoEntry: false }));
      if (stats !== undefined) entries.push({ name, inode: stats.ino, type: typeOf(stats) });
    }
    return entries;
  }

  lookup(name: string): FileStat | undefined {
    const stats = withErrno(() => lstatSync(this.#at(name), { bigint: true, throwIfNoEntry: false }));
    return stats === undefined ? undefined : statOf(stats);
  }

  openFolder(name: string): NodeFolder {
    return new NodeFolder(withErrno(() => openSync(this.#at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)));
  }

  openFile(name: string, { read, write, create, exclusive, truncate }: OpenOptions): File {
    const access = write ? (read ? O_RDWR : O_WRONLY) : O_RDONLY;
    const making = (create ? O_CREAT : 0) | (exclusive ? O_EXCL : 0) | (truncate ? O_TRUNC : 0);
    // Without waiting: opening a pipe would wait for its other end.
    const flags = access | making | O_NOFOLLOW | O_NONBLOCK;
    const fd = withErrno(() => openSync(this.#at(name), flags, 0o666));
    const stats = fstatSync(fd);
    if (stats.isFile()) return new NodeFile(fd);
    closeSync(fd);
    // Devices, pipes and sockets reach beyond the folder.
    throw new WasiError(stats.isDirectory() ? "isdir" : "acces");
  }

  setTimesOf(name: string, times: FileTimes): void {
    withErrno(() => {
      const { accessed, modified } = timesFor(lstatSync(this.#at(name), { bigint: true }), times);
      lutimesSync(this.#at(name), accessed, modified);
    });
  }

  readLink(name: string): string {
    return withErrno(() => readlinkSync(this.#at(name)));
  }

  makeLink(name: string, target: string): void {
    withErrno(() => symlinkSync(target, this.#at(name)));
  }

  makeFolder(name: string): void {
    withErrno(() => mkdirSync(this.#at(name)));
  }

  removeFolder(name: string): void {
    withErrno(() => rmdirSync(this.#at(name)));
  }

  removeFile(name: string): void {
    withErrno(() => unlinkSync(this.#at(name)));
  }

  rename(name: string, to: Folder, newName: string): void {
    const target = nodeFolder(to);
    withErrno(() => renameSync(this.#at(name), target.#at(newName)));
  }

  link(name: string, to: Folder, newName: string): void {
    const target = nodeFolder(to);
    withErrno(() => linkSync(this.#at(name), target.#at(newName)));
  }

  reopen(): NodeFolder {
    return new NodeFolder(withErrno(() => openSync(`${DESCRIPTORS}/${this.#fd}`, O_RDONLY | O_DIRECTORY)));
  }

  close(): void {
    withErrno(() => closeSync(this.#fd));
  }

  /** Not `join`ed from anything but a single name: who resolves paths gives no other, and this holds it to that. */
  #at(name: string): string {
    if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) throw new WasiError("inval");
    return join(DESCRIPTORS, String(this.#fd), name);
  }
}

function nodeFolder(folder: Folder): NodeFolder {
  if (!(folder instanceof NodeFolder)) throw new WasiError("xdev");
  return folder;
}
