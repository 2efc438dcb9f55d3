import { outBytes } from "../../types/array.ts";
import { i64, u32, u64 } from "../../types/numbers.ts";
import { cell } from "../../types/pointers.ts";
import { call, descriptorWith, fileWith } from "../declare.ts";
import type { Descriptor, OpenFile } from "../descriptors.ts";
import { WasiError } from "../errno.ts";
import type { FileStat, FileTimes } from "../file-system.ts";
import { CLOCK, FILETYPE, FSTFLAGS, MAX_ADVICE, RIGHTS, WHENCE } from "../flags.ts";
import type { Wasi } from "../state.ts";
import { fdstat, filestat, prestat } from "../types.ts";

/** Descriptors themselves: what they are, where they stand, closing them. */
export const fdFunctions = {
  fd_advise: call([u32, u64, u64, u32], (wasi, fd, _offset, _length, advice) => {
    fileWith(wasi, fd, RIGHTS.fdAdvise);
    if (advice > MAX_ADVICE) throw new WasiError("inval");
  }),
  fd_allocate: call([u32, u64, u64], (wasi, fd, offset, length) => {
    const { file } = fileWith(wasi, fd, RIGHTS.fdAllocate | RIGHTS.fdWrite);
    if (length === 0n) throw new WasiError("inval");
    const end = position(offset + length);
    if (BigInt(end) > file.stat().size) resize(wasi, file, end);
  }),
  fd_close: call([u32], (wasi, fd) => wasi.descriptors.close(fd)),
  fd_datasync: call([u32], (wasi, fd) => sync(descriptorWith(wasi, fd, RIGHTS.fdDatasync))),
  fd_sync: call([u32], (wasi, fd) => sync(descriptorWith(wasi, fd, RIGHTS.fdSync))),
  fd_fdstat_get: call([u32, cell(fdstat)], (wasi, fd, out) => {
    const descriptor = wasi.descriptors.get(fd);
    const { flags, base, inheriting } = descriptor;
    out.set({ type: typeOf(descriptor), flags, base, inheriting });
  }),
  fd_fdstat_set_flags: call([u32, u32], (wasi, fd, flags) => {
    const descriptor = descriptorWith(wasi, fd, RIGHTS.fdFdstatSetFlags);
    // Files are written at once and nothing waits, so the flags for that say nothing new.
    if (flags > 31) throw new WasiError("inval");
    descriptor.flags = flags;
  }),
  fd_fdstat_set_rights: call([u32, u64, u64], (wasi, fd, base, inheriting) => {
    const descriptor = wasi.descriptors.get(fd);
    const more = (base & ~descriptor.base) | (inheriting & ~descriptor.inheriting);
    if (more !== 0n) throw new WasiError("notcapable");
    descriptor.base = base;
    descriptor.inheriting = inheriting;
  }),
  fd_filestat_get: call([u32, cell(filestat)], (wasi, fd, out) => {
    out.set(statOf(descriptorWith(wasi, fd, RIGHTS.fdFilestatGet)));
  }),
  fd_filestat_set_size: call([u32, u64], (wasi, fd, size) => {
    resize(wasi, fileWith(wasi, fd, RIGHTS.fdFilestatSetSize).file, position(size));
  }),
  fd_filestat_set_times: call([u32, u64, u64, u32], (wasi, fd, accessed, modified, flags) => {
    const times = fileTimes(wasi, accessed, modified, flags);
    const descriptor = descriptorWith(wasi, fd, RIGHTS.fdFilestatSetTimes);
    if (descriptor.kind === "file") descriptor.file.setTimes(times);
    if (descriptor.kind === "folder") descriptor.folder.setTimes(times);
  }),
  fd_prestat_get: call([u32, cell(prestat)], (wasi, fd, out) => {
    out.set({ tag: 0, nameLength: preopened(wasi, fd).length });
  }),
  fd_prestat_dir_name: call([u32, outBytes], (wasi, fd, into) => {
    const path = preopened(wasi, fd);
    if (path.length > into.length) throw new WasiError("nametoolong");
    into.set(path);
  }),
  fd_renumber: call([u32, u32], (wasi, from, to) => wasi.descriptors.renumber(from, to)),
  fd_seek: call([u32, i64, u32, cell(u64)], (wasi, fd, offset, whence, out) => {
    // Asking where one is needs no more than the right to ask.
    const asking = offset === 0n && whence === WHENCE.cur;
    const opened = asking ? tellable(wasi, fd) : fileWith(wasi, fd, RIGHTS.fdSeek);
    opened.position = position(seekBase(opened, whence) + offset);
    out.set(BigInt(opened.position));
  }),
  fd_tell: call([u32, cell(u64)], (wasi, fd, out) => {
    out.set(BigInt(tellable(wasi, fd).position));
  }),
};

/** A position in a file as a number. @throws WasiError "inval" below 0, "fbig" above 2^53 */
export function position(value: bigint): number {
  if (value < 0n) throw new WasiError("inval");
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new WasiError("fbig");
  return Number(value);
}

/** The times that a call sets. @throws WasiError "inval" for flags that exclude each other */
export function fileTimes(wasi: Wasi, accessed: bigint, modified: bigint, flags: number): FileTimes {
  const { atim, atimNow, mtim, mtimNow } = FSTFLAGS;
  const both = (a: number, b: number): boolean => (flags & a) !== 0 && (flags & b) !== 0;
  if (flags > 15 || both(atim, atimNow) || both(mtim, mtimNow)) throw new WasiError("inval");
  const now = wasi.now(CLOCK.realtime);
  return {
    ...((flags & atim) !== 0 && { accessed }),
    ...((flags & atimNow) !== 0 && { accessed: now }),
    ...((flags & mtim) !== 0 && { modified }),
    ...((flags & mtimNow) !== 0 && { modified: now }),
  };
}

/** The right to seek is one to ask, too. */
function tellable(wasi: Wasi, fd: number): OpenFile {
  const seekable = (wasi.descriptors.get(fd).base & RIGHTS.fdSeek) !== 0n;
  return fileWith(wasi, fd, seekable ? RIGHTS.fdSeek : RIGHTS.fdTell);
}

function seekBase(opened: OpenFile, whence: number): bigint {
  if (whence === WHENCE.set) return 0n;
  if (whence === WHENCE.cur) return BigInt(opened.position);
  if (whence === WHENCE.end) return opened.file.stat().size;
  throw new WasiError("inval");
}

function resize(wasi: Wasi, file: OpenFile["file"], size: number): void {
  const grown = size - Number(file.stat().size);
  if (grown > 0) wasi.charge(grown);
  file.resize(size);
}

function preopened(wasi: Wasi, fd: number): Uint8Array {
  const descriptor = wasi.descriptors.get(fd);
  if (descriptor.kind !== "folder" || descriptor.preopened === undefined) throw new WasiError("badf");
  return descriptor.preopened;
}

function sync(descriptor: Descriptor): void {
  if (descriptor.kind === "file") descriptor.file.sync();
  if (descriptor.kind === "folder") descriptor.folder.sync();
}

function typeOf(descriptor: Descriptor): number {
  if (descriptor.kind === "folder") return FILETYPE.directory;
  return descriptor.kind === "file" ? FILETYPE.regularFile : FILETYPE.characterDevice;
}

/** A stream is said to be a terminal: so C libraries write out each line when it is complete. */
const STREAM_STAT: FileStat = {
  device: 0n,
  inode: 0n,
  type: FILETYPE.characterDevice,
  links: 0n,
  size: 0n,
  accessed: 0n,
  modified: 0n,
  changed: 0n,
};

function statOf(descriptor: Descriptor): FileStat {
  if (descriptor.kind === "folder") return descriptor.folder.stat();
  return descriptor.kind === "file" ? descriptor.file.stat() : STREAM_STAT;
}
