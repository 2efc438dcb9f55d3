import { load } from "../../../src/decoder/index.ts";
import {
  ERRNO,
  type ErrnoName,
  type Wasi,
  type WasiOptions,
  wasiPreview1,
} from "../../../src/host/wasi/index.ts";
import { ImportMap, instantiate, type Memory, Store, type Value } from "../../../src/interp/index.ts";
import { bytesOf, name, section, vector } from "../../decoder/assemble.ts";

const NAMES = new Map<number, ErrnoName>(
  Object.entries(ERRNO).map(([key, value]) => [value, key as ErrnoName]),
);

const PAGES = 4;
/** A module that has nothing but a memory. */
const MEMORY_ONLY = bytesOf(
  section(5, vector([[0, PAGES]])),
  section(7, vector([[...name("memory"), 2, 0]])),
);

/** All rights there are. */
export const ALL = (1n << 30n) - 1n;

/** Calls the functions of WASI as a guest would: with addresses of a memory that it lays out. */
export class Caller {
  readonly store = new Store();
  readonly wasi: Wasi;
  readonly memory: Memory;
  readonly #imports;
  /** Behind this nothing is taken yet; below are the out parameters. */
  #free = 256;

  constructor(options: WasiOptions = {}) {
    this.#imports = wasiPreview1.instantiate(options);
    this.wasi = this.#imports.state;
    const instance = instantiate(this.store, load(MEMORY_ONLY), new ImportMap());
    this.wasi.attach(instance);
    this.memory = instance.memory!;
  }

  /** The name of the error that the function answers, or "success". Texts are passed as address and length. */
  call(fn: string, ...args: (number | bigint | string | Uint8Array)[]): ErrnoName {
    this.#free = 256;
    const values = args.flatMap((arg): Value[] => {
      if (typeof arg === "number" || typeof arg === "bigint") return [arg];
      const bytes = typeof arg === "string" ? new TextEncoder().encode(arg) : arg;
      return [this.place(bytes), bytes.length];
    });
    const func = this.#imports.get("wasi_snapshot_preview1", fn)!.value;
    const result = this.store.call(func, values);
    return NAMES.get(result as number)!;
  }

  /** Puts bytes into the memory; returns where. */
  place(bytes: Uint8Array): number {
    const at = this.#free;
    this.memory.bytes.set(bytes, at);
    this.#free += (bytes.length + 7) & ~7;
    return at;
  }

  u32(at: number): number {
    return this.memory.view.getUint32(at, true);
  }
  u64(at: number): bigint {
    return this.memory.view.getBigUint64(at, true);
  }

  /** Opens a path below descriptor 3; its descriptor, or the error. */
  open(
    path: string,
    { oflags = 0, base = ALL, inheriting = ALL, flags = 0, follow = true, dir = 3 } = {},
  ): number | ErrnoName {
    const result = this.call("path_open", dir, follow ? 1 : 0, path, oflags, base, inheriting, flags, 0);
    return result === "success" ? this.u32(0) : result;
  }

  /** Writes text to a descriptor in one buffer. */
  write(fd: number, text: string): ErrnoName {
    const bytes = new TextEncoder().encode(text);
    this.memory.bytes.set(bytes, 0x8000);
    this.memory.view.setUint32(16, 0x8000, true);
    this.memory.view.setUint32(20, bytes.length, true);
    return this.call("fd_write", fd, 16, 1, 0);
  }

  /** Reads at most `length` bytes as text, or the error. */
  read(fd: number, length = 1000): string {
    this.memory.view.setUint32(16, 0x8000, true);
    this.memory.view.setUint32(20, length, true);
    const result = this.call("fd_read", fd, 16, 1, 0);
    if (result !== "success") return result;
    return new TextDecoder().decode(this.memory.bytes.slice(0x8000, 0x8000 + this.u32(0)));
  }
}

export const CREAT = 1;
export const DIRECTORY = 2;
export const EXCL = 4;
export const TRUNC = 8;
