import type { Removal } from "../state/overlay.ts";
import type { Encoding } from "../types/encoding.ts";
import { returnedSpan } from "../types/returned.ts";
import { option } from "../types/scale-composites.ts";
import { byteVec, u32le } from "../types/scale-values.ts";
import type { PolkadotHost } from "./host.ts";

const cursor = option(byteVec);

function format(value: Removal): string {
  return `${cursor.format(value.cursor)}, backend ${value.backend}, unique ${value.unique}, loops ${value.loops}`;
}

/** SCALE `KillStorageResult`: AllRemoved or SomeRemaining, with the number of keys looked at. */
const killResult: Encoding<Removal> = {
  name: "KillStorageResult",
  size: () => 5,
  write: (value, bytes, at) => {
    bytes[at] = value.cursor === undefined ? 0 : 1;
    return u32le.write(value.loops, bytes, at + 1);
  },
  format,
};

/** SCALE `MultiRemovalResults`. */
const multiRemoval: Encoding<Removal> = {
  name: "MultiRemovalResults",
  size: (value) => cursor.size(value.cursor) + 12,
  write: (value, bytes, at) => writeCounters(value, bytes, cursor.write(value.cursor, bytes, at)),
  format,
};

export const killSpan = returnedSpan(killResult);
export const multiRemovalSpan = returnedSpan(multiRemoval);

function writeCounters(removal: Removal, bytes: Uint8Array, at: number): number {
  const counters = [removal.backend, removal.unique, removal.loops];
  return counters.reduce((end, counter) => u32le.write(counter, bytes, end), at);
}

/**
 * Gives a removal to a caller that brought its own buffers (RFC-145): the cursor where it fits, the counters,
 * and as result the cursor's length, 0 when nothing is left. The host remembers the cursor for
 * `ext_misc_last_cursor`.
 */
export function storeRemoval(
  host: PolkadotHost,
  removal: Removal,
  cursorOut: Uint8Array,
  counters: Uint8Array,
): number {
  host.lastCursor = removal.cursor;
  const length = removal.cursor?.length ?? 0;
  if (removal.cursor !== undefined && length <= cursorOut.length) cursorOut.set(removal.cursor);
  writeCounters(removal, counters, 0);
  return length;
}
