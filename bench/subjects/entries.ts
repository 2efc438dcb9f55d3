import type { Entry } from "../../src/host/polkadot/index.ts";

/** Deterministic numbers below 2^32 (xorshift32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Keys as FRAME makes them, a pallet's and a map's prefix and a hash: for machines that have no real state. */
export function generatedEntries(count: number): Entry[] {
  const next = randomNumbers(1);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => next() & 0xff);
  const prefixes = Array.from({ length: 12 }, () => bytes(32));
  return Array.from({ length: count }, () => {
    const key = new Uint8Array(72);
    key.set(prefixes[next() % prefixes.length]!);
    key.set(bytes(40), 32);
    return [key, bytes(next() % 100)] as const;
  });
}
