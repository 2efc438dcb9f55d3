import { functionsOf, type HostFunctions } from "../define.ts";
import { blake2b256, type Hasher, keccak256 } from "../state/hash.ts";
import { ProofError, verifyTrieProof } from "../state/proof/index.ts";
import { orderedTrieRoot, type StateVersion, trieRoot } from "../state/trie/index.ts";
import { outPointer, pointer, span } from "../types/bytes.ts";
import { bool, none } from "../types/numbers.ts";
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

/** Whether a proof shows that the trie has an entry. These are trie-db's own proofs, not those of storage. */
function proves(
  root: Uint8Array,
  proof: readonly Uint8Array[],
  key: Uint8Array,
  value: Uint8Array,
  version: StateVersion,
  hasher: Hasher,
): boolean {
  try {
    verifyTrieProof(root, proof, [{ key, value }], version, hasher);
    return true;
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}

function proofs(name: string, hasher: Hasher): HostFunctions<PolkadotHost> {
  const given = [pointer(32), bytesListArg, span, span] as const;
  return {
    [`ext_trie_${name}_verify_proof_version_1`]: fn(given, bool, (_, root, proof, key, value) =>
      proves(root, proof, key, value, 0, hasher),
    ),
    [`ext_trie_${name}_verify_proof_version_2`]: fn(
      [...given, stateVersionArg],
      bool,
      (_, root, proof, key, value, version) => proves(root, proof, key, value, version, hasher),
    ),
  };
}

/** Roots of tries with given entries, and proofs of tries (host-functions.md section 5). */
export const trie: HostFunctions<PolkadotHost> = {
  ...roots("blake2_256", blake2b256),
  ...roots("keccak_256", keccak256),
  ...proofs("blake2_256", blake2b256),
  ...proofs("keccak_256", keccak256),
};
