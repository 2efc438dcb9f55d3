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

/** Default child storage (host-functions.md section 2). The first argument is a child's unprefixed name. */
export const childStorage: HostFunctions<PolkadotHost> = {
  ext_default_child_storage_get_version_1: fn([spanView, spanView], optionalBytes, (host, child, key) =>
    host.overlay.child(child).get(key),
  ),
  ext_default_child_storage_read_version_1: fn(
    [spanView, spanView, outSpan, u32],
    optionalU32,
    (host, child, key, out, offset) => readAt(host.overlay.child(child).get(key), out, offset),
  ),
  ext_default_child_storage_read_version_2: fn(
    [spanView, spanView, outSpan, u32, bool],
    optionalInt,
    (host, child, key, out, offset, partial) =>
      readWhole(host.overlay.child(child).get(key), out, offset, partial),
  ),
  ext_default_child_storage_set_version_1: fn(
    [spanView, spanView, spanView],
    none,
    (host, child, key, value) => host.overlay.child(child).set(key, value),
  ),
  ext_default_child_storage_clear_version_1: fn([spanView, spanView], none, (host, child, key) =>
    host.overlay.child(child).clear(key),
  ),
  ext_default_child_storage_exists_version_1: fn([spanView, spanView], bool, (host, child, key) =>
    host.overlay.child(child).exists(key),
  ),

  ext_default_child_storage_storage_kill_version_1: fn([spanView], none, (host, child) => {
    host.overlay.child(child).kill();
  }),
  ext_default_child_storage_storage_kill_version_2: fn(
    [spanView, limitArg],
    bool,
    (host, child, limit) => host.overlay.child(child).kill(limit).cursor === undefined,
  ),
  ext_default_child_storage_storage_kill_version_3: fn([spanView, limitArg], killSpan, (host, child, limit) =>
    host.overlay.child(child).kill(limit),
  ),
  ext_default_child_storage_storage_kill_version_4: fn(
    [spanView, limitArg, optionalBytesArg],
    multiRemovalSpan,
    (host, child, limit, cursor) => host.overlay.child(child).kill(limit, cursor),
  ),
  ext_default_child_storage_storage_kill_version_5: fn(
    [spanView, optionalIntArg, optionalSpanArg, outSpan, outPointer(12)],
    u32,
    (host, child, limit, cursor, cursorOut, counters) =>
      storeRemoval(host, host.overlay.child(child).kill(limit, cursor), cursorOut, counters),
  ),

  ext_default_child_storage_clear_prefix_version_1: fn([spanView, spanView], none, (host, child, prefix) => {
    host.overlay.child(child).clearPrefix(prefix);
  }),
  ext_default_child_storage_clear_prefix_version_2: fn(
    [spanView, spanView, limitArg],
    killSpan,
    (host, child, prefix, limit) => host.overlay.child(child).clearPrefix(prefix, limit),
  ),
  ext_default_child_storage_clear_prefix_version_3: fn(
    [spanView, spanView, limitArg, optionalBytesArg],
    multiRemovalSpan,
    (host, child, prefix, limit, cursor) => host.overlay.child(child).clearPrefix(prefix, limit, cursor),
  ),
  ext_default_child_storage_clear_prefix_version_4: fn(
    [spanView, spanView, optionalIntArg, optionalSpanArg, outSpan, outPointer(12)],
    u32,
    (host, child, prefix, limit, cursor, cursorOut, counters) =>
      storeRemoval(host, host.overlay.child(child).clearPrefix(prefix, limit, cursor), cursorOut, counters),
  ),

  ext_default_child_storage_root_version_1: fn([spanView], rawSpan, (host, child) =>
    host.overlay.child(child).root(host.stateVersion),
  ),
  ext_default_child_storage_root_version_2: fn([spanView, stateVersionArg], rawSpan, (host, child, version) =>
    host.overlay.child(child).root(version),
  ),
  ext_default_child_storage_root_version_3: fn([spanView, outSpan], none, (host, child, out) =>
    storeRoot(host.overlay.child(child).root(host.stateVersion), out),
  ),

  ext_default_child_storage_next_key_version_1: fn([spanView, spanView], optionalBytes, (host, child, key) =>
    host.overlay.child(child).nextKey(key),
  ),
  ext_default_child_storage_next_key_version_2: fn(
    [spanView, spanView, outSpan],
    u32,
    (host, child, key, out) => storeKey(host.overlay.child(child).nextKey(key), out),
  ),
};
