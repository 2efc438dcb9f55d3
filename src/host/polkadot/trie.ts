import { functionsOf, type HostFunctions } from "../define.ts";
import { blake2b256, type Hasher, keccak256 } from "../state/hash.ts";
import { orderedTrieRoot, trieRoot } from "../state/trie/index.ts";
import { outPointer } from "../types/bytes.ts";
import { none } from "../types/numbers.ts";
import { returnedPointer } from "../types/returned.ts";
import type { PolkadotHost } from "./host.ts";
import { bytesListArg, pairsArg } from "./scale-args.ts";
import { stateVersionArg } from "./storage-args.ts";

const fn = functionsOf<PolkadotHost>();
const hash = returnedPointer(32);

function roots(name: string, hasher: Hasher): HostFunctions<PolkadotHost> {
  return {
    [`ext_trie_${name}_root_version_1`]: fn([pairsArg], hash, (_, pairs) => trieRoot(pairs, 0, hasher)),
    [`ext_trie_${name}_root_version_2`]: fn([pairsArg, stateVersionArg], hash, (_, pairs, version) =>
      trieRoot(pairs, version, hasher),
    ),
    [`ext_trie_${name}_root_version_3`]: fn(
      [pairsArg, stateVersionArg, outPointer(32)],
      none,
      (_, pairs, version, out) => out.set(trieRoot(pairs, version, hasher)),
    ),
    [`ext_trie_${name}_ordered_root_version_1`]: fn([bytesListArg], hash, (_, values) =>
      orderedTrieRoot(values, 0, hasher),
    ),
    [`ext_trie_${name}_ordered_root_version_2`]: fn(
      [bytesListArg, stateVersionArg],
      hash,
      (_, values, version) => orderedTrieRoot(values, version, hasher),
    ),
    [`ext_trie_${name}_ordered_root_version_3`]: fn(
      [bytesListArg, stateVersionArg, outPointer(32)],
      none,
      (_, values, version, out) => out.set(orderedTrieRoot(values, version, hasher)),
    ),
  };
}

/**
 * Trie roots of given entries (host-functions.md section 5). `verify_proof` is left out: its proofs are of a
 * kind of their own, and no relay chain's runtime imports it.
 */
export const trie: HostFunctions<PolkadotHost> = {
  ...roots("blake2_256", blake2b256),
  ...roots("keccak_256", keccak256),
};
