import { Trap } from "../../interp/trap.ts";
import { functionsOf, type HostFunction, type HostFunctions } from "../define.ts";
import { decodeUtf8 } from "../scale/index.ts";
import { outPointer, outSpan, pointer, span } from "../types/bytes.ts";
import { none, u32 } from "../types/numbers.ts";
import { returnedPointer } from "../types/returned.ts";
import { fixedBytesVec } from "../types/scale-values.ts";
import type { PolkadotHost } from "./host.ts";
import { KEY_SIZES, type Keystore, type Scheme, SIGNATURE_SIZES } from "./keystore.ts";
import { keyList, optionalFixed, status } from "./results.ts";
import { optionalBytesArg } from "./scale-args.ts";

const fn = functionsOf<PolkadotHost>();
/** Four bytes that say what a key is for. */
const keyType = pointer(4);

function keystoreOf(host: PolkadotHost, name: string): Keystore {
  if (host.keystore === undefined) {
    throw new Trap("keystore-unavailable", `${name} needs a keystore, and this call has none`);
  }
  return host.keystore;
}

function seedText(seed: Uint8Array | undefined): string | undefined {
  if (seed === undefined) return undefined;
  const text = decodeUtf8(seed);
  if (text === undefined) throw new Trap("invalid-utf8", "a key's seed is not UTF-8");
  return text;
}

/** A keystore must answer with keys and signatures of the scheme's size: they go to buffers of that size. */
function sized(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length !== size) {
    throw new Trap("keystore-fault", `the keystore gave ${bytes.length} bytes where ${size} are due`);
  }
  return bytes;
}

function functions(scheme: Scheme): HostFunctions<PolkadotHost> {
  const keySize = KEY_SIZES[scheme];
  const signatureSize = SIGNATURE_SIZES[scheme];
  const key = pointer(keySize);
  const keys = (host: PolkadotHost, id: Uint8Array) =>
    keystoreOf(host, `ext_crypto_${scheme}_public_keys`)
      .publicKeys(scheme, id)
      .map((item) => sized(item, keySize));
  const generate = (host: PolkadotHost, id: Uint8Array, seed: Uint8Array | undefined) =>
    sized(keystoreOf(host, `ext_crypto_${scheme}_generate`).generate(scheme, id, seedText(seed)), keySize);
  const sign = (host: PolkadotHost, id: Uint8Array, publicKey: Uint8Array, message: Uint8Array) => {
    const signature = keystoreOf(host, `ext_crypto_${scheme}_sign`).sign(scheme, id, publicKey, message);
    return signature && sized(signature, signatureSize);
  };
  const table: Record<string, HostFunction<PolkadotHost>> = {
    public_keys_version_1: fn([keyType], keyList, keys),
    public_keys_version_2: fn([keyType, outSpan], u32, (host, id, out) => {
      const list = keys(host, id);
      const size = fixedBytesVec.size(list);
      if (size <= out.length) fixedBytesVec.write(list, out, 0);
      return size;
    }),
    generate_version_1: fn([keyType, optionalBytesArg], returnedPointer(keySize), generate),
    generate_version_2: fn([keyType, optionalBytesArg, outPointer(keySize)], none, (host, id, seed, out) =>
      out.set(generate(host, id, seed)),
    ),
    sign_version_1: fn([keyType, key, span], optionalFixed, sign),
    sign_version_2: fn(
      [keyType, key, span, outPointer(signatureSize)],
      status,
      (host, id, publicKey, message, out) => storeSignature(sign(host, id, publicKey, message), out),
    ),
  };
  return Object.fromEntries(
    Object.entries(table).map(([name, declared]) => [`ext_crypto_${scheme}_${name}`, declared]),
  );
}

function storeSignature(signature: Uint8Array | undefined, out: Uint8Array): number {
  if (signature === undefined) return -1;
  out.set(signature);
  return 0;
}

function signPrehashed(host: PolkadotHost, id: Uint8Array, key: Uint8Array, digest: Uint8Array) {
  const signature = keystoreOf(host, "ext_crypto_ecdsa_sign_prehashed").signPrehashed(id, key, digest);
  return signature && sized(signature, SIGNATURE_SIZES.ecdsa);
}

/** Keys held by the node (host-functions.md section 3); every one traps without a keystore. */
export const keystoreFunctions: HostFunctions<PolkadotHost> = {
  ...functions("ed25519"),
  ...functions("sr25519"),
  ...functions("ecdsa"),
  ext_crypto_ecdsa_sign_prehashed_version_1: fn(
    [keyType, pointer(33), pointer(32)],
    optionalFixed,
    signPrehashed,
  ),
  ext_crypto_ecdsa_sign_prehashed_version_2: fn(
    [keyType, pointer(33), pointer(32), outPointer(65)],
    status,
    (host, id, key, digest, out) => storeSignature(signPrehashed(host, id, key, digest), out),
  ),
};
