import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { Trap } from "../../interp/trap.ts";
import { concatBytes, equalBytes, toLatin1 } from "../bytes.ts";
import { blake2b256 } from "../state/hash.ts";
import { expandSeed, signSr25519 } from "./crypto/sr25519-keys.ts";
import { seedOfUri } from "./key-uri.ts";
import type { Keystore, Scheme } from "./keystore.ts";

/** A key pair whose secret half is in the functions. */
interface Pair {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  /** ECDSA only. */
  signDigest?(digest: Uint8Array): Uint8Array;
}

/**
 * Keys in memory, for development and tests: JavaScript cannot sign in constant time nor wipe a secret. Keys of a
 * type are listed in the order in which they came in.
 */
export class MemoryKeystore implements Keystore {
  readonly #pairs = new Map<string, Pair[]>();
  readonly #entropy: (() => Uint8Array) | undefined;

  /**
   * @param entropy gives 32 fresh random bytes for each key that is made without a seed; without it, making one
   *   traps
   */
  constructor(entropy?: () => Uint8Array) {
    this.#entropy = entropy;
  }

  /** Adds the key of a 32-byte seed and returns its public half. `id` is the key type: "babe", "gran", … */
  add(scheme: Scheme, id: Uint8Array, seed: Uint8Array): Uint8Array {
    const pair = pairOf(scheme, seed);
    const pairs = this.#of(scheme, id);
    if (!pairs.some(({ publicKey }) => equalBytes(publicKey, pair.publicKey))) pairs.push(pair);
    return pair.publicKey;
  }

  publicKeys(scheme: Scheme, id: Uint8Array): readonly Uint8Array[] {
    return this.#of(scheme, id).map(({ publicKey }) => publicKey);
  }

  generate(scheme: Scheme, id: Uint8Array, uri: string | undefined): Uint8Array {
    return this.add(scheme, id, uri === undefined ? this.#fresh() : seedOfUri(uri, scheme));
  }

  sign(scheme: Scheme, id: Uint8Array, key: Uint8Array, message: Uint8Array): Uint8Array | undefined {
    return this.#find(scheme, id, key)?.sign(message);
  }

  signPrehashed(id: Uint8Array, key: Uint8Array, digest: Uint8Array): Uint8Array | undefined {
    return this.#find("ecdsa", id, key)?.signDigest?.(digest);
  }

  #fresh(): Uint8Array {
    const seed = this.#entropy?.();
    if (seed?.length === 32) return seed;
    throw new Trap("keystore-fault", "the keystore has no randomness to make a key of");
  }

  #of(scheme: Scheme, id: Uint8Array): Pair[] {
    const name = `${scheme} ${toLatin1(id)}`;
    const known = this.#pairs.get(name);
    if (known !== undefined) return known;
    const pairs: Pair[] = [];
    this.#pairs.set(name, pairs);
    return pairs;
  }

  #find(scheme: Scheme, id: Uint8Array, key: Uint8Array): Pair | undefined {
    return this.#of(scheme, id).find(({ publicKey }) => equalBytes(publicKey, key));
  }
}

function pairOf(scheme: Scheme, seed: Uint8Array): Pair {
  switch (scheme) {
    case "ed25519":
      return { publicKey: ed25519.getPublicKey(seed), sign: (message) => ed25519.sign(message, seed) };
    case "sr25519": {
      const secret = expandSeed(seed);
      return { publicKey: secret.publicKey, sign: (message) => signSr25519(secret, message) };
    }
    case "ecdsa": {
      const signDigest = (digest: Uint8Array) => signEcdsa(seed, digest);
      // Substrate signs the BLAKE2b hash of a message.
      const sign = (message: Uint8Array) => signDigest(blake2b256(message));
      return { publicKey: ecdsaPublicKey(seed), sign, signDigest };
    }
  }
}

/** Nearly every 32 bytes are a secret key of secp256k1. */
function ecdsaPublicKey(seed: Uint8Array): Uint8Array {
  if (!secp256k1.utils.isValidSecretKey(seed)) {
    throw new Trap("invalid-seed", "a key's seed is no secret key of secp256k1");
  }
  return secp256k1.getPublicKey(seed);
}

/** r ‖ s ‖ v */
function signEcdsa(secret: Uint8Array, digest: Uint8Array): Uint8Array {
  const recovered = secp256k1.sign(digest, secret, { prehash: false, format: "recovered" });
  return concatBytes(recovered.subarray(1), recovered.subarray(0, 1));
}
