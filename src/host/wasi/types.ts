import { I32 } from "../../decoder/module.ts";
import { decodeUtf8 } from "../../decoder/utf8.ts";
import type { Memory } from "../../interp/memory.ts";
import { u8, u16, u32, u64 } from "../types/numbers.ts";
import { type StructOf, struct } from "../types/struct.ts";
import { checkRange, type Param, type Result } from "../types/value-type.ts";
import { ERRNO, type ErrnoName, WasiError } from "./errno.ts";

/** How a call ended. */
export const errno: Result<ErrnoName> = {
  name: "errno",
  wasm: [I32],
  store: (value, { lanes, at }) => {
    lanes[at] = ERRNO[value];
  },
  format: (value) => value,
};

export const filestat = struct("filestat", {
  device: u64,
  inode: u64,
  type: u8,
  links: u64,
  size: u64,
  accessed: u64,
  modified: u64,
  changed: u64,
});
export const fdstat = struct("fdstat", { type: u8, flags: u16, base: u64, inheriting: u64 });
export const prestat = struct("prestat", { tag: u8, nameLength: u32 });
export const dirent = struct("dirent", { next: u64, inode: u64, nameLength: u32, type: u8 });
export const event = struct("event", { userdata: u64, error: u16, type: u8, bytes: u64, flags: u16 });
/** The union's other arms are a file descriptor, in the place of `id`. */
const clockSubscription = struct("subscription_clock", { id: u32, timeout: u64, precision: u64, flags: u16 });
export const subscription = struct("subscription", { userdata: u64, type: u8, clock: clockSubscription });
export type Subscription = StructOf<{
  userdata: typeof u64;
  type: typeof u8;
  clock: typeof clockSubscription;
}>;

/** Longest path, in bytes, and most buffers of a call, as Linux has them: they bound what a call can make the host do. */
const MAX_PATH = 4096;
const MAX_VECTORS = 1024;

/** A path, or why it is none. */
export type GuestPath = { readonly text: string } | { readonly errno: ErrnoName };

export const path: Param<GuestPath> = {
  name: "path",
  wasm: [I32, I32],
  load: (lanes, at, memory) => {
    const address = lanes[at] >>> 0;
    const length = lanes[at + 2] >>> 0;
    checkRange(memory, address, length);
    if (length > MAX_PATH) return { errno: "nametoolong" };
    const text = decodeUtf8(memory.bytes, address, address + length);
    if (text === undefined) return { errno: "ilseq" };
    return text.includes("\0") ? { errno: "inval" } : { text };
  },
  format: (value) => ("text" in value ? JSON.stringify(value.text) : value.errno),
};

/** @throws WasiError */
export function textOf(value: GuestPath): string {
  if ("errno" in value) throw new WasiError(value.errno);
  return value.text;
}

/** The buffers of a read or write: views, valid until the function returns. */
export interface Buffers {
  /** @throws WasiError if there are too many; Segfault */
  views(): Uint8Array[];
}

class BuffersInMemory implements Buffers {
  readonly #memory: Memory;
  readonly #address: number;
  readonly count: number;

  constructor(memory: Memory, address: number, count: number) {
    this.#memory = memory;
    this.#address = address;
    this.count = count;
  }

  views(): Uint8Array[] {
    if (this.count > MAX_VECTORS) throw new WasiError("inval");
    const { view, bytes } = this.#memory;
    const views: Uint8Array[] = [];
    let total = 0;
    for (let i = 0; i < this.count; i++) {
      const address = view.getUint32(this.#address + 8 * i, true);
      const length = view.getUint32(this.#address + 8 * i + 4, true);
      checkRange(this.#memory, address, length);
      total += length;
      if (length > 0) views.push(bytes.subarray(address, address + length));
    }
    // The number of bytes is returned as a u32.
    if (total > 0xffffffff) throw new WasiError("inval");
    return views;
  }
}

export const buffers: Param<Buffers> = {
  name: "iovec[]",
  wasm: [I32, I32],
  load: (lanes, at, memory) => {
    const address = lanes[at] >>> 0;
    const count = lanes[at + 2] >>> 0;
    checkRange(memory, address, 8 * count);
    return new BuffersInMemory(memory, address, count);
  },
  format: (value) => `[${(value as BuffersInMemory).count} buffers]`,
};
