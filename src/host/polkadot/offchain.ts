import { Trap } from "../../interp/trap.ts";
import { equalBytes } from "../bytes.ts";
import { functionsOf, type HostFunctions } from "../define.ts";
import { outPointer, outSpan, span } from "../types/bytes.ts";
import { bool, enumOf, none, u32, u64 } from "../types/numbers.ts";
import { returnedPointer, returnedSpan } from "../types/returned.ts";
import { record, result, vec } from "../types/scale-composites.ts";
import { byteVec, unit } from "../types/scale-values.ts";
import type { PolkadotHost } from "./host.ts";
import type { OffchainHost } from "./offchain-host.ts";
import { optionalBytes, optionalInt, status, unitResult } from "./results.ts";
import { bytesListArg, optionalBytesArg } from "./scale-args.ts";
import { readWhole } from "./storage-read.ts";

const fn = functionsOf<PolkadotHost>();
/** By position; LOCAL, the second, is implemented by no host and traps. */
const storageKind = enumOf("offchain storage kind with an implementation", ["persistent"]);

function offchain(host: PolkadotHost): OffchainHost {
  if (host.offchain === undefined) {
    throw new Trap("offchain-unavailable", "this call has no offchain services attached");
  }
  return host.offchain;
}

const networkState = record("OpaqueNetworkState", { peerId: byteVec, addresses: vec(byteVec) });
/** Bytes of a peer id in the buffer that RFC-145 has for one. */
const PEER_ID_SIZE = 38;

const OK = { ok: undefined } as const;
const FAILED = { error: undefined } as const;

/** For offchain workers (host-functions.md section 9). Other contexts refuse them. */
export const offchainFunctions: HostFunctions<PolkadotHost> = {
  ext_offchain_is_validator_version_1: fn([], bool, (host) => offchain(host).isValidator()),
  ext_offchain_network_state_version_1: fn([], returnedSpan(result(networkState, unit)), (host) => {
    const state = offchain(host).networkState();
    return state === undefined ? FAILED : { ok: state };
  }),
  ext_offchain_network_peer_id_version_1: fn([outPointer(PEER_ID_SIZE)], status, (host, out) => {
    const peerId = offchain(host).networkState()?.peerId;
    if (peerId?.length !== PEER_ID_SIZE) return -1;
    out.set(peerId);
    return 0;
  }),
  ext_offchain_timestamp_version_1: fn([], u64, (host) => offchain(host).timestamp()),
  ext_offchain_sleep_until_version_1: fn([u64], none, (host, deadline) =>
    offchain(host).sleepUntil(deadline),
  ),
  ext_offchain_random_seed_version_1: fn([], returnedPointer(32), (host) => offchain(host).randomSeed()),
  ext_offchain_random_seed_version_2: fn([outPointer(32)], none, (host, out) =>
    out.set(offchain(host).randomSeed()),
  ),
  ext_offchain_local_storage_set_version_1: fn([storageKind, span, span], none, (host, _, key, value) =>
    offchain(host).set(key, value),
  ),
  ext_offchain_local_storage_clear_version_1: fn([storageKind, span], none, (host, _, key) =>
    offchain(host).clear(key),
  ),
  ext_offchain_local_storage_get_version_1: fn([storageKind, span], optionalBytes, (host, _, key) =>
    offchain(host).get(key),
  ),
  ext_offchain_local_storage_read_version_1: fn(
    [storageKind, span, outSpan, u32],
    optionalInt,
    (host, _, key, out, offset) => readWhole(offchain(host).get(key), out, offset, false),
  ),
  ext_offchain_local_storage_compare_and_set_version_1: fn(
    [storageKind, span, optionalBytesArg, span],
    bool,
    (host, _, key, expected, value) => {
      const current = offchain(host).get(key);
      const same =
        current === undefined || expected === undefined
          ? current === expected
          : equalBytes(current, expected);
      if (same) offchain(host).set(key, value);
      return same;
    },
  ),
  ext_offchain_set_authorized_nodes_version_1: fn([bytesListArg, bool], none, (host, nodes, only) => {
    const service = offchain(host);
    if (service.setAuthorizedNodes === undefined) {
      throw new Trap("offchain-unavailable", "this call has no network to authorize nodes of");
    }
    service.setAuthorizedNodes(nodes, only);
  }),
};

/** The transaction pool, which calls for the client may be given too. */
export const transactionPool: HostFunctions<PolkadotHost> = {
  ext_offchain_submit_transaction_version_1: fn([span], unitResult, (host, extrinsic) =>
    offchain(host).submitTransaction(extrinsic) ? OK : FAILED,
  ),
  ext_offchain_submit_transaction_version_2: fn([span], status, (host, extrinsic) =>
    offchain(host).submitTransaction(extrinsic) ? 0 : -1,
  ),
};
