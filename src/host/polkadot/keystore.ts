/** Signature schemes a keystore holds keys of. */
export type Scheme = "ed25519" | "sr25519" | "ecdsa";

/** Bytes of a public key and of a signature. */
export const KEY_SIZES: Readonly<Record<Scheme, number>> = { ed25519: 32, sr25519: 32, ecdsa: 33 };
export const SIGNATURE_SIZES: Readonly<Record<Scheme, number>> = { ed25519: 64, sr25519: 64, ecdsa: 65 };

/**
 * The keys a node holds, which only `SessionKeys_*` calls and offchain workers reach. `id` is the four-byte key
 * type ("gran", "babe", …). Nothing a block's execution does may depend on it.
 */
export interface Keystore {
  publicKeys(scheme: Scheme, id: Uint8Array): readonly Uint8Array[];
  /** Makes a key, from a secret phrase or URI if `seed` is given, and returns its public half. */
  generate(scheme: Scheme, id: Uint8Array, seed: string | undefined): Uint8Array;
  /** undefined if the key is not held. */
  sign(scheme: Scheme, id: Uint8Array, key: Uint8Array, message: Uint8Array): Uint8Array | undefined;
  /** ECDSA over a 32-byte digest as it is. */
  signPrehashed(id: Uint8Array, key: Uint8Array, digest: Uint8Array): Uint8Array | undefined;
}
