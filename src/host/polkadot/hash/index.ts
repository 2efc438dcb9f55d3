import { blake2b } from "@noble/hashes/blake2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256, keccak_512 } from "@noble/hashes/sha3.js";

export { twox, xxhash64 } from "./xxhash64.ts";

/** BLAKE2b with a digest of `size` bytes (a parameter of the hash, not a truncation), no key. */
export function blake2(bytes: Uint8Array, size: 8 | 16 | 32): Uint8Array {
  return blake2b(bytes, { dkLen: size });
}

/** The original Keccak padding, which SHA-3 changed. */
export function keccak(bytes: Uint8Array, size: 32 | 64): Uint8Array {
  return size === 32 ? keccak_256(bytes) : keccak_512(bytes);
}

export function sha2(bytes: Uint8Array): Uint8Array {
  return sha256(bytes);
}
