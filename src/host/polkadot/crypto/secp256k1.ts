import { secp256k1 } from "@noble/curves/secp256k1.js";

const ORDER = secp256k1.Point.Fn.ORDER;

/** Why no key could be recovered, in the order of Substrate's `EcdsaVerifyError`. */
export const RECOVERY_ERRORS = ["BadRS", "BadV", "BadSignature"] as const;
export type RecoveryError = (typeof RECOVERY_ERRORS)[number];

/** What to do with r and s at or above the group order: old hosts reduced them, new ones refuse. */
export type Overflow = "reduce" | "refuse";

export type Recovery = { readonly key: Uint8Array } | { readonly error: RecoveryError };

function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/**
 * The public key that made a signature r ‖ s ‖ v over a 32-byte digest (SEC 1, section 4.1.6). v may be 27 to 30
 * for 0 to 3. V is judged before r and s, as polkadot-sdk does.
 * @param compressed 33 bytes of key, else the 64 of its uncompressed form without the leading 4.
 */
export function recover(
  signature: Uint8Array,
  digest: Uint8Array,
  overflow: Overflow,
  compressed: boolean,
): Recovery {
  const v = signature[64] > 26 ? signature[64] - 27 : signature[64];
  return recoverKey(signature, v, digest, overflow, compressed);
}

function recoverKey(
  signature: Uint8Array,
  v: number,
  digest: Uint8Array,
  overflow: Overflow,
  compressed: boolean,
): Recovery {
  if (v > 3) return { error: "BadV" };
  let r = bigEndian(signature.subarray(0, 32));
  let s = bigEndian(signature.subarray(32, 64));
  if (r >= ORDER || s >= ORDER) {
    if (overflow === "refuse") return { error: "BadRS" };
    r %= ORDER;
    s %= ORDER;
  }
  // libsecp256k1 parses zeros and then fails to recover.
  if (r === 0n || s === 0n) return { error: "BadSignature" };
  try {
    const key = new secp256k1.Signature(r, s, v).recoverPublicKey(digest).toBytes(compressed);
    return { key: compressed ? key : key.subarray(1) };
  } catch {
    return { error: "BadSignature" }; // noble throws a plain Error where no point has that x, or the key is 0
  }
}

/**
 * Verifies r ‖ s ‖ v over a digest by recovering the key and comparing. v is taken as it is.
 * @param key 33 bytes, compressed
 */
export function verifyEcdsa(
  signature: Uint8Array,
  digest: Uint8Array,
  key: Uint8Array,
  overflow: Overflow,
): boolean {
  const recovered = recoverKey(signature, signature[64], digest, overflow, true);
  return "key" in recovered && recovered.key.every((byte, i) => byte === key[i]);
}
