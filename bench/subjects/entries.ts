import type { Entry } from "../../src/host/polkadot/index.ts";
import { Random } from "../../test/differential/random.ts";

/** Keys as FRAME makes them, a pallet's and a map's prefix and a hash: for machines that have no real state. */
export function generatedEntries(count: number): Entry[] {
  const random = new Random(1);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.below(256));
  const prefixes = Array.from({ length: 12 }, () => bytes(32));
  return Array.from({ length: count }, () => {
    const key = new Uint8Array(72);
    key.set(random.pick(prefixes));
    key.set(bytes(40), 32);
    return [key, bytes(random.below(100))] as const;
  });
}
