import { encodeUtf8 } from "../../scale/utf8.ts";
import { outBytes } from "../../types/array.ts";
import { u32, u64 } from "../../types/numbers.ts";
import { cell } from "../../types/pointers.ts";
import { call, fileWith, folderWith } from "../declare.ts";
import type { Descriptor, OpenFolder } from "../descriptors.ts";
import { WasiError } from "../errno.ts";
import type { File, FolderEntry } from "../file-system.ts";
import { FDFLAGS, FILETYPE, RIGHTS } from "../flags.ts";
import type { Wasi } from "../state.ts";
import { type Buffers, buffers, dirent } from "../types.ts";
import { position } from "./fd.ts";

/** Reading and writing. */
export const transferFunctions = {
  fd_read: call([u32, buffers, cell(u32)], (wasi, fd, into, out) => {
    const opened = openedFor(wasi, fd, RIGHTS.fdRead);
    const views = charged(wasi, into);
    if (opened.kind === "stream") return out.set(readStream(opened.input!.read.bind(opened.input), views));
    const length = readFile(opened.file, views, opened.position);
    opened.position += length;
    out.set(length);
  }),
  fd_pread: call([u32, buffers, u64, cell(u32)], (wasi, fd, into, offset, out) => {
    openedFor(wasi, fd, RIGHTS.fdRead);
    const { file } = fileWith(wasi, fd, RIGHTS.fdRead | RIGHTS.fdSeek);
    out.set(readFile(file, charged(wasi, into), position(offset)));
  }),
  fd_write: call([u32, buffers, cell(u32)], (wasi, fd, from, out) => {
    const opened = openedFor(wasi, fd, RIGHTS.fdWrite);
    const views = charged(wasi, from);
    if (opened.kind === "stream") {
      for (const view of views) opened.output!.write(view);
      return out.set(lengthOf(views));
    }
    // Where others may write too, the end is what it is now.
    if ((opened.flags & FDFLAGS.append) !== 0) opened.position = Number(opened.file.stat().size);
    const length = writeFile(wasi, opened.file, views, opened.position);
    opened.position += length;
    out.set(length);
  }),
  fd_pwrite: call([u32, buffers, u64, cell(u32)], (wasi, fd, from, offset, out) => {
    openedFor(wasi, fd, RIGHTS.fdWrite);
    const { file } = fileWith(wasi, fd, RIGHTS.fdWrite | RIGHTS.fdSeek);
    out.set(writeFile(wasi, file, charged(wasi, from), position(offset)));
  }),
  fd_readdir: call([u32, outBytes, u64, cell(u32)], (wasi, fd, into, cookie, out) => {
    const opened = folderWith(wasi, fd, RIGHTS.fdReaddir);
    if (cookie === 0n || opened.listing === undefined) opened.listing = listingOf(opened);
    wasi.charge(into.length);
    out.set(writeEntries(opened.listing, cookie, into));
  }),
};

/** @throws WasiError "badf" for a descriptor that was not opened for this */
function openedFor(wasi: Wasi, fd: number, right: bigint): Exclude<Descriptor, OpenFolder> {
  const descriptor = wasi.descriptors.get(fd);
  if (descriptor.kind === "folder" || (descriptor.base & right) === 0n) throw new WasiError("badf");
  return descriptor;
}

function charged(wasi: Wasi, given: Buffers): Uint8Array[] {
  const views = given.views();
  wasi.charge(lengthOf(views));
  return views;
}

function lengthOf(views: readonly Uint8Array[]): number {
  return views.reduce((sum, view) => sum + view.length, 0);
}

/** One read: an input that has less for now must not be waited for once more. */
function readStream(read: (into: Uint8Array) => number, views: readonly Uint8Array[]): number {
  return views.length === 0 ? 0 : read(views[0]!);
}

function readFile(file: File, views: readonly Uint8Array[], from: number): number {
  let total = 0;
  for (const view of views) {
    const length = file.read(view, from + total);
    total += length;
    if (length < view.length) break;
  }
  return total;
}

function writeFile(wasi: Wasi, file: File, views: readonly Uint8Array[], from: number): number {
  const gap = from - Number(file.stat().size);
  if (gap > 0 && views.length > 0) wasi.charge(gap);
  let total = 0;
  for (const view of views) {
    file.write(view, position(BigInt(from + total)));
    total += view.length;
  }
  return total;
}

function listingOf({ folder }: OpenFolder): readonly FolderEntry[] {
  const { inode } = folder.stat();
  // What is above is not told, and for the folder that was given it is nothing.
  const dots = [".", ".."].map((name) => ({ name, inode, type: FILETYPE.directory }));
  return [...dots, ...folder.list()];
}

/** Fills `into` with entries from the `cookie`-th on, the last one cut: that is how a guest sees that there are more. */
function writeEntries(entries: readonly FolderEntry[], cookie: bigint, into: Uint8Array): number {
  let used = 0;
  for (let i = Number(cookie); i < entries.length && used < into.length; i++) {
    const { name, inode, type } = entries[i]!;
    const nameBytes = encodeUtf8(name);
    const entry = new Uint8Array(dirent.size + nameBytes.length);
    const next = BigInt(i + 1);
    dirent.write(new DataView(entry.buffer), 0, { next, inode, nameLength: nameBytes.length, type });
    entry.set(nameBytes, dirent.size);
    const part = entry.subarray(0, into.length - used);
    into.set(part, used);
    used += part.length;
  }
  return used;
}
