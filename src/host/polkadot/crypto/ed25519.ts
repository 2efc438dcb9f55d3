import { ed25519 } from "@noble/curves/ed25519.js";

/**
 * Ed25519 by the rules of ZIP-215, as today's nodes verify: s canonical, points of any encoding and order, the
 * cofactored equation. @param signature 64 bytes @param key 32 bytes
 */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  return ed25519.verify(signature, message, key, { zip215: true });
}
