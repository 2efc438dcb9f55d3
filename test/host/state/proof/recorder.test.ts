import { expect } from "chai";
import fc from "fast-check";
import { fromLatin1 as text } from "../../../../src/host/bytes.ts";
import {
  NodeSet,
  Overlay,
  proveRead,
  readProof,
  State,
  StateRecorder,
  type StateVersion,
  WitnessIncomplete,
  witnessState,
} from "../../../../src/host/state/index.ts";
import { changes, hexOf, key, NAME, state, version } from "./sample-state.ts";

/** Something a runtime may do to its storage, and what it sees of it. */
type Access = (overlay: Overlay) => unknown;

const hex = (bytes: Uint8Array | undefined) => bytes && hexOf(bytes);

const access: fc.Arbitrary<Access> = fc.oneof(
  key.map(
    (k): Access =>
      (overlay) =>
        hex(overlay.get(k)),
  ),
  key.map(
    (k): Access =>
      (overlay) =>
        overlay.exists(k),
  ),
  key.map(
    (k): Access =>
      (overlay) =>
        hex(overlay.nextKey(k)),
  ),
  key.map(
    (k): Access =>
      (overlay) =>
        overlay.append(k, Uint8Array.of(9)),
  ),
  fc.tuple(key, fc.nat(3)).map(
    ([k, limit]): Access =>
      (overlay) => {
        // An empty prefix would reach the child tries' roots, which the main trie guards.
        const { cursor, ...counts } = overlay.clearPrefix(Uint8Array.of(...k, 0x11), limit);
        return [hex(cursor), counts];
      },
  ),
  key.map(
    (k): Access =>
      (overlay) =>
        hex(overlay.child(NAME).get(k)),
  ),
  key.map(
    (k): Access =>
      (overlay) =>
        hex(overlay.child(NAME).nextKey(k)),
  ),
  key.map(
    (k): Access =>
      (overlay) =>
        overlay.child(NAME).set(k, new Uint8Array(35)),
  ),
  key.map(
    (k): Access =>
      (overlay) =>
        overlay.child(NAME).clear(k),
  ),
  fc.nat(4).map(
    (limit): Access =>
      (overlay) =>
        overlay.child(NAME).kill(limit).backend,
  ),
  changes.map(
    (list): Access =>
      (overlay) => {
        for (const change of list) {
          if (change.value === undefined) overlay.clear(change.key);
          else overlay.set(change.key, change.value);
        }
      },
  ),
);

/** All that can be observed of accesses to a state, the root after them included. */
function run(on: State, accesses: readonly Access[], written: StateVersion): unknown {
  const overlay = new Overlay(on);
  const seen = accesses.map((step) => step(overlay));
  const root = hexOf(overlay.root(written));
  const { top, children } = overlay.diff();
  const diff = [top.map((change) => hexOf(change.key)), children.map(({ changes: list }) => list.length)];
  return [seen, root, diff];
}

describe("state recorder", () => {
  it("gives what is enough to do the same again, and nothing that can be left out", () => {
    let dropped = 0;
    fc.assert(
      fc.property(state, fc.array(access, { maxLength: 8 }), version, (whole, accesses, written) => {
        const recorder = new StateRecorder(whole);
        expect(hexOf(recorder.state.root)).to.equal(hexOf(whole.root));
        const expected = run(whole, accesses, written);
        expect(run(recorder.state, accesses, written)).to.deep.equal(expected);
        const witness = recorder.witness(written);
        expect(run(witnessState(witness), accesses, written)).to.deep.equal(expected);
        for (const missing of witness.nodes) {
          const nodes = witness.nodes.filter((node) => node !== missing);
          expect(() => run(witnessState({ ...witness, nodes }), accesses, written)).to.throw(
            WitnessIncomplete,
          );
          dropped++;
        }
      }),
      { seed: 40, numRuns: 250 },
    );
    expect(dropped).to.be.above(500);
  });

  it("records from a witness what it records from the whole state", () => {
    fc.assert(
      fc.property(state, fc.array(access, { maxLength: 5 }), version, (whole, accesses, written) => {
        const first = new StateRecorder(whole);
        // More than the accesses need.
        for (const k of first.state.main.keys()) first.state.get(k);
        run(first.state, accesses, written);
        const second = new StateRecorder(witnessState(first.witness(written)));
        run(second.state, accesses, written);
        const direct = new StateRecorder(whole);
        run(direct.state, accesses, written);
        expect(second.nodes()).to.deep.equal(direct.nodes());
        expect(second.proofSize).to.equal(direct.proofSize);
      }),
      { seed: 41, numRuns: 100 },
    );
  });

  it("records through the states that changes lead to", () => {
    const whole = State.fromEntries([
      [text("a1"), new Uint8Array(40)],
      [text("b1"), new Uint8Array(41)],
      [text("b2"), new Uint8Array(42)],
    ]);
    const recorder = new StateRecorder(whole);
    const next = recorder.state.apply({ top: [{ key: text("a1"), value: text("x") }], children: [] }, 0);
    const before = recorder.nodes().length;
    expect(next.get(text("b2"))).to.deep.equal(new Uint8Array(42));
    expect(recorder.nodes().length).to.equal(before + 2);
    // And on from a state with changes, which has nodes of its own beside the source's.
    const later = new StateRecorder(next);
    expect(later.state.get(text("a1"))).to.deep.equal(text("x"));
    expect(later.state.get(text("b1"))).to.deep.equal(new Uint8Array(41));
    expect(witnessState(later.witness(0)).get(text("a1"))).to.deep.equal(text("x"));
  });

  it("counts each node and value once, as polkadot-sdk does (host-functions.md section 12)", () => {
    const entries = [
      [text("key1"), new Uint8Array(64).fill(1)],
      [text("key2"), new Uint8Array(64).fill(2)],
    ] as const;
    for (const [written, sizes] of [
      [1, [0, 175, 275, 275]],
      [0, [0, 144, 213, 213]],
    ] as const) {
      const recorder = new StateRecorder(State.fromEntries(entries, [], written));
      const seen = [recorder.proofSize];
      for (const name of ["key1", "key2", "key1"]) {
        recorder.state.get(text(name));
        seen.push(recorder.proofSize);
      }
      expect(seen).to.deep.equal(sizes);
    }
  });

  it("needs an old value's bytes to read or append, not to overwrite, probe or delete", () => {
    const long = new Uint8Array(64).fill(1);
    const whole = State.fromEntries([[text("key1"), long]], [], 1);
    const nodesFor = (step: Access) => {
      const recorder = new StateRecorder(whole);
      const overlay = new Overlay(recorder.state);
      step(overlay);
      overlay.root(1);
      return recorder.nodes().length;
    };
    expect(nodesFor((overlay) => overlay.get(text("key1")))).to.equal(2);
    expect(nodesFor((overlay) => overlay.append(text("key1"), long))).to.equal(2);
    expect(nodesFor((overlay) => overlay.set(text("key1"), text("new")))).to.equal(1);
    expect(nodesFor((overlay) => overlay.exists(text("key1")))).to.equal(1);
    expect(nodesFor((overlay) => overlay.clear(text("key1")))).to.equal(1);
    expect(nodesFor((overlay) => overlay.nextKey(text("a")))).to.equal(1);
  });

  it("records the sibling that a branch must merge with, and that only", () => {
    const whole = State.fromEntries([
      [text("a1"), new Uint8Array(40).fill(1)],
      [text("a2"), new Uint8Array(40).fill(2)],
      [text("b1"), new Uint8Array(40).fill(3)],
    ]);
    const recorder = new StateRecorder(whole);
    const next = recorder.state.apply({ top: [{ key: text("a1"), value: undefined }], children: [] }, 0);
    expect(next.root).to.deep.equal(whole.main.remove(text("a1")).root);
    // Root, branch a, both of its leaves.
    expect(recorder.nodes().length).to.equal(4);
  });
});

describe("storage proofs", () => {
  it("prove values and absence, and hold nothing unneeded", () => {
    fc.assert(
      fc.property(state, fc.array(key, { maxLength: 5 }), fc.boolean(), (whole, keys, inChild) => {
        const child = inChild ? NAME : undefined;
        const trie = inChild ? whole.child(NAME) : whole.main;
        const items = proveRead(whole, keys, child);
        const { entries, unused } = readProof(whole.root, items, keys, child);
        expect(entries).to.deep.equal(keys.map((k) => ({ key: k, value: trie.get(k) })));
        if (keys.length > 0) expect(unused).to.deep.equal([]);
        for (const item of items) {
          const rest = items.filter((other) => other !== item);
          expect(() => readProof(whole.root, rest, keys, child)).to.throw(WitnessIncomplete);
        }
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it("may hold items twice, in any order, and others that are reported", () => {
    const whole = State.fromEntries([
      [text("a1"), new Uint8Array(40)],
      [text("b1"), new Uint8Array(41)],
    ]);
    const items = proveRead(whole, [text("a1")]);
    const stray = Uint8Array.of(1, 2, 3);
    const { entries, unused } = readProof(whole.root, [...items, stray, ...items].reverse(), [
      text("a1"),
      text("a2"),
    ]);
    expect(entries.map((entry) => entry.value?.length)).to.deep.equal([40, undefined]);
    expect(unused).to.deep.equal([stray]);
    const set = new NodeSet([...items, ...items]);
    expect(set.count).to.equal(items.length);
    expect(set.byteLength).to.equal(items.reduce((sum, item) => sum + item.length, 0));
  });

  it("iterate over a prefix whose part alone is there", () => {
    fc.assert(
      fc.property(state, key, (whole, prefix) => {
        const recorder = new StateRecorder(whole);
        const keys = [...recorder.state.main.keys(prefix)].map(hexOf);
        expect(keys).to.deep.equal([...whole.main.keys(prefix)].map(hexOf));
        const next = new Overlay(recorder.state).nextKey(prefix);
        const partial = witnessState(recorder.witness(0));
        expect([...partial.main.keys(prefix)].map(hexOf)).to.deep.equal(keys);
        expect(next).to.deep.equal(whole.nextKey(prefix));
        expect(new Overlay(partial).nextKey(prefix)).to.deep.equal(next);
      }),
      { seed: 43, numRuns: 150 },
    );
  });

  it("of the empty trie need no items", () => {
    const empty = State.fromEntries([]);
    expect(proveRead(empty, [text("a")])).to.deep.equal([]);
    expect(readProof(empty.root, [], [text("a")]).entries).to.deep.equal([
      { key: text("a"), value: undefined },
    ]);
  });
});
