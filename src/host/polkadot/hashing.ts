import { functionsOf, type HostFunctions } from "../define.ts";
import { outPointer, spanView } from "../types/bytes.ts";
import { none } from "../types/numbers.ts";
import { returnedPointer } from "../types/returned.ts";
import { blake2, keccak, sha2, twox } from "./hash/index.ts";
import type { PolkadotHost } from "./host.ts";

const fn = functionsOf<PolkadotHost>();

/** Version 1 returns a buffer of its own; version 2 (RFC-145) fills the caller's. */
const v1 = (size: number, hash: (data: Uint8Array) => Uint8Array) =>
  fn([spanView], returnedPointer(size), (_, data) => hash(data));
const v2 = (size: number, hash: (data: Uint8Array) => Uint8Array) =>
  fn([spanView, outPointer(size)], none, (_, data, out) => out.set(hash(data)));

/** Hashing (host-functions.md section 4). */
export const hashing: HostFunctions<PolkadotHost> = {
  ext_hashing_keccak_256_version_1: v1(32, (data) => keccak(data, 32)),
  ext_hashing_keccak_256_version_2: v2(32, (data) => keccak(data, 32)),
  ext_hashing_keccak_512_version_1: v1(64, (data) => keccak(data, 64)),
  ext_hashing_keccak_512_version_2: v2(64, (data) => keccak(data, 64)),
  ext_hashing_sha2_256_version_1: v1(32, sha2),
  ext_hashing_sha2_256_version_2: v2(32, sha2),
  ext_hashing_blake2_128_version_1: v1(16, (data) => blake2(data, 16)),
  ext_hashing_blake2_128_version_2: v2(16, (data) => blake2(data, 16)),
  ext_hashing_blake2_256_version_1: v1(32, (data) => blake2(data, 32)),
  ext_hashing_blake2_256_version_2: v2(32, (data) => blake2(data, 32)),
  ext_hashing_twox_64_version_1: v1(8, (data) => twox(data, 8)),
  ext_hashing_twox_64_version_2: v2(8, (data) => twox(data, 8)),
  ext_hashing_twox_128_version_1: v1(16, (data) => twox(data, 16)),
  ext_hashing_twox_128_version_2: v2(16, (data) => twox(data, 16)),
  ext_hashing_twox_256_version_1: v1(32, (data) => twox(data, 32)),
  ext_hashing_twox_256_version_2: v2(32, (data) => twox(data, 32)),
};
