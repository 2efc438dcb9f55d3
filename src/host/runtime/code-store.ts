import { decode, type Feature, ModuleError } from "../../decoder/index.ts";
import type { ValidModule } from "../../decoder/module.ts";
import { accept, stackHeights, VALIDATION_VERSION } from "../../decoder/validate/validate.ts";
import { equalBytes } from "../bytes.ts";
import { decodeUtf8, encodeUtf8 } from "../scale/utf8.ts";

/**
 * Where a caller keeps what loading a runtime found out, for processes to come: a folder, a database. **What it gives
 * back is believed**: a module from it is run without being validated again. So it must be the caller's own, written by
 * nobody else. Entries of another version, or damaged ones, are not used.
 */
export interface CodeStore {
  /** @param codeHash BLAKE2b-256 of the code blob, in hex with `0x` */
  get(codeHash: string): Uint8Array | undefined;
  /** Called after a runtime was loaded that was not there. May forget it. */
  put(codeHash: string, entry: Uint8Array): void;
}

/** "LSCS", as a little-endian word. */
const MAGIC = 0x5343534c;
/** Of the layout below. */
const FORMAT = 1;
const HASH_LENGTH = 32;

/**
 * An entry, all words little-endian: magic, format, validation's version, checksum of what follows, and the lengths of
 * what comes then: the blob's hash, names of features, stack heights of functions, the module's bytes.
 */
const HEADER_WORDS = 7;
const CHECKED_FROM = 16;

/** @param codeHash of the blob, 32 bytes @param module from that blob */
export function encodeEntry(codeHash: Uint8Array, module: ValidModule): Uint8Array {
  const features = encodeUtf8(namesOf(module.features));
  const heights = stackHeights(module);
  const { bytes } = module;
  const at = HEADER_WORDS * 4 + HASH_LENGTH;
  const entry = new Uint8Array(at + features.length + 4 * heights.length + bytes.length);
  const view = new DataView(entry.buffer);
  [MAGIC, FORMAT, VALIDATION_VERSION, 0, features.length, heights.length, bytes.length].forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  entry.set(codeHash, HEADER_WORDS * 4);
  entry.set(features, at);
  const heightsAt = at + features.length;
  heights.forEach((height, i) => {
    view.setInt32(heightsAt + 4 * i, height, true);
  });
  entry.set(bytes, heightsAt + 4 * heights.length);
  view.setUint32(12, checksum(entry), true);
  return entry;
}

/** The module, accepted as valid; undefined if the entry is of another version, of other code or features, or damaged. */
export function decodeEntry(
  entry: Uint8Array,
  codeHash: Uint8Array,
  features: ReadonlySet<Feature>,
): ValidModule | undefined {
  const at = HEADER_WORDS * 4 + HASH_LENGTH;
  if (entry.length < at) return undefined;
  const view = new DataView(entry.buffer, entry.byteOffset, entry.length);
  const words = Array.from({ length: HEADER_WORDS }, (_, i) => view.getUint32(4 * i, true));
  const [magic, format, version, sum, nameLength, count, size] = words as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (magic !== MAGIC || format !== FORMAT || version !== VALIDATION_VERSION) return undefined;
  const heightsAt = at + nameLength;
  const codeAt = heightsAt + 4 * count;
  if (codeAt + size !== entry.length || checksum(entry) !== sum) return undefined;
  if (!equalBytes(entry.subarray(HEADER_WORDS * 4, at), codeHash)) return undefined;
  if (decodeUtf8(entry.subarray(at, heightsAt)) !== namesOf(features)) return undefined;
  const heights = Int32Array.from({ length: count }, (_, i) => view.getInt32(heightsAt + 4 * i, true));
  try {
    const module = decode(entry.subarray(codeAt), { features: [...features] });
    return module.bodies.length === count ? accept(module, heights) : undefined;
  } catch (error) {
    if (error instanceof ModuleError) return undefined; // limits of decoding have changed
    throw error;
  }
}

function namesOf(features: ReadonlySet<Feature>): string {
  return [...features].sort().join();
}

/** Finds what accidents do to a file: FNV-1a over words, which takes a few milliseconds. */
function checksum(entry: Uint8Array): number {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.length);
  let hash = 0x811c9dc5 ^ entry.length;
  let at = CHECKED_FROM;
  for (; at + 4 <= entry.length; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), 0x01000193);
  for (; at < entry.length; at++) hash = Math.imul(hash ^ entry[at], 0x01000193);
  return hash >>> 0;
}
