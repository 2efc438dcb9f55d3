import { I32 } from "../../decoder/module.ts";
import { functionsOf, type HostFunctions } from "../define.ts";
import { decodeUtf8 } from "../scale/utf8.ts";
import { blake2b256 } from "../state/hash.ts";
import { orderedTrieRoot } from "../state/trie/index.ts";
import { array, bytesView, outBytes, string } from "../types/array.ts";
import { outPointer, pointer } from "../types/bytes.ts";
import { formatBytes } from "../types/format.ts";
import { bool, enumOf, none, u32, u64 } from "../types/numbers.ts";
import { cell } from "../types/pointers.ts";
import { checkRange, type Heap, type Result } from "../types/value-type.ts";
import { verifyEd25519 } from "./crypto/ed25519.ts";
import { RECOVERY_ERRORS, recover } from "./crypto/secp256k1.ts";
import { verifySr25519Preaudit } from "./crypto/sr25519.ts";
import { blake2, keccak, twox } from "./hash/index.ts";
import { LOG_LEVELS, type PolkadotHost } from "./host.ts";
import { readAt } from "./storage-read.ts";

/*
 * The names of before November 2019, without versions (host-functions.md section 16): test networks of that year
 * used them. Byte strings are address and length in two arguments, results go to the caller's buffers. What has a
 * counterpart with a version is that; the rest is refused by name (see `unsupported.ts`).
 */

const fn = functionsOf<PolkadotHost>();
const hash = outPointer(32);
/** Stands for an absent value where a length is due. */
const ABSENT = 0xffff_ffff;

/** The value in a buffer of its own, or null; its length goes to an argument. */
const allocatedValue: Result<Uint8Array | undefined, Heap> = {
  name: "-> ptr or null",
  wasm: [I32],
  store: (value, frame, heap) => {
    const address = value === undefined ? 0 : heap.allocate(value.length);
    if (value !== undefined) heap.memory.bytes.set(value, address);
    frame.lanes[frame.at] = address;
  },
  format: (value) => (value === undefined ? "null" : formatBytes(value)),
};

const hashInto = (size: number, digest: (data: Uint8Array) => Uint8Array) =>
  fn([bytesView, outPointer(size)], none, (_, data, out) => out.set(digest(data)));

/** 0 for a good signature, 1 for a bad one. */
const verifyWith = (check: (signature: Uint8Array, message: Uint8Array, key: Uint8Array) => boolean) =>
  fn([bytesView, pointer(64), pointer(32)], u32, (_, message, signature, key) =>
    check(signature, message, key) ? 0 : 1,
  );

/** 0, or one more than the error's position. */
const recoverInto = (size: 33 | 64) =>
  fn([pointer(32), pointer(65), outPointer(size)], u32, (_, message, signature, out) => {
    const recovered = recover(signature, message, "reduce", size === 33);
    if ("error" in recovered) return 1 + RECOVERY_ERRORS.indexOf(recovered.error);
    out.set(recovered.key);
    return 0;
  });

/** Open to every context. */
export const unversioned: HostFunctions<PolkadotHost> = {
  ext_malloc: fn([u32], u32, (host, size) => host.allocate(size)),
  ext_free: fn([u32], none, (host, address) => host.free(address)),

  ext_twox_64: hashInto(8, (data) => twox(data, 8)),
  ext_twox_128: hashInto(16, (data) => twox(data, 16)),
  ext_twox_256: hashInto(32, (data) => twox(data, 32)),
  ext_blake2_128: hashInto(16, (data) => blake2(data, 16)),
  ext_blake2_256: hashInto(32, (data) => blake2(data, 32)),
  ext_keccak_256: hashInto(32, (data) => keccak(data, 32)),
  ext_blake2_256_enumerated_trie_root: fn([u32, array(u32), hash], none, (host, address, lengths, out) => {
    checkRange(
      host.memory,
      address,
      lengths.reduce((sum, length) => sum + length, 0),
    );
    let end = address;
    const values = lengths.map((length) => {
      end += length;
      return host.memory.bytes.subarray(end - length, end);
    });
    out.set(orderedTrieRoot(values, 0, blake2b256));
  }),

  ext_ed25519_verify: verifyWith(verifyEd25519),
  ext_sr25519_verify: verifyWith(verifySr25519Preaudit),
  ext_secp256k1_ecdsa_recover: recoverInto(64),
  ext_secp256k1_ecdsa_recover_compressed: recoverInto(33),

  ext_print_utf8: fn([bytesView], none, (host, data) => {
    const text = decodeUtf8(data);
    if (text !== undefined) host.print(text);
  }),
  ext_print_hex: fn([bytesView], none, (host, data) => host.printBytes(data)),
  ext_print_num: fn([u64], none, (host, value) => host.print(value.toString())),
  ext_log: fn([enumOf("log level", LOG_LEVELS), string, string], none, (host, level, target, message) =>
    host.log(level, target, message),
  ),
};

/** For contexts with storage. */
export const unversionedStorage: HostFunctions<PolkadotHost> = {
  ext_set_storage: fn([bytesView, bytesView], none, (host, key, value) => host.overlay.set(key, value)),
  ext_clear_storage: fn([bytesView], none, (host, key) => host.overlay.clear(key)),
  ext_exists_storage: fn([bytesView], bool, (host, key) => host.overlay.exists(key)),
  ext_clear_prefix: fn([bytesView], none, (host, prefix) => {
    host.overlay.clearPrefix(prefix);
  }),
  ext_get_allocated_storage: fn([bytesView, cell(u32)], allocatedValue, (host, key, written) => {
    const value = host.overlay.get(key);
    written.set(value?.length ?? ABSENT);
    return value;
  }),
  // These hosts told the value's whole length, whatever the offset.
  ext_get_storage_into: fn([bytesView, outBytes, u32], u32, (host, key, out, offset) => {
    const value = host.overlay.get(key);
    readAt(value, out, offset);
    return value?.length ?? ABSENT;
  }),
  ext_storage_root: fn([hash], none, (host, out) => out.set(host.storageRoot(0))),
  // 0: there is none, and nothing is written.
  ext_storage_changes_root: fn([bytesView, hash], u32, () => 0),
};
