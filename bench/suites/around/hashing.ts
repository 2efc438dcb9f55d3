import { blake2b } from "@noble/hashes/blake2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { twox } from "../../../src/host/polkadot/hash/index.ts";
import {
  FreeingBumpAllocator,
  Overlay,
  PolkadotHost,
  polkadotModule,
  State,
} from "../../../src/host/polkadot/index.ts";
import { Memory } from "../../../src/index.ts";
import type { Table } from "../../result.ts";
import { type Pair, pairTable } from "./rows.ts";

const INPUT_AT = 1024;
const PAGES = 32;

/** What a host function hashes with. */
type Hash = (bytes: Uint8Array) => Uint8Array;

const HASHES: Readonly<Record<string, Hash>> = {
  blake2_256: (bytes) => blake2b(bytes, { dkLen: 32 }),
  blake2_128: (bytes) => blake2b(bytes, { dkLen: 16 }),
  keccak_256: (bytes) => keccak_256(bytes),
  sha2_256: (bytes) => sha256(bytes),
  twox_64: (bytes) => twox(bytes, 8),
  twox_128: (bytes) => twox(bytes, 16),
  twox_256: (bytes) => twox(bytes, 32),
};

/** Bytes of input, and calls in one run: a storage key, a node of a trie, code. */
const SIZES: readonly (readonly [bytes: number, calls: number, names: readonly string[]])[] = [
  [32, 1000, Object.keys(HASHES)],
  [500, 100, ["blake2_256", "twox_128"]],
  [1_000_000, 1, ["blake2_256"]],
];

export async function hashingTable(): Promise<Table> {
  const host = new PolkadotHost({
    context: "block",
    overlay: new Overlay(State.fromEntries([])),
    stateVersion: () => 0,
    runtimeVersionOf: () => undefined,
  });
  host.memory = new Memory({ min: PAGES, max: PAGES });
  host.allocator = new FreeingBumpAllocator(host.memory, INPUT_AT + 1_000_000);
  const functions = polkadotModule("block").bind(host);
  for (let i = 0; i < 1_000_000; i++) host.memory.bytes[INPUT_AT + i] = (i * 7 + (i >> 8)) & 0xff;
  const lanes = new Int32Array(4);
  const pairs: Pair[] = [];
  for (const [bytes, calls, names] of SIZES) {
    for (const name of names) {
      const hash = HASHES[name]!;
      const { value } = functions.get("env", `ext_hashing_${name}_version_1`)!;
      const frame = { lanes, at: 0, caller: undefined };
      const input = host.memory.bytes.slice(INPUT_AT, INPUT_AT + bytes);
      const call = (): number => {
        lanes[0] = INPUT_AT;
        lanes[1] = bytes;
        void value.invoke(frame);
        return lanes[0] >>> 0;
      };
      const address = call();
      const expected = hash(input);
      const found = host.memory.bytes.subarray(address, address + expected.length);
      if (!expected.every((byte, i) => byte === found[i])) throw new Error(`${name} differs`);
      host.free(address);
      pairs.push({
        name: `${name}, ${bytes.toLocaleString("en")} bytes${calls === 1 ? "" : `, ${calls.toLocaleString("en")} times`}`,
        ours: () => {
          for (let i = 0; i < calls; i++) host.free(call());
        },
        peer: () => {
          for (let i = 0; i < calls; i++) hash(input);
        },
      });
    }
  }
  const note =
    "The host function as a runtime calls it, from the address in its memory to that of the digest, which is freed again, " +
    "beside the bare hash: noble's, and our own XXH64 for `twox`, which noble lacks.";
  return pairTable({ title: "Hashing", note, peer: "bare hash" }, pairs);
}
