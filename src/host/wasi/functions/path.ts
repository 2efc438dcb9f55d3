import { encodeUtf8 } from "../../scale/utf8.ts";
import { outBytes } from "../../types/array.ts";
import { u32, u64 } from "../../types/numbers.ts";
import { cell } from "../../types/pointers.ts";
import { call, folderWith } from "../declare.ts";
import type { Descriptor } from "../descriptors.ts";
import { WasiError } from "../errno.ts";
import type { FileStat } from "../file-system.ts";
import { FILE_RIGHTS, FILETYPE, FOLDER_RIGHTS, LOOKUP_SYMLINK_FOLLOW, OFLAGS, RIGHTS } from "../flags.ts";
import { atPath, type Place } from "../resolve.ts";
import { filestat, path, textOf } from "../types.ts";
import { fileTimes } from "./fd.ts";

/** What is done by path. Every path is resolved below the folder of a descriptor, see `resolve.ts`. */
export const pathFunctions = {
  path_create_directory: call([u32, path], (wasi, fd, name) => {
    const { folder } = folderWith(wasi, fd, RIGHTS.pathCreateDirectory);
    atPath(folder, textOf(name), false, (place) => place.folder.makeFolder(newName(place)));
  }),
  path_filestat_get: call([u32, u32, path, cell(filestat)], (wasi, fd, flags, name, out) => {
    const { folder } = folderWith(wasi, fd, RIGHTS.pathFilestatGet);
    out.set(atPath(folder, textOf(name), follows(flags), existing));
  }),
  path_filestat_set_times: call(
    [u32, u32, path, u64, u64, u32],
    (wasi, fd, flags, name, accessed, modified, which) => {
      const { folder } = folderWith(wasi, fd, RIGHTS.pathFilestatSetTimes);
      const times = fileTimes(wasi, accessed, modified, which);
      atPath(folder, textOf(name), follows(flags), (place) => {
        existing(place);
        if (place.name === ".") place.folder.setTimes(times);
        else place.folder.setTimesOf(place.name, times);
      });
    },
  ),
  path_link: call([u32, u32, path, u32, path], (wasi, oldFd, flags, oldName, newFd, name) => {
    const from = folderWith(wasi, oldFd, RIGHTS.pathLinkSource).folder;
    const to = folderWith(wasi, newFd, RIGHTS.pathLinkTarget).folder;
    // As POSIX's linkat of a link's target, which few systems can do.
    if (follows(flags)) throw new WasiError("inval");
    atPath(from, textOf(oldName), false, (source) =>
      atPath(to, textOf(name), false, (target) => {
        if (existing(source).type === FILETYPE.directory) throw new WasiError("perm");
        if (target.asFolder) throw new WasiError("noent");
        source.folder.link(source.name, target.folder, newName(target));
      }),
    );
  }),
  path_open: call(
    [u32, u32, path, u32, u64, u64, u32, cell(u32)],
    (wasi, fd, lookup, name, oflags, base, inheriting, flags, out) => {
      const opened = folderWith(
        wasi,
        fd,
        RIGHTS.pathOpen | (oflags & OFLAGS.creat ? RIGHTS.pathCreateFile : 0n),
      );
      if (((base | inheriting) & ~opened.inheriting) !== 0n) throw new WasiError("notcapable");
      if ((oflags & OFLAGS.trunc) !== 0 && (opened.base & RIGHTS.pathFilestatSetSize) === 0n)
        throw new WasiError("notcapable");
      if (flags > 31 || oflags > 15) throw new WasiError("inval");
      wasi.descriptors.reserve();
      // A file that must not be there must not be there as a link either.
      const follow =
        follows(lookup) && (oflags & (OFLAGS.creat | OFLAGS.excl)) !== (OFLAGS.creat | OFLAGS.excl);
      const descriptor = atPath(opened.folder, textOf(name), follow, (place) =>
        open(place, oflags, base, inheriting, flags),
      );
      out.set(wasi.descriptors.add(descriptor));
    },
  ),
  path_readlink: call([u32, path, outBytes, cell(u32)], (wasi, fd, name, into, out) => {
    const { folder } = folderWith(wasi, fd, RIGHTS.pathReadlink);
    const target = atPath(folder, textOf(name), false, (place) => {
      if (existing(place).type !== FILETYPE.symbolicLink) throw new WasiError("inval");
      return encodeUtf8(place.folder.readLink(place.name));
    });
    const part = target.subarray(0, into.length);
    into.set(part);
    out.set(part.length);
  }),
  path_remove_directory: call([u32, path], (wasi, fd, name) => {
    const { folder } = folderWith(wasi, fd, RIGHTS.pathRemoveDirectory);
    atPath(folder, textOf(name), false, (place) => {
      if (place.name === ".") throw new WasiError("inval");
      if (existing(place).type !== FILETYPE.directory) throw new WasiError("notdir");
      place.folder.removeFolder(place.name);
    });
  }),
  path_rename: call([u32, path, u32, path], (wasi, oldFd, oldName, newFd, name) => {
    const from = folderWith(wasi, oldFd, RIGHTS.pathRenameSource).folder;
    const to = folderWith(wasi, newFd, RIGHTS.pathRenameTarget).folder;
    atPath(from, textOf(oldName), false, (source) =>
      atPath(to, textOf(name), false, (target) => {
        if (source.name === "." || target.name === ".") throw new WasiError("busy");
        const isFolder = existing(source).type === FILETYPE.directory;
        if (target.asFolder && !isFolder) throw new WasiError("notdir");
        source.folder.rename(source.name, target.folder, target.name);
      }),
    );
  }),
  path_symlink: call([path, u32, path], (wasi, target, fd, name) => {
    const { folder } = folderWith(wasi, fd, RIGHTS.pathSymlink);
    const text = textOf(target);
    if (text === "") throw new WasiError("noent");
    // It would lead out of the folder for whoever follows it outside.
    if (text.startsWith("/")) throw new WasiError("perm");
    atPath(folder, textOf(name), false, (place) => {
      const link = newName(place);
      if (place.asFolder) throw new WasiError(place.folder.lookup(link) === undefined ? "noent" : "exist");
      place.folder.makeLink(link, text);
    });
  }),
  path_unlink_file: call([u32, path], (wasi, fd, name) => {
    const { folder } = folderWith(wasi, fd, RIGHTS.pathUnlinkFile);
    atPath(folder, textOf(name), false, (place) => {
      if (existing(place).type === FILETYPE.directory) throw new WasiError("isdir");
      place.folder.removeFile(place.name);
    });
  }),
};

function follows(flags: number): boolean {
  return (flags & LOOKUP_SYMLINK_FOLLOW) !== 0;
}

/** What is at the place. @throws WasiError "noent"; "notdir" for a file at a path that ends with a slash */
function existing({ folder, name, asFolder }: Place): FileStat {
  if (name === ".") return folder.stat();
  const stat = folder.lookup(name);
  if (stat === undefined) throw new WasiError("noent");
  if (asFolder && stat.type !== FILETYPE.directory) throw new WasiError("notdir");
  return stat;
}

/** The name of what is to be made. @throws WasiError "exist" */
function newName({ name }: Place): string {
  if (name === ".") throw new WasiError("exist");
  return name;
}

function open(
  { folder, name, asFolder }: Place,
  oflags: number,
  base: bigint,
  inheriting: bigint,
  flags: number,
): Descriptor {
  const has = (flag: number): boolean => (oflags & flag) !== 0;
  const create = has(OFLAGS.creat);
  const asked = asFolder || has(OFLAGS.directory);
  if (create && has(OFLAGS.directory)) throw new WasiError("inval");
  const stat = name === "." ? folder.stat() : folder.lookup(name);
  if (stat === undefined && (!create || asked)) throw new WasiError(create ? "isdir" : "noent");
  if (stat?.type === FILETYPE.directory) {
    if (create && has(OFLAGS.excl)) throw new WasiError("exist");
    if (create || has(OFLAGS.trunc) || (base & RIGHTS.fdWrite) !== 0n) throw new WasiError("isdir");
    const inner = name === "." ? folder.reopen() : folder.openFolder(name);
    const rights = { base: base & FOLDER_RIGHTS, inheriting };
    return { kind: "folder", folder: inner, preopened: undefined, ...rights, flags, listing: undefined };
  }
  if (stat !== undefined && asked) throw new WasiError("notdir");
  if (stat?.type === FILETYPE.symbolicLink && !(create && has(OFLAGS.excl))) throw new WasiError("loop");
  const write = (base & (RIGHTS.fdWrite | RIGHTS.fdAllocate | RIGHTS.fdFilestatSetSize)) !== 0n;
  const file = folder.openFile(name, {
    read: (base & RIGHTS.fdRead) !== 0n || !write,
    write: write || has(OFLAGS.trunc),
    create,
    exclusive: has(OFLAGS.excl),
    truncate: has(OFLAGS.trunc),
  });
  return {
    kind: "file",
    file,
    position: 0,
    base: base & FILE_RIGHTS,
    inheriting: inheriting & FILE_RIGHTS,
    flags,
  };
}
