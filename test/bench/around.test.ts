import { expect } from "chai";
import { generatedEntries } from "../../bench/subjects/entries.ts";
import { generatedHeapUse } from "../../bench/subjects/heap-use.ts";
import { PlainStorage, type StorageUnderTest } from "../../bench/subjects/plain-storage.ts";
import { bytesToHex } from "../../src/host/index.ts";
import { FreeingBumpAllocator, Overlay, State } from "../../src/host/polkadot/index.ts";
import { Memory } from "../../src/index.ts";
import { Random } from "../differential/random.ts";

describe("bench: around execution", () => {
  it("plain maps and the overlay see the same, whatever is done to them", () => {
    const entries = generatedEntries(300);
    const state = State.fromEntries(entries);
    const plain = PlainStorage.prepare(entries);
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      const sides: readonly StorageUnderTest[] = [new Overlay(state), plain()];
      let depth = 0;
      for (let step = 0; step < 200; step++) {
        const [known] = random.pick(entries);
        // Another key now and then, and one that begins like a known one.
        const key = random.below(4) === 0 ? known.slice(0, random.between(1, known.length)) : known;
        const action = random.below(8);
        const value = Uint8Array.of(step & 0xff, seed);
        if (action === 6 && depth === 0) continue;
        if (action === 5) depth++;
        if (action === 6) depth--;
        const isCommitted = random.chance(50);
        const saw = sides.map((storage) => {
          if (action < 2) storage.set(key, value);
          else if (action === 2) storage.clear(key);
          else if (action === 5) storage.startTransaction();
          else if (action === 6) {
            if (isCommitted) storage.commitTransaction();
            else storage.rollbackTransaction();
          }
          const found = action % 2 === 0 ? storage.get(key) : storage.nextKey(key);
          return found === undefined ? "none" : bytesToHex(found);
        });
        expect(saw[0], `seed ${seed}, step ${step}`).to.equal(saw[1]);
      }
    }
  });

  it("a generated heap's use frees only what it allocated, once", () => {
    const { steps } = generatedHeapUse(500);
    const allocator = new FreeingBumpAllocator(new Memory({ min: 16, max: 16 }), 0);
    const addresses = steps.map(() => 0);
    steps.forEach((step, i) => {
      if (step >= 0) addresses[i] = allocator.allocate(step);
      else allocator.deallocate(addresses[~step]!);
    });
    expect(steps.filter((step) => step < 0).length).to.be.greaterThan(100);
  });
});
