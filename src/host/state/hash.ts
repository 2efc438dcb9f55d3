import { blake2b } from "@noble/hashes/blake2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

/** A 32-byte hash of bytes. */
export type Hasher = (bytes: Uint8Array) => Uint8Array;

const BLAKE2_256 = { dkLen: 32 } as const;

/** The hash of Polkadot's state tries, headers and code. */
export const blake2b256: Hasher = (bytes) => blake2b(bytes, BLAKE2_256);

export const keccak256: Hasher = (bytes) => keccak_256(bytes);
