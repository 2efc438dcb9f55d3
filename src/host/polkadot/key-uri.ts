import { Trap } from "../../interp/trap.ts";
import { concatBytes } from "../bytes.ts";
import { hexToBytes } from "../hex.ts";
import { ScaleWriter } from "../scale/index.ts";
import { blake2b256 } from "../state/hash.ts";
import { deriveHard, expandSeed } from "./crypto/sr25519-keys.ts";
import type { Scheme } from "./keystore.ts";

/** Mini secret of Substrate's well-known development phrase, which stands for an absent one. */
const DEVELOPMENT_SEED = hexToBytes("0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e");
const DEVELOPMENT_PHRASE = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

/** Longer paths than anyone uses; what bounds the work a guest can ask for. */
const MAX_JUNCTIONS = 32;

/**
 * The 32-byte seed that a secret URI names (subkey): `0x` and 64 hex digits, or the development phrase if nothing
 * stands there, and hard junctions as in `//Alice//0`. Other phrases need a word list, soft junctions and
 * passwords have no use for session keys; they are refused.
 * @throws Trap invalid-seed
 */
export function seedOfUri(uri: string, scheme: Scheme): Uint8Array {
  const start = uri.indexOf("/");
  const secret = start < 0 ? uri : uri.slice(0, start);
  const path = start < 0 ? "" : uri.slice(start);
  return junctionsOf(path).reduce((seed, code) => hardJunction(scheme, seed, code), secretOf(secret));
}

function secretOf(secret: string): Uint8Array {
  if (secret === "" || secret === DEVELOPMENT_PHRASE) return DEVELOPMENT_SEED;
  if (/^0x[0-9a-f]{64}$/i.test(secret)) return hexToBytes(secret);
  throw refused("it is neither empty nor 32 bytes in hex, and phrases need a word list");
}

/** The chain codes of a path of hard junctions. */
function junctionsOf(path: string): Uint8Array[] {
  if (path === "") return [];
  if (!path.startsWith("//")) throw refused("it has a soft junction");
  const names = path.slice(2).split("//");
  if (names.length > MAX_JUNCTIONS) throw refused("its path is too long");
  return names.map((name) => {
    if (name === "" || name.includes("/")) throw refused("it has a soft junction or a password");
    return chainCode(name);
  });
}

/** A junction's name as SCALE, a u64 if it is a number, padded or hashed to 32 bytes. */
function chainCode(name: string): Uint8Array {
  const writer = new ScaleWriter();
  const isNumber = /^\+?\d{1,20}$/.test(name) && BigInt(name) < 1n << 64n;
  const encoded = (isNumber ? writer.u64(BigInt(name)) : writer.string(name)).finish();
  if (encoded.length > 32) return blake2b256(encoded);
  const code = new Uint8Array(32);
  code.set(encoded);
  return code;
}

function hardJunction(scheme: Scheme, seed: Uint8Array, code: Uint8Array): Uint8Array {
  if (scheme === "sr25519") return deriveHard(expandSeed(seed), code);
  const context = new ScaleWriter().string(scheme === "ed25519" ? "Ed25519HDKD" : "Secp256k1HDKD").finish();
  return blake2b256(concatBytes(context, seed, code));
}

/** The URI itself is a secret and stays out of the message. */
function refused(reason: string): Trap {
  return new Trap("invalid-seed", `a key's secret URI cannot be used: ${reason}`);
}
