import { encodeCompact } from "../../scale/writer.ts";
import { blake2b256, type Hasher } from "../hash.ts";
import type { StateVersion } from "./node.ts";
import { type Entry, Trie } from "./trie.ts";

/**
 * Root of the trie that holds these entries; of entries with one key the last counts
 * (`ext_trie_blake2_256_root`, `ext_trie_keccak_256_root`).
 * @throws StateError `key-too-long`
 */
export function trieRoot(
  entries: Iterable<Entry>,
  version: StateVersion,
  hash: Hasher = blake2b256,
): Uint8Array {
  return Trie.fromEntries(entries, version, hash).root;
}

/** Root of the trie that holds each value under the compact encoding of its index (`…_ordered_root`). */
export function orderedTrieRoot(
  values: readonly Uint8Array[],
  version: StateVersion,
  hash: Hasher = blake2b256,
): Uint8Array {
  return trieRoot(
    values.map((value, index) => [encodeCompact(index), value] as const),
    version,
    hash,
  );
}
