import { encodeUtf8 } from "../../scale/utf8.ts";
import { WasiError } from "../errno.ts";
import { MemoryFile } from "./file.ts";
import { MemoryFolder } from "./folder.ts";
import { Volume } from "./volume.ts";

export { MemoryFile } from "./file.ts";
export { MemoryFolder } from "./folder.ts";

export interface MemoryFolderOptions {
  /** Most bytes that all files together may have; each entry counts 512 more. Default 256 MiB. */
  readonly limit?: number;
}

/**
 * A file system in memory, with these files: `{ "etc/motd": "hello" }`. Folders are made as the paths need them.
 * @throws WasiError for paths that exclude each other, and where the files exceed the limit
 */
export function memoryFolder(
  files: { readonly [path: string]: Uint8Array | string } = {},
  { limit }: MemoryFolderOptions = {},
): MemoryFolder {
  const volume = new Volume(limit);
  const root = new MemoryFolder(volume);
  for (const [path, content] of Object.entries(files)) {
    const names = namesOf(path);
    const name = names.pop();
    if (name === undefined) throw new WasiError("inval");
    const folder = names.reduce((parent, inner) => {
      return parent.get(inner) === undefined ? parent.makeFolder(inner) : parent.openFolder(inner);
    }, root);
    if (folder.get(name) !== undefined) throw new WasiError("exist");
    folder.add(name, new MemoryFile(volume, typeof content === "string" ? encodeUtf8(content) : content));
  }
  return root;
}

/**
 * The contents of a file of a memory file system, or undefined if there is none. Links are not followed.
 * @param path names from `root` on
 */
export function contentOf(root: MemoryFolder, path: string): Uint8Array | undefined {
  const names = namesOf(path);
  const name = names.pop() ?? "";
  let folder: MemoryFolder = root;
  for (const inner of names) {
    const next = folder.get(inner);
    if (!(next instanceof MemoryFolder)) return undefined;
    folder = next;
  }
  const file = folder.get(name);
  return file instanceof MemoryFile ? file.content : undefined;
}

function namesOf(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) throw new WasiError("inval");
  return names;
}
