import { functionsOf, type HostFunctions } from "../define.ts";
import { pointer, span } from "../types/bytes.ts";
import { none, u32, u64 } from "../types/numbers.ts";
import type { PolkadotHost } from "./host.ts";

const fn = functionsOf<PolkadotHost>();

/** Writes for the node's offchain database: recorded beside the state (host-functions.md section 10). */
export const offchainIndex: HostFunctions<PolkadotHost> = {
  ext_offchain_index_set_version_1: fn([span, span], none, (host, key, value) =>
    host.indexOffchain(key, value),
  ),
  ext_offchain_index_clear_version_1: fn([span], none, (host, key) => host.indexOffchain(key, undefined)),
};

/** Entries for the node's transaction index, which no rollback takes back (host-functions.md section 11). */
export const transactionIndex: HostFunctions<PolkadotHost> = {
  ext_transaction_index_index_version_1: fn([u32, u32, pointer(32)], none, (host, extrinsic, size, hash) => {
    host.transactionIndex.push({ kind: "index", extrinsic, size, hash });
  }),
  ext_transaction_index_renew_version_1: fn([u32, pointer(32)], none, (host, extrinsic, hash) => {
    host.transactionIndex.push({ kind: "renew", extrinsic, hash });
  }),
};

/** The answer where no proof is being recorded. */
const NOT_RECORDED = 0xffff_ffff_ffff_ffffn;

function proofSize(host: PolkadotHost): bigint {
  return host.proofSize === undefined ? NOT_RECORDED : BigInt(host.proofSize());
}

/**
 * Size of the storage proof so far, all ones where none is being recorded (host-functions.md section 12). Version 2
 * (RFC-158) also counts what computing the storage root needs.
 */
export const storageProofSize: HostFunctions<PolkadotHost> = {
  ext_storage_proof_size_storage_proof_size_version_1: fn([], u64, proofSize),
  ext_storage_proof_size_storage_proof_size_version_2: fn([], u64, (host) => {
    // This records the nodes for the root, and they stay counted: the block's end needs them anyway.
    if (host.proofSize !== undefined) host.overlay.root(host.stateVersion);
    return proofSize(host);
  }),
};
