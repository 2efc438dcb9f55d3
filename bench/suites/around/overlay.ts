import { type Entry, Overlay, State } from "../../../src/host/polkadot/index.ts";
import { Random } from "../../../test/differential/random.ts";
import type { Table } from "../../result.ts";
import { PlainStorage, type StorageUnderTest } from "../../subjects/plain-storage.ts";
import { type Pair, pairTable } from "./rows.ts";

/** Keys that one run works on. */
const KEYS = 1000;
const VALUE = new Uint8Array(48).fill(5);

/** What a run does to storage that is new, and what it saw: both sides must have seen the same. */
type Work = (storage: StorageUnderTest, keys: readonly Uint8Array[]) => unknown;

const WORK: Readonly<Record<string, Work>> = {
  "get, of the state": (storage, keys) => lengths(storage, keys),
  "set, then get": (storage, keys) => {
    for (const key of keys) storage.set(key, VALUE);
    return lengths(storage, keys);
  },
  "set, in transactions of 10, committed": (storage, keys) => {
    nested(storage, keys, () => true);
    return lengths(storage, keys);
  },
  "set, in transactions of 10, each third rolled back": (storage, keys) => {
    nested(storage, keys, (index) => index % 3 !== 0);
    return lengths(storage, keys);
  },
  "set, four transactions deep": (storage, keys) => {
    for (let i = 0; i < 4; i++) storage.startTransaction();
    for (const key of keys) storage.set(key, VALUE);
    for (let i = 0; i < 4; i++) storage.commitTransaction();
    return lengths(storage, keys);
  },
  "next_key, nothing changed": (storage, keys) =>
    keys.reduce((sum, key) => sum + (storage.nextKey(key)?.at(-1) ?? 0), 0),
  "next_key, 20 keys changed": (storage, keys) => {
    keys.slice(0, 20).forEach((key, i) => {
      if (i % 4 === 0) storage.clear(key);
      else storage.set(key, VALUE);
    });
    return keys.reduce((sum, key) => sum + (storage.nextKey(key)?.at(-1) ?? 0), 0);
  },
};

const lengths = (storage: StorageUnderTest, keys: readonly Uint8Array[]): number => {
  let sum = 0;
  for (let i = 0; i < keys.length; i++) sum = (31 * sum + (storage.get(keys[i]!)?.length ?? -1)) | 0;
  return sum;
};

/** An outer transaction with one for each ten keys in it. */
function nested(
  storage: StorageUnderTest,
  keys: readonly Uint8Array[],
  isGood: (i: number) => boolean,
): void {
  storage.startTransaction();
  for (let i = 0; i < keys.length; i += 10) {
    storage.startTransaction();
    for (const key of keys.slice(i, i + 10)) storage.set(key, VALUE);
    if (isGood(i / 10)) storage.commitTransaction();
    else storage.rollbackTransaction();
  }
  storage.commitTransaction();
}

export async function overlayTable(entries: readonly Entry[], what: string): Promise<Table> {
  const random = new Random(3);
  const keys = Array.from({ length: KEYS }, () => random.pick(entries)[0]);
  const state = State.fromEntries(entries);
  const plain = PlainStorage.prepare(entries);
  const pairs = Object.entries(WORK).map(([name, work]): Pair => {
    const ours = () => work(new Overlay(state), keys);
    const peer = () => work(plain(), keys);
    if (ours() !== peer()) throw new Error(`${name}: the overlay saw ${ours()}, plain maps ${peer()}`);
    return { name, ours, peer };
  });
  const note =
    `1,000 keys of ${what}, on storage that is fresh for each run. Beside it the shortest way to write it: maps by ` +
    "strings, one for each open transaction, over a map of the state, without tries and roots.";
  return pairTable({ title: "Storage overlay", note, peer: "plain maps" }, pairs);
}
