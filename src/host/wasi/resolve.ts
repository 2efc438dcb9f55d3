import { WasiError } from "./errno.ts";
import type { Folder } from "./file-system.ts";
import { FILETYPE } from "./flags.ts";

/** Links followed in one resolution, as Linux has it. */
const MAX_LINKS = 40;
const MAX_NAME = 255;

/** Where a path leads: an entry of an open folder, which need not exist. */
export interface Place {
  readonly folder: Folder;
  /** A single name, or "." for the folder itself. */
  readonly name: string;
  /** The path ends with a slash: it can only mean a folder. */
  readonly asFolder: boolean;
}

/**
 * Resolves a guest's path below `base` one name at a time, and gives the place to `action`. All folders on the way are
 * open handles: `..` goes back to the one that was come from, not to what the file system calls its parent, so neither
 * links, nor `..`, nor folders that are moved meanwhile lead out of `base`. Absolute paths and links are refused.
 * @param follow whether a link in the last place is followed
 * @throws WasiError "perm" for a path that would leave `base`; what the folders throw
 */
export function atPath<T>(base: Folder, path: string, follow: boolean, action: (place: Place) => T): T {
  const opened: Folder[] = [];
  try {
    return action(walk(base, path, follow, opened));
  } finally {
    for (const folder of opened) folder.close();
  }
}

function walk(base: Folder, path: string, follow: boolean, opened: Folder[]): Place {
  // What is still to go, the next name last.
  const names: string[] = [];
  let asFolder = push(names, path);
  const stack: Folder[] = [base];
  let links = 0;
  for (;;) {
    const folder = stack.at(-1)!;
    const name = names.pop();
    if (name === undefined) return { folder, name: ".", asFolder: true };
    if (name === ".") continue;
    if (name === "..") {
      if (stack.length === 1) throw new WasiError("perm");
      stack.pop();
      continue;
    }
    const last = names.length === 0;
    if (last && !follow && !asFolder) return { folder, name, asFolder };
    const entry = folder.lookup(name);
    if (entry?.type === FILETYPE.symbolicLink && (follow || asFolder || !last)) {
      if (++links > MAX_LINKS) throw new WasiError("loop");
      const slash = push(names, folder.readLink(name));
      if (last) asFolder ||= slash;
      continue;
    }
    if (last) return { folder, name, asFolder };
    if (entry === undefined) throw new WasiError("noent");
    if (entry.type !== FILETYPE.directory) throw new WasiError("notdir");
    const next = folder.openFolder(name);
    opened.push(next);
    stack.push(next);
  }
}

/** Puts the names of a path in front of those in `names`; returns whether the path ends as a folder does. */
function push(names: string[], path: string): boolean {
  if (path === "") throw new WasiError("noent");
  if (path.startsWith("/")) throw new WasiError("perm");
  const parts = path.split("/").filter((part) => part !== "");
  for (const part of parts.reverse()) {
    if (part.length > MAX_NAME) throw new WasiError("nametoolong");
    names.push(part);
  }
  return /(^|\/)\.{0,2}$/.test(path);
}
