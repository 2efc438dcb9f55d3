import type { BigIntStats, Dirent } from "node:fs";
import type { FileStat, FileTimes } from "../host/wasi/file-system.ts";
import { FILETYPE, type FileType } from "../host/wasi/flags.ts";

export function statOf(stats: BigIntStats): FileStat {
  return {
    device: stats.dev,
    inode: stats.ino,
    type: typeOf(stats),
    links: stats.nlink,
    size: stats.size,
    accessed: stats.atimeNs,
    modified: stats.mtimeNs,
    changed: stats.ctimeNs,
  };
}

export function typeOf(entry: BigIntStats | Dirent): FileType {
  if (entry.isFile()) return FILETYPE.regularFile;
  if (entry.isDirectory()) return FILETYPE.directory;
  if (entry.isSymbolicLink()) return FILETYPE.symbolicLink;
  if (entry.isCharacterDevice()) return FILETYPE.characterDevice;
  if (entry.isBlockDevice()) return FILETYPE.blockDevice;
  return entry.isSocket() ? FILETYPE.socketStream : FILETYPE.unknown;
}

/** Both times as Node takes them, in seconds: a double, good for about a tenth of a microsecond. */
export function timesFor(stats: BigIntStats, times: FileTimes): { accessed: number; modified: number } {
  return {
    accessed: Number(times.accessed ?? stats.atimeNs) / 1e9,
    modified: Number(times.modified ?? stats.mtimeNs) / 1e9,
  };
}
