import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, hexToBytes } from "../../../../src/host/hex.ts";
import { StateError, WitnessIncomplete } from "../../../../src/host/state/errors.ts";
import { blake2b256 } from "../../../../src/host/state/hash.ts";
import { buildTrie } from "../../../../src/host/state/trie/build.ts";
import { type NodeSource, type StateVersion, Trie } from "../../../../src/host/state/trie/index.ts";
import { type NaiveValue, naiveTrie } from "./naive-trie.ts";

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytesOf = (digits: string) => hexToBytes(digits, "optional");

/** Few distinct bytes, so that keys collide, begin each other and share nibbles. */
const key = fc
  .array(fc.constantFrom(0x00, 0x01, 0x10, 0x11, 0xff), { maxLength: 4 })
  .map((a) => Uint8Array.from(a));
const value = fc.oneof(
  fc.uint8Array({ maxLength: 3 }),
  fc.integer({ min: 30, max: 40 }).map((length) => new Uint8Array(length).fill(length)),
);
const edit = fc.record({
  key,
  value: fc.option(value, { nil: undefined, freq: 2 }),
  version: fc.constantFrom<StateVersion>(0, 1),
});

type Edit = { key: Uint8Array; value: Uint8Array | undefined; version: StateVersion };

function applyToModel(model: Map<string, NaiveValue>, { key, value, version }: Edit): void {
  if (value === undefined) model.delete(hexOf(key));
  else model.set(hexOf(key), { bytes: value, hashed: version === 1 && value.length >= 33 });
}

function applyTo(trie: Trie, { key, value, version }: Edit): Trie {
  return value === undefined ? trie.remove(key) : trie.insert(key, value, version);
}

const sourceOf = (proof: ReadonlyMap<string, Uint8Array>): NodeSource => ({
  get: (hash) => proof.get(hexOf(hash)),
});

describe("persistent trie", () => {
  it("is the trie of its entries after any edits, forms of values included", () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40, size: "max" }), (edits) => {
        const model = new Map<string, NaiveValue>();
        let trie = Trie.empty();
        const past: [Trie, string][] = [];
        for (const step of edits) {
          trie = applyTo(trie, step);
          applyToModel(model, step);
          past.push([trie, naiveTrie(model, blake2b256).root]);
          // Not every root is asked for on the way, so that nodes are left without a cached one.
          if (past.length % 3 === 0) expect(hexOf(trie.root)).to.equal(past[past.length - 1][1]);
        }
        for (const [old, root] of past) expect(hexOf(old.root)).to.equal(root);
        expect(trie.isEmpty).to.equal(model.size === 0);
      }),
      { seed: 20, numRuns: 300 },
    );
  });

  it("applies a batch as it applies single edits", () => {
    fc.assert(
      fc.property(
        fc.array(edit, { maxLength: 20, size: "max" }),
        fc.array(edit, { maxLength: 20, size: "max" }),
        (before, after) => {
          const start = before.reduce(applyTo, Trie.empty());
          const batch = [
            ...new Map(after.map((step) => [hexOf(step.key), { ...step, version: 1 as const }])).values(),
          ];
          expect(start.apply(batch, 1).root).to.deep.equal(batch.reduce(applyTo, start).root);
        },
      ),
      { seed: 21, numRuns: 200 },
    );
  });

  it("finds values and successors as a sorted list does", () => {
    fc.assert(
      fc.property(
        fc.array(edit, { maxLength: 40, size: "max" }),
        fc.array(key, { maxLength: 20 }),
        key,
        (edits, probes, prefix) => {
          const model = new Map<string, NaiveValue>();
          for (const step of edits) applyToModel(model, step);
          const trie = edits.reduce(applyTo, Trie.empty());
          const sorted = [...model.keys()].sort();
          for (const probe of [...probes, ...edits.map((step) => step.key)]) {
            const text = hexOf(probe);
            const stored = model.get(text)?.bytes;
            expect(trie.get(probe)).to.deep.equal(stored);
            expect(trie.has(probe)).to.equal(stored !== undefined);
            expect(trie.holds(probe, stored)).to.equal(true);
            expect(trie.holds(probe, new Uint8Array(50))).to.equal(false);
            const next = sorted.find((other) => other > text);
            expect(trie.nextKey(probe)).to.deep.equal(next === undefined ? undefined : bytesOf(next));
            const from = sorted.find((other) => other >= text);
            expect(trie.keyFrom(probe)).to.deep.equal(from === undefined ? undefined : bytesOf(from));
            const below = sorted.filter((other) => other.startsWith(hexOf(prefix)) && other >= text);
            expect([...trie.keys(prefix, probe)].map(hexOf)).to.deep.equal(below);
          }
          const entries = [...trie.entries(prefix)].map(([k, v]) => [hexOf(k), v]);
          const expected = sorted
            .filter((k) => k.startsWith(hexOf(prefix)))
            .map((k) => [k, model.get(k)!.bytes]);
          expect(entries).to.deep.equal(expected);
        },
      ),
      { seed: 22, numRuns: 200 },
    );
  });

  it("keeps the form of values that are not written", () => {
    const long = new Uint8Array(40).fill(7);
    const [a, b, c] = [bytesOf("1234"), bytesOf("1256"), bytesOf("12")];
    const old = Trie.fromEntries(
      [
        [a, long],
        [b, long],
        [c, long],
      ],
      0,
    );
    const migrated = old.insert(a, long, 1);
    expect(migrated.root).not.to.deep.equal(old.root);
    const model = new Map<string, NaiveValue>([
      ["1234", { bytes: long, hashed: true }],
      ["12", { bytes: long, hashed: false }],
    ]);
    // Removing b merges nodes; the values of a and c stay in their forms.
    expect(hexOf(migrated.remove(b).root)).to.equal(naiveTrie(model, blake2b256).root);
    expect(migrated.insert(a, long, 0).root).to.deep.equal(old.root);
  });

  it("has an origin for each value, which goes with it through edits of others", () => {
    const [one, two, other] = [Uint8Array.of(1), Uint8Array.of(1, 2), Uint8Array.of(7)];
    const trie = Trie.fromEntries([[one, new Uint8Array(50)]], 0);
    const origin = trie.origin(one);
    expect(origin).to.be.an("object");
    expect(trie.origin(two)).to.equal(undefined);
    const edited = trie.insert(two, one, 0).insert(other, two, 1).remove(two);
    expect(edited.origin(one)).to.equal(origin);
    expect(edited.insert(one, two, 0).origin(one)).not.to.equal(origin);
  });

  it("refuses unsorted entries and keys that are too long", () => {
    const inline = { hashed: false as const, bytes: new Uint8Array(0) };
    const build = (...keys: string[]) => buildTrie(keys.map((digits) => [bytesOf(digits), inline]));
    expect(() => build("01", "00"))
      .to.throw(StateError)
      .with.property("kind", "unsorted-keys");
    expect(() => build("01", "01"))
      .to.throw(StateError)
      .with.property("kind", "unsorted-keys");
    expect(() => Trie.empty().insert(new Uint8Array(1 << 20), inline.bytes, 0))
      .to.throw(StateError)
      .with.property("kind", "key-too-long");
  });

  it("edits and searches a trie ten thousand branches deep", () => {
    const deep = Array.from({ length: 10_000 }, (_, i) => new Uint8Array(i).fill(0x11));
    const one = Uint8Array.of(1);
    const trie = Trie.fromEntries(
      deep.map((k) => [k, one] as const),
      0,
    );
    expect(trie.nextKey(deep[9998])).to.deep.equal(deep[9999]);
    const edited = trie.insert(new Uint8Array(10_000).fill(0x11), one, 0);
    expect(edited.remove(new Uint8Array(10_000).fill(0x11)).root).to.deep.equal(trie.root);
    expect(deep.reduce((t, k) => t.remove(k), trie.remove(deep[0])).isEmpty).to.equal(true);
  });
});

describe("partial trie", () => {
  it("reads and edits like the whole one if every node is at hand", () => {
    fc.assert(
      fc.property(
        fc.array(edit, { maxLength: 30, size: "max" }),
        fc.array(edit, { maxLength: 20, size: "max" }),
        (before, after) => {
          const model = new Map<string, NaiveValue>();
          for (const step of before) applyToModel(model, step);
          const { root, proof } = naiveTrie(model, blake2b256);
          let trie = Trie.fromRoot(bytesOf(root), sourceOf(proof));
          expect([...trie.entries()].map(([k, v]) => [hexOf(k), v])).to.deep.equal(
            [...model].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, v.bytes]),
          );
          for (const step of after) {
            trie = applyTo(trie, step);
            applyToModel(model, step);
          }
          expect(hexOf(trie.root)).to.equal(naiveTrie(model, blake2b256).root);
        },
      ),
      { seed: 23, numRuns: 200 },
    );
  });

  it("stops at a missing node rather than give a wrong answer", () => {
    let incomplete = 0;
    fc.assert(
      fc.property(
        fc.array(edit, { maxLength: 30, size: "max" }),
        fc.array(edit, { maxLength: 5, size: "max" }),
        fc.nat(),
        (before, after, n) => {
          const model = new Map<string, NaiveValue>();
          for (const step of before) applyToModel(model, step);
          const { root, proof } = naiveTrie(model, blake2b256);
          const missing = [...proof.keys()][n % proof.size];
          const rest = new Map([...proof].filter(([hash]) => hash !== missing));
          try {
            let trie = Trie.fromRoot(bytesOf(root), sourceOf(rest));
            for (const step of after) {
              expect(trie.get(step.key)).to.deep.equal(model.get(hexOf(step.key))?.bytes);
              trie = applyTo(trie, step);
              applyToModel(model, step);
            }
            expect(hexOf(trie.root)).to.equal(naiveTrie(model, blake2b256).root);
          } catch (error) {
            expect(error).to.be.instanceOf(WitnessIncomplete);
            expect(hexOf((error as WitnessIncomplete).hash)).to.equal(missing);
            incomplete++;
          }
        },
      ),
      { seed: 24, numRuns: 300 },
    );
    expect(incomplete).to.be.above(20);
  });

  it("needs no sibling of a branch that a key of the same batch keeps apart", () => {
    const [gone, kept] = [new Uint8Array(40).fill(1), new Uint8Array(40).fill(2)];
    const leaf = (bytes: Uint8Array): NaiveValue => ({ bytes, hashed: false });
    const before = new Map([["10", leaf(gone)] as const, ["20", leaf(kept)] as const]);
    const { root, proof } = naiveTrie(before, blake2b256);
    const rest = new Map([...proof].filter(([, bytes]) => bytes[bytes.length - 1] !== 2));
    expect(rest.size).to.equal(proof.size - 1);
    const trie = Trie.fromRoot(bytesOf(root), sourceOf(rest));
    expect(() => trie.remove(bytesOf("10"))).to.throw(WitnessIncomplete);
    const batch = [
      { key: bytesOf("10"), value: undefined },
      { key: bytesOf("30"), value: gone },
    ];
    const after = new Map([["20", leaf(kept)] as const, ["30", leaf(gone)] as const]);
    expect(hexOf(trie.apply(batch, 0).root)).to.equal(naiveTrie(after, blake2b256).root);
  });

  it("tells the existence of a value whose bytes are missing", () => {
    const long = new Uint8Array(40).fill(9);
    const { root, proof } = naiveTrie(new Map([["aa", { bytes: long, hashed: true }]]), blake2b256);
    const rest = new Map([...proof].filter(([, bytes]) => bytes.length !== 40));
    const trie = Trie.fromRoot(bytesOf(root), sourceOf(rest));
    expect(trie.has(bytesOf("aa"))).to.equal(true);
    expect(trie.holds(bytesOf("aa"), long)).to.equal(true);
    expect(() => trie.get(bytesOf("aa"))).to.throw(WitnessIncomplete);
    expect(bytesToHex(trie.root)).to.equal(`0x${root}`);
  });

  it("refuses nodes that are none, and values at half a byte", () => {
    const garbage = Uint8Array.of(0xff);
    const bad = Trie.fromRoot(blake2b256(garbage), { get: () => garbage });
    expect(() => bad.get(bytesOf("00")))
      .to.throw(StateError)
      .with.property("kind", "invalid-node");
    const odd = bytesOf("410104aa");
    const trie = Trie.fromRoot(blake2b256(odd), { get: () => odd });
    expect(trie.get(bytesOf("10"))).to.equal(undefined);
    expect(() => trie.nextKey(bytesOf("")))
      .to.throw(StateError)
      .with.property("kind", "odd-key");
  });
});
