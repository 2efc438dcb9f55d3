/**
 * `read` of both tries: copies `value` from `offset` on into `out`, as much as fits, and returns how long the
 * value is from the offset on (host-functions.md section 1: 0 past the end, undefined for an absent key).
 */
export function readAt(value: Uint8Array | undefined, out: Uint8Array, offset: number): number | undefined {
  if (value === undefined) return undefined;
  const rest = value.subarray(Math.min(offset, value.length));
  out.set(rest.subarray(0, out.length));
  return rest.length;
}

/** The same for `read_version_2`, which leaves `out` alone when not all fits and `partial` is false. */
export function readWhole(
  value: Uint8Array | undefined,
  out: Uint8Array,
  offset: number,
  partial: boolean,
): number | undefined {
  const rest = readAt(value, out.subarray(0, 0), offset);
  return rest === undefined || (rest > out.length && !partial) ? rest : readAt(value, out, offset);
}
