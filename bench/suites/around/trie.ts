import { bytesToHex } from "../../../src/host/index.ts";
import { blake2b256, type Entry, type Hasher, Trie } from "../../../src/host/polkadot/index.ts";
import { Random } from "../../../test/differential/random.ts";
import type { Table } from "../../result.ts";
import { type Pair, pairTable } from "./rows.ts";

const CHANGES = [1, 100, 1000];

/** @throws Error if a trie built at once and one built key by key differ */
export async function trieTable(entries: readonly Entry[], what: string): Promise<Table> {
  const whole = Trie.fromEntries(entries, 0);
  const byOne = Trie.empty().apply(
    entries.map(([key, value]) => ({ key, value })),
    0,
  );
  same(byOne.root, whole.root);
  const bases = new Map<unknown, Trie>();
  const pairs: Pair[] = [beside(`all of ${what}`, (hash) => Trie.fromEntries(entries, 0, hash).root)];
  for (const count of CHANGES) {
    const changes = changesOf(entries, count);
    const name = `${count.toLocaleString("en")} changed ${count === 1 ? "key" : "keys"}`;
    const again = new Map([...entries, ...changes.map(({ key, value }) => [key, value] as const)].map(keyed));
    same(Trie.fromEntries(again.values(), 0).root, whole.apply(changes, 0).root);
    pairs.push(
      beside(name, (hash) => {
        // The trie below hashes by the same function, and has done so already.
        let base = bases.get(hash);
        if (base === undefined) {
          base = Trie.fromEntries(entries, 0, hash);
          void base.root;
          bases.set(hash, base);
        }
        return base.apply(changes, 0).root;
      }),
    );
  }
  const note =
    `Tries of ${what}: from the entries, or by changing keys that are spread over it, until the root is known. Beside it ` +
    "noble's BLAKE2b hashes the same nodes' bytes, made before, and nothing else is done.";
  return pairTable({ title: "Trie", note, peer: "noble's hashes alone" }, pairs);
}

/** Gives a root, from a trie that hashes by `hash`; undefined for the trie's own. */
type Work = (hash?: Hasher) => Uint8Array;

/** The work, and the hashes in it alone. */
function beside(name: string, work: Work): Pair {
  const hashed: Uint8Array[] = [];
  const listening: Hasher = (bytes) => {
    hashed.push(bytes.slice());
    return blake2b256(bytes);
  };
  work(listening); // what it builds first is not part of it
  hashed.length = 0;
  const root = work(listening);
  same(work(), root);
  return {
    name,
    ours: () => work(),
    peer: () => {
      for (const bytes of hashed) blake2b256(bytes);
    },
  };
}

function changesOf(entries: readonly Entry[], count: number): { key: Uint8Array; value: Uint8Array }[] {
  const random = new Random(7);
  const keys = new Map<string, Uint8Array>();
  while (keys.size < Math.min(count, entries.length)) {
    const [key] = random.pick(entries);
    keys.set(key.join(), key);
  }
  return [...keys.values()].map((key) => ({
    key,
    value: Uint8Array.from({ length: 16 }, () => random.below(256)),
  }));
}

const keyed = (entry: Entry): [string, Entry] => [entry[0].join(), entry];

function same(a: Uint8Array, b: Uint8Array): void {
  if (bytesToHex(a) !== bytesToHex(b)) throw new Error(`roots differ: ${bytesToHex(a)}, ${bytesToHex(b)}`);
}
