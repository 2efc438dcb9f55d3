/**
 * Keys are walked nibble by nibble, the high one of each byte first. A node keeps its partial key as one nibble
 * per byte; whole keys stay bytes and are read through `nibbleAt`.
 */

/** Nibble `index` of a key. */
export function nibbleAt(key: Uint8Array, index: number): number {
  const byte = key[index >> 1];
  return index & 1 ? byte & 15 : byte >> 4;
}

/** Nibbles `from` (inclusive) to `to` (exclusive) of a key, one per byte. */
export function nibbleSlice(key: Uint8Array, from: number, to: number): Uint8Array {
  const nibbles = new Uint8Array(to - from);
  for (let i = 0; i < nibbles.length; i++) nibbles[i] = nibbleAt(key, from + i);
  return nibbles;
}

/** How many nibbles of `partial` agree with those of `key` from `depth` on. */
export function matchLength(partial: Uint8Array, key: Uint8Array, depth: number): number {
  const length = Math.min(partial.length, key.length * 2 - depth);
  let matched = 0;
  while (matched < length && partial[matched] === nibbleAt(key, depth + matched)) matched++;
  return matched;
}

/** How many nibbles two keys have in common from the front. */
export function commonNibbles(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  let bytes = 0;
  while (bytes < length && a[bytes] === b[bytes]) bytes++;
  if (bytes === length) return bytes * 2;
  return a[bytes] >> 4 === b[bytes] >> 4 ? bytes * 2 + 1 : bytes * 2;
}
