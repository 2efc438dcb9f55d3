import { expect } from "chai";
import fc from "fast-check";
import { fromLatin1 as text } from "../../../../src/host/bytes.ts";
import { blake2b256 } from "../../../../src/host/state/hash.ts";
import {
  childRootKey,
  decodeCompactProof,
  encodeCompactProof,
  Overlay,
  ProofError,
  State,
  StateError,
  StateRecorder,
  verifyTrieProof,
  WitnessIncomplete,
  witnessState,
} from "../../../../src/host/state/index.ts";
import { encodeFields } from "../../../../src/host/state/trie/codec.ts";
import { hexOf, key, state } from "./sample-state.ts";

const EMPTY = new Uint8Array(0);
const inline = (bytes: Uint8Array) => ({ hashed: false, bytes }) as const;
/** A branch with these references in the first slots. */
const branch = (partial: number[], references: Uint8Array[], value?: Uint8Array) =>
  encodeFields({
    partial: Uint8Array.from(partial),
    value: value && inline(value),
    references: Array.from({ length: 16 }, (_, i) => references[i]),
  });
const leaf = (partial: number[], value: Uint8Array) =>
  encodeFields({ partial: Uint8Array.from(partial), value: inline(value), references: undefined });

/** Everything that is asked of a proof anywhere, each outcome by its name. */
function useAll(root: Uint8Array, nodes: Uint8Array[], keys: readonly Uint8Array[]): string[] {
  const attempt = (action: () => unknown): string => {
    try {
      action();
      return "ok";
    } catch (error) {
      if (error instanceof ProofError || error instanceof StateError) return error.kind;
      if (error instanceof WitnessIncomplete) return "witness-incomplete";
      throw error;
    }
  };
  const partial = () => witnessState({ parentStateRoot: root, nodes });
  return [
    ...keys.flatMap((k) => [
      attempt(() => partial().get(k)),
      attempt(() => partial().nextKey(k)),
      attempt(() => partial().main.remove(k).root),
      attempt(() => partial().main.insert(k, EMPTY, 1).root),
      attempt(() => new Overlay(partial()).clearPrefix(k, 20)),
      attempt(() => partial().child(k).nextKey(k)),
      attempt(() => verifyTrieProof(root, nodes, [{ key: k, value: EMPTY }], 1)),
    ]),
    attempt(() => encodeCompactProof(root, nodes)),
    attempt(() => decodeCompactProof(nodes, root)),
  ];
}

describe("hostile proofs", () => {
  it("of changed, missing and foreign items end in typed errors", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        state,
        fc.array(key, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
        (whole, keys, flips) => {
          const recorder = new StateRecorder(whole);
          for (const k of recorder.state.main.keys()) recorder.state.get(k);
          const nodes = recorder.nodes();
          let root = whole.root;
          for (const [which, where, bits] of flips) {
            const node = nodes[which % Math.max(1, nodes.length)];
            if (node === undefined) break;
            const isRoot = hexOf(blake2b256(node)) === hexOf(root);
            const changed = node.slice();
            changed[where % node.length]! ^= bits;
            nodes[nodes.indexOf(node)] = changed;
            // Whoever makes up a proof makes up its root too.
            if (isRoot) root = blake2b256(changed);
          }
          for (const outcome of useAll(root, nodes, keys)) seen.add(outcome);
        },
      ),
      { seed: 47, numRuns: 150 },
    );
    expect([...seen]).to.include.members(["ok", "invalid-node", "witness-incomplete", "extraneous"]);
  });

  it("of bytes that are no nodes end in typed errors", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 4 }),
        key,
        (items, k) => {
          useAll(blake2b256(items[0]!), items, [k]);
        },
      ),
      { seed: 48, numRuns: 500 },
    );
  });

  it("of a chain deeper than any key end in typed errors, soon", () => {
    let below = leaf([], Uint8Array.of(1));
    const nodes: Uint8Array[] = [];
    for (let i = 0; i < 12_000; i++) {
      below = branch([0, 0, 0, 0, 0], [i === 0 ? below : blake2b256(below)]);
      // The innermost ones are short enough to be inline; in a proof they may come by hash all the same.
      nodes.push(below);
    }
    const root = blake2b256(below);
    const partial = witnessState({ parentStateRoot: root, nodes });
    expect(() => partial.nextKey(EMPTY))
      .to.throw(StateError)
      .with.property("kind", "key-too-long");
    expect(partial.get(new Uint8Array(30_000))).to.equal(undefined);
    const compact = encodeCompactProof(root, nodes);
    expect(compact.length).to.equal(12_000);
    expect(decodeCompactProof(compact, root).nodes.length).to.equal(12_000);
  }).timeout(20_000);

  it("of few nodes that stand for very many are not walked to the end", () => {
    // A value that could be a child trie's root.
    let below = leaf([], new Uint8Array(32));
    const nodes = [below];
    for (let i = 0; i < 40; i++) {
      below = branch(
        [],
        Array.from({ length: 16 }, () => blake2b256(below)),
      );
      nodes.push(below);
    }
    const root = blake2b256(below);
    expect(() => encodeCompactProof(root, nodes))
      .to.throw(ProofError)
      .with.property("kind", "too-large");
    // The same under the prefix of child tries, in a compact proof, which has each of them once.
    const prefix = childRootKey(EMPTY);
    const nibbles = [...prefix].flatMap((byte) => [byte >> 4, byte & 15]);
    const compact = nodes.map((node, i) =>
      i === 0
        ? node
        : branch(i === nodes.length - 1 ? nibbles : [], [
            EMPTY,
            ...Array.from({ length: 15 }, () => blake2b256(nodes[i - 1]!)),
          ]),
    );
    expect(() => decodeCompactProof(compact.reverse()))
      .to.throw(ProofError)
      .with.property("kind", "too-large");
  }).timeout(20_000);

  it("of huge items cost no more than their size", () => {
    const huge = new Uint8Array(5_000_000);
    const node = leaf([1, 2], huge);
    const root = blake2b256(node);
    const partial = witnessState({ parentStateRoot: root, nodes: [node] });
    expect(partial.get(Uint8Array.of(0x12))?.length).to.equal(huge.length);
    // A length that the item does not have is never allocated.
    const liar = Uint8Array.of(0x42, 0x12, 0xfe, 0xff, 0xff, 0xff);
    expect(useAll(blake2b256(liar), [liar], [Uint8Array.of(0x12)])).to.include("invalid-node");
  }).timeout(20_000);

  it("that use a value as a node, or a node as a value, are what the hashes say", () => {
    // The bytes of a value may well be a node's: the reference decides as what they are read.
    const node = leaf([1], new Uint8Array(40));
    const value = { hashed: true, hash: blake2b256(node), bytes: undefined } as const;
    const asValue = encodeFields({ partial: Uint8Array.of(1, 2), value, references: undefined });
    const read = witnessState({ parentStateRoot: blake2b256(asValue), nodes: [asValue, node] });
    expect(read.get(Uint8Array.of(0x12))).to.deep.equal(node);
    const blob = text("a value that is no node, thirty-three or more");
    const asNode = branch([], [blake2b256(blob), blake2b256(node)]);
    const parentStateRoot = blake2b256(asNode);
    const partial = witnessState({ parentStateRoot, nodes: [asNode, blob, node] });
    expect(() => partial.get(Uint8Array.of(0x01)))
      .to.throw(StateError)
      .with.property("kind", "invalid-node");
    expect(partial.get(Uint8Array.of(0x11))).to.deep.equal(new Uint8Array(40));
    expect(() => encodeCompactProof(parentStateRoot, [asNode, blob, node]))
      .to.throw(ProofError)
      .with.property("kind", "invalid-node");
  });

  it("never let a claimed path cost more than its length", () => {
    // One item per nibble of a long key.
    const length = 0x3fff;
    const step = branch([], [EMPTY]);
    const items = [...Array.from({ length: length * 2 }, () => step), leaf([], EMPTY)];
    const claim = { key: new Uint8Array(length), value: Uint8Array.of(1) };
    expect(() => verifyTrieProof(new Uint8Array(32), items, [claim], 0))
      .to.throw(ProofError)
      .with.property("kind", "root-mismatch");
  }).timeout(10_000);

  it("of a child trie without its root's node say that it is missing", () => {
    const whole = State.fromEntries([], [[text("n"), [[text("k"), text("v")]]]]);
    const recorder = new StateRecorder(whole);
    recorder.state.get(childRootKey(text("n")));
    const partial = witnessState(recorder.witness(0));
    expect(() => partial.child(text("n")).get(text("k"))).to.throw(WitnessIncomplete);
    expect(partial.child(text("m")).isEmpty).to.equal(true);
  });
});
