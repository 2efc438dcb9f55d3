import { keccak_256 } from "@noble/hashes/sha3.js";
import { blake2b } from "../polkadot/hash/blake2b.ts";

/** A 32-byte hash of bytes. */
export type Hasher = (bytes: Uint8Array) => Uint8Array;

/** The hash of Polkadot's state tries, headers and code. */
export const blake2b256: Hasher = (bytes) => blake2b(bytes, 32);

export const keccak256: Hasher = (bytes) => keccak_256(bytes);
