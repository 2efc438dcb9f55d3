import { Trap } from "../../interp/trap.ts";
import { functionsOf, type HostFunctions } from "../define.ts";
import { outPointer, pointer, spanView } from "../types/bytes.ts";
import { bool, none } from "../types/numbers.ts";
import { verifyEd25519 } from "./crypto/ed25519.ts";
import {
  type Overflow,
  RECOVERY_ERRORS,
  type RecoveryError,
  recover,
  verifyEcdsa,
} from "./crypto/secp256k1.ts";
import { verifySr25519, verifySr25519Preaudit } from "./crypto/sr25519.ts";
import { blake2 } from "./hash/index.ts";
import type { PolkadotHost } from "./host.ts";
import { recoveryResult, status } from "./results.ts";

const fn = functionsOf<PolkadotHost>();
const digest = pointer(32);
const ecdsaSignature = pointer(65);

type Verify = (signature: Uint8Array, message: Uint8Array, key: Uint8Array) => boolean;

const ecdsa =
  (overflow: Overflow): Verify =>
  (signature, message, key) =>
    verifyEcdsa(signature, blake2(message, 32), key, overflow);

const verify = (signatureSize: number, keySize: number, check: Verify) =>
  fn([pointer(signatureSize), spanView, pointer(keySize)], bool, (_, signature, message, key) =>
    check(signature, message, key),
  );

/**
 * Verifies at once and adds the verdict to the open batch, as polkadot-sdk does now; hosts that queued gave the
 * same verdict when the batch was finished (host-functions.md section 3.4).
 */
const batched = (signatureSize: number, keySize: number, check: Verify) =>
  fn([pointer(signatureSize), spanView, pointer(keySize)], bool, (host, signature, message, key) => {
    const good = check(signature, message, key);
    if (host.batch !== undefined) host.batch &&= good;
    return good;
  });

const recovering = (overflow: Overflow, compressed: boolean) =>
  fn([ecdsaSignature, digest], recoveryResult, (_, signature, hash) => {
    const recovered = recover(signature, hash, overflow, compressed);
    return "key" in recovered ? { ok: recovered.key } : { error: errorCode(recovered) };
  });

/** RFC-145: the key goes to the caller's buffer; 0, or minus one more than the error's position. */
const recoveringInto = (size: 33 | 64) =>
  fn([ecdsaSignature, digest, outPointer(size)], status, (_, signature, hash, out) => {
    const recovered = recover(signature, hash, "refuse", size === 33);
    if ("error" in recovered) return -1 - errorCode(recovered);
    out.set(recovered.key);
    return 0;
  });

function errorCode(recovered: { readonly error: RecoveryError }): number {
  return RECOVERY_ERRORS.indexOf(recovered.error);
}

/** Signatures without a keystore (host-functions.md section 3). */
export const crypto: HostFunctions<PolkadotHost> = {
  ext_crypto_ed25519_verify_version_1: verify(64, 32, verifyEd25519),
  ext_crypto_sr25519_verify_version_1: verify(64, 32, verifySr25519Preaudit),
  ext_crypto_sr25519_verify_version_2: verify(64, 32, verifySr25519),
  ext_crypto_ecdsa_verify_version_1: verify(65, 33, ecdsa("reduce")),
  ext_crypto_ecdsa_verify_version_2: verify(65, 33, ecdsa("refuse")),
  ext_crypto_ecdsa_verify_prehashed_version_1: fn(
    [ecdsaSignature, digest, pointer(33)],
    bool,
    (_, signature, hash, key) => verifyEcdsa(signature, hash, key, "refuse"),
  ),

  ext_crypto_secp256k1_ecdsa_recover_version_1: recovering("reduce", false),
  ext_crypto_secp256k1_ecdsa_recover_version_2: recovering("refuse", false),
  ext_crypto_secp256k1_ecdsa_recover_version_3: recoveringInto(64),
  ext_crypto_secp256k1_ecdsa_recover_compressed_version_1: recovering("reduce", true),
  ext_crypto_secp256k1_ecdsa_recover_compressed_version_2: recovering("refuse", true),
  ext_crypto_secp256k1_ecdsa_recover_compressed_version_3: recoveringInto(33),

  ext_crypto_start_batch_verify_version_1: fn([], none, (host) => {
    if (host.batch !== undefined) throw new Trap("batch-open", "a batch of signatures is already open");
    host.batch = true;
  }),
  ext_crypto_finish_batch_verify_version_1: fn([], bool, (host) => {
    const good = host.batch;
    if (good === undefined) throw new Trap("no-batch", "no batch of signatures is open");
    host.batch = undefined;
    return good;
  }),
  ext_crypto_ed25519_batch_verify_version_1: batched(64, 32, verifyEd25519),
  // In block production the newest verify applies; smoldot takes version 1. No relay chain imports it.
  ext_crypto_sr25519_batch_verify_version_1: batched(64, 32, verifySr25519),
  ext_crypto_ecdsa_batch_verify_version_1: batched(65, 33, ecdsa("refuse")),
};
