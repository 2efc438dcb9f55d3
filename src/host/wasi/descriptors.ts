import { WasiError } from "./errno.ts";
import type { File, Folder, FolderEntry } from "./file-system.ts";
import type { Input, Output } from "./streams.ts";

/** Descriptors that a program may have open at once. */
const MAX_DESCRIPTORS = 1024;

interface Shared {
  /** What may be done with it, and with what is opened through it. */
  base: bigint;
  inheriting: bigint;
  flags: number;
}
export interface OpenFile extends Shared {
  readonly kind: "file";
  readonly file: File;
  position: number;
}
export interface OpenFolder extends Shared {
  readonly kind: "folder";
  readonly folder: Folder;
  /** The path under which the program was given it, if it was. */
  readonly preopened: Uint8Array | undefined;
  /** What `fd_readdir` goes through; as it was when its reading began. */
  listing: readonly FolderEntry[] | undefined;
}
export interface OpenStream extends Shared {
  readonly kind: "stream";
  readonly input: Input | undefined;
  readonly output: Output | undefined;
}
export type Descriptor = OpenFile | OpenFolder | OpenStream;

/** A program's open descriptors by number. */
export class Descriptors {
  readonly #open: (Descriptor | undefined)[] = [];

  /** Gives a descriptor the lowest number that is free. @throws WasiError "mfile" */
  add(descriptor: Descriptor): number {
    const free = this.#open.indexOf(undefined);
    const number = free < 0 ? this.#open.length : free;
    if (number >= MAX_DESCRIPTORS) throw new WasiError("mfile");
    this.#open[number] = descriptor;
    return number;
  }

  /** @throws WasiError "mfile" if nothing more can be opened */
  reserve(): void {
    if (this.#open.length >= MAX_DESCRIPTORS && !this.#open.includes(undefined)) throw new WasiError("mfile");
  }

  /** @throws WasiError "badf" */
  get(number: number): Descriptor {
    const descriptor = this.#open[number];
    if (descriptor === undefined) throw new WasiError("badf");
    return descriptor;
  }

  /** @throws WasiError "badf" */
  close(number: number): void {
    const descriptor = this.get(number);
    this.#open[number] = undefined;
    closeDescriptor(descriptor);
  }

  /** Moves a descriptor to the number of another, which is closed. @throws WasiError "badf" */
  renumber(from: number, to: number): void {
    const moved = this.get(from);
    const replaced = this.get(to);
    if (from === to) return;
    this.#open[to] = moved;
    this.#open[from] = undefined;
    closeDescriptor(replaced);
  }

  /** Closes everything, as the end of a process does. */
  closeAll(): void {
    for (const descriptor of this.#open.splice(0)) if (descriptor !== undefined) closeDescriptor(descriptor);
  }
}

function closeDescriptor(descriptor: Descriptor): void {
  if (descriptor.kind === "file") descriptor.file.close();
  if (descriptor.kind === "folder") descriptor.folder.close();
}
