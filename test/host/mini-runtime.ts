/** The runtime of test/fixtures/mini-runtime, and the extrinsics it knows. */
import { readFileSync } from "node:fs";
import { encodeUtf8, ScaleWriter } from "../../src/host/scale/index.ts";
import { CODE_KEY, State } from "../../src/host/state/index.ts";

const FOLDER = new URL("../../../test/fixtures/mini-runtime/", import.meta.url);

/** Its code: with the heap of the host, or with one of its own (RFC-0061). */
export function miniRuntime(owner: "host" | "own" = "host"): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${owner}-allocator.wasm`, FOLDER)));
}

/** A genesis state with that code. Its state version is 1. */
export function miniGenesis(owner: "host" | "own" = "host", more: [Uint8Array, Uint8Array][] = []): State {
  return State.fromEntries([[CODE_KEY, miniRuntime(owner)], ...more], [], 1);
}

/** An extrinsic in its full encoding: `call` behind its length. */
function extrinsic(call: ScaleWriter): Uint8Array {
  return new ScaleWriter().bytes(call.finish()).finish();
}

const KINDS = { set: 1, append: 2, clearPrefix: 3, fail: 4, setInTransaction: 5 } as const;

export const mini = {
  /** The inherent: milliseconds, above those of the block before. */
  timestamp: (now: bigint) => extrinsic(new ScaleWriter().u8(0).u64(now)),
  /** Works on the key `user:NAME`. */
  call: (kind: keyof typeof KINDS, name: string, value: Uint8Array = new Uint8Array(0)) =>
    extrinsic(new ScaleWriter().u8(KINDS[kind]).bytes(encodeUtf8(name)).fixed(value)),
  panic: () => extrinsic(new ScaleWriter().u8(6)),
  /** Refused as invalid. */
  unknown: () => extrinsic(new ScaleWriter().u8(9)),
  key: (name: string) => encodeUtf8(`user:${name}`),
};
