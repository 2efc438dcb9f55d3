import { I32 } from "../../decoder/module.ts";
import { Trap } from "../../interp/trap.ts";
import { writeCompact } from "../types/encoding.ts";
import type { Param } from "../types/value-type.ts";

/** A state version: 0 or 1. Another one traps. */
export const stateVersionArg: Param<0 | 1> = {
  name: "u32",
  wasm: [I32],
  load: (lanes, at) => {
    const version = lanes[at] & 0xff;
    if (version > 1) throw new Trap("invalid-argument", `${version} is no state version`);
    return version as 0 | 1;
  },
  format: String,
};

/** Writes a next key where it fits, and returns its length; 0 for none, as no next key is ever empty. */
export function storeKey(key: Uint8Array | undefined, out: Uint8Array): number {
  if (key === undefined) return 0;
  if (key.length <= out.length) out.set(key);
  return key.length;
}

/** Writes a root as RFC-145's SDK does, as a SCALE `Vec<u8>`. A buffer too small for it traps. */
export function storeRoot(root: Uint8Array, out: Uint8Array): void {
  if (out.length < root.length + 1) {
    throw new Trap("buffer-too-small", `a storage root does not fit a buffer of ${out.length} bytes`);
  }
  out.set(root, writeCompact(root.length, out, 0));
}
