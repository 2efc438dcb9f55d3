import { functionsOf, type HostFunctions } from "../define.ts";
import { outPointer, outSpan, spanView } from "../types/bytes.ts";
import { bool, none, u32 } from "../types/numbers.ts";
import type { PolkadotHost } from "./host.ts";
import { killSpan, multiRemovalSpan, storeRemoval } from "./removal.ts";
import { optionalBytes, optionalInt, optionalU32, rawSpan } from "./results.ts";
import { limitArg, optionalBytesArg, optionalIntArg, optionalSpanArg } from "./scale-args.ts";
import { stateVersionArg, storeKey, storeRoot } from "./storage-args.ts";
import { readAt, readWhole } from "./storage-read.ts";

const fn = functionsOf<PolkadotHost>();

/** Storage, the main trie (host-functions.md section 1). */
export const storage: HostFunctions<PolkadotHost> = {
  ext_storage_set_version_1: fn([spanView, spanView], none, (host, key, value) =>
    host.overlay.set(key, value),
  ),
  ext_storage_get_version_1: fn([spanView], optionalBytes, (host, key) => host.overlay.get(key)),
  ext_storage_read_version_1: fn([spanView, outSpan, u32], optionalU32, (host, key, out, offset) =>
    readAt(host.overlay.get(key), out, offset),
  ),
  ext_storage_read_version_2: fn(
    [spanView, outSpan, u32, bool],
    optionalInt,
    (host, key, out, offset, partial) => readWhole(host.overlay.get(key), out, offset, partial),
  ),
  ext_storage_clear_version_1: fn([spanView], none, (host, key) => host.overlay.clear(key)),
  ext_storage_exists_version_1: fn([spanView], bool, (host, key) => host.overlay.exists(key)),
  ext_storage_append_version_1: fn([spanView, spanView], none, (host, key, value) =>
    host.overlay.append(key, value),
  ),

  ext_storage_clear_prefix_version_1: fn([spanView], none, (host, prefix) => {
    host.overlay.clearPrefix(prefix);
  }),
  ext_storage_clear_prefix_version_2: fn([spanView, limitArg], killSpan, (host, prefix, limit) =>
    host.overlay.clearPrefix(prefix, limit),
  ),
  ext_storage_clear_prefix_version_3: fn(
    [spanView, limitArg, optionalBytesArg],
    multiRemovalSpan,
    (host, prefix, limit, cursor) => host.overlay.clearPrefix(prefix, limit, cursor),
  ),
  ext_storage_clear_prefix_version_4: fn(
    [spanView, optionalIntArg, optionalSpanArg, outSpan, outPointer(12)],
    u32,
    (host, prefix, limit, cursor, cursorOut, counters) =>
      storeRemoval(host, host.overlay.clearPrefix(prefix, limit, cursor), cursorOut, counters),
  ),

  ext_storage_root_version_1: fn([], rawSpan, (host) => host.storageRoot(host.stateVersion)),
  ext_storage_root_version_2: fn([stateVersionArg], rawSpan, (host, version) => host.storageRoot(version)),
  ext_storage_root_version_3: fn([outSpan], none, (host, out) =>
    storeRoot(host.storageRoot(host.stateVersion), out),
  ),
  // Always None: no chain has changes tries any more.
  ext_storage_changes_root_version_1: fn([spanView], optionalBytes, () => undefined),

  ext_storage_next_key_version_1: fn([spanView], optionalBytes, (host, key) => host.overlay.nextKey(key)),
  ext_storage_next_key_version_2: fn([spanView, outSpan], u32, (host, key, out) =>
    storeKey(host.overlay.nextKey(key), out),
  ),

  ext_storage_start_transaction_version_1: fn([], none, (host) => host.startTransaction()),
  ext_storage_commit_transaction_version_1: fn([], none, (host) => host.commitTransaction()),
  ext_storage_rollback_transaction_version_1: fn([], none, (host) => host.rollbackTransaction()),
};
