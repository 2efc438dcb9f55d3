import { expect } from "chai";
import fc from "fast-check";
import { fromLatin1 as text } from "../../../../src/host/bytes.ts";
import { readStateFile } from "../../../../src/host/chain/index.ts";
import { hexToBytes } from "../../../../src/host/hex.ts";
import { blake2b256 } from "../../../../src/host/state/hash.ts";
import {
  childRootKey,
  decodeCompactProof,
  encodeCompactProof,
  ProofError,
  type ProofErrorKind,
  State,
  StateRecorder,
  WitnessIncomplete,
  witnessState,
} from "../../../../src/host/state/index.ts";
import { CHAIN_DATA_NOTE, chainJson, HAS_CHAIN_DATA } from "../../shared-data.ts";
import { hexOf, key, NAME, OTHER, state } from "./sample-state.ts";

const distinct = (items: readonly Uint8Array[]) => [...new Set(items.map(hexOf))].sort();

function expectKind(kind: ProofErrorKind, action: () => unknown): void {
  expect(action).to.throw(ProofError).with.property("kind", kind);
}

/** All nodes of a state, or those that reading some keys of its tries takes. */
function storageProof(whole: State, keys?: readonly Uint8Array[]): Uint8Array[] {
  const recorder = new StateRecorder(whole);
  const tries = [recorder.state.main, ...[NAME, OTHER].map((name) => recorder.state.child(name))];
  for (const trie of tries) {
    for (const k of keys ?? trie.keys()) trie.get(k);
  }
  return recorder.nodes();
}

describe("compact proofs", () => {
  it("hold what storage proofs hold, child tries included, and are unique", () => {
    fc.assert(
      fc.property(state, fc.option(fc.array(key, { maxLength: 4 }), { nil: undefined }), (whole, keys) => {
        const nodes = storageProof(whole, keys);
        // A proof that reads nothing has no root.
        if (nodes.length === 0) return;
        const compact = encodeCompactProof(whole.root, nodes);
        const decoded = decodeCompactProof(compact, whole.root);
        expect(decoded.root).to.deep.equal(whole.root);
        expect(distinct(decoded.nodes)).to.deep.equal(distinct(nodes));
        expect(encodeCompactProof(decoded.root, decoded.nodes)).to.deep.equal(compact);
        const length = (items: readonly Uint8Array[]) => items.reduce((sum, { length: n }) => sum + n, 0);
        expect(length(compact)).to.be.at.most(length(decoded.nodes) + compact.length);
      }),
      { seed: 44, numRuns: 250 },
    );
  });

  it("leave out hashes and put values after their nodes, before the children", () => {
    const long = new Uint8Array(40).fill(7);
    const whole = State.fromEntries(
      [
        [hexToBytes("0x12"), long],
        [hexToBytes("0x1234"), long],
      ],
      [],
      1,
    );
    const compact = encodeCompactProof(whole.root, storageProof(whole));
    // Branch of two nibbles with an empty inline value, one child left out in slot 3; leaf of one nibble.
    expect(compact.map(hexOf)).to.deep.equal(["01c21208000000", hexOf(long), "01410400", hexOf(long)]);
    // Without the value, its hash stays.
    const withoutValue = storageProof(whole).filter((item) => item.length !== long.length);
    expect(encodeCompactProof(whole.root, withoutValue).map(hexOf)).to.deep.equal([
      `1212080${"0"}${hexOf(blake2b256(long))}00`,
      `2104${hexOf(blake2b256(long))}`,
    ]);
  });

  it("of the empty trie are its node", () => {
    const empty = State.fromEntries([]);
    expect(encodeCompactProof(empty.root, [])).to.deep.equal([Uint8Array.of(0)]);
    expect(decodeCompactProof([Uint8Array.of(0)], empty.root).root).to.deep.equal(empty.root);
  });

  it("may lack child tries, also one between others", () => {
    const entries = (fill: number) => [[text("k"), new Uint8Array(40).fill(fill)] as const];
    const names = ["a", "b", "c"].map(text);
    const whole = State.fromEntries(
      [],
      names.map((name, i) => [name, entries(i)] as const),
    );
    for (const wanted of [[0], [2], [0, 2], [1], []]) {
      const recorder = new StateRecorder(whole);
      for (const name of names) recorder.state.get(childRootKey(name));
      for (const i of wanted) recorder.state.child(names[i]!).get(text("k"));
      const compact = encodeCompactProof(whole.root, recorder.nodes());
      const { nodes } = decodeCompactProof(compact, whole.root);
      const partial = witnessState({ parentStateRoot: whole.root, nodes });
      for (const i of wanted) {
        expect(partial.child(names[i]!).get(text("k"))).to.deep.equal(new Uint8Array(40).fill(i));
      }
      expect(distinct(nodes)).to.deep.equal(distinct(recorder.nodes()));
    }
  });

  it("come twice for child tries with one root", () => {
    const entries = [[text("k"), new Uint8Array(40)] as const];
    const whole = State.fromEntries(
      [],
      [
        [NAME, entries],
        [OTHER, entries],
      ],
    );
    const compact = encodeCompactProof(whole.root, storageProof(whole));
    expect(compact[compact.length - 1]).to.deep.equal(compact[compact.length - 2]);
    expect(decodeCompactProof(compact, whole.root).root).to.deep.equal(whole.root);
  });

  describe("that are wrong are refused by the right name", () => {
    const long = new Uint8Array(40).fill(7);
    const entries = [[text("k"), long] as const];
    const whole = State.fromEntries(
      [
        [hexToBytes("0x12"), long],
        [hexToBytes("0x1234"), long],
      ],
      [[NAME, entries]],
      1,
    );
    const good = encodeCompactProof(whole.root, storageProof(whole));
    const decode = (items: Uint8Array[]) => () => decodeCompactProof(items, whole.root);

    it("by their number of items", () => {
      expect(decode(good)).not.to.throw();
      for (let n = 0; n < good.length - 2; n++) expectKind("incomplete", decode(good.slice(0, n)));
      expectKind("incomplete", decode(good.slice(0, -1)));
      // The child trie may be missing as a whole.
      expect(decode(good.slice(0, -2))).not.to.throw();
      expectKind("extraneous", decode([...good, ...good.slice(-2)]));
      expectKind("extraneous", decode([...good, long]));
      expectKind("incomplete", decode([]));
    });

    it("by their content", () => {
      const replaced = (index: number, item: Uint8Array) => good.map((old, i) => (i === index ? item : old));
      const other = State.fromEntries([[text("k"), text("v")]]);
      expectKind("root-mismatch", () => decodeCompactProof(good, other.root));
      expect(() => decodeCompactProof(good)).not.to.throw();
      expectKind("extraneous-child", decode(replaced(good.length - 1, new Uint8Array(41))));
      expectKind("invalid-node", decode(replaced(0, new Uint8Array(0))));
      expectKind("invalid-node", decode(replaced(0, Uint8Array.of(0x0f))));
      expectKind("invalid-node", decode(replaced(0, Uint8Array.of(1))));
      expectKind("invalid-node", decode(replaced(0, Uint8Array.of(1, 0x41, 1, 4, 0xaa))));
      expectKind("invalid-node", decode(replaced(1, Uint8Array.of(0))));
      const noRoot = State.fromEntries([[childRootKey(NAME), new Uint8Array(31)]]);
      const items = storageProofOf(noRoot);
      expectKind("invalid-child-root", () => encodeCompactProof(noRoot.root, items));
      expectKind("invalid-child-root", () => decodeCompactProof(items));
      expectKind("incomplete", () => encodeCompactProof(new Uint8Array(32), items));
    });

    function storageProofOf(of: State): Uint8Array[] {
      const recorder = new StateRecorder(of);
      for (const k of recorder.state.main.keys()) recorder.state.get(k);
      return recorder.nodes();
    }
  });
});

interface ParachainCall {
  readonly compact_proof: readonly string[];
  readonly parent_head: string;
  readonly params: string;
}

describe(`real compact proofs${CHAIN_DATA_NOTE}`, () => {
  before(function () {
    if (!HAS_CHAIN_DATA) this.skip();
  });

  for (const folder of ["statemint_shell2", "glutton_1300"]) {
    it(`${folder}: is of the parent's state, and comes out again byte by byte`, () => {
      const { compact_proof, parent_head, params } = chainJson<ParachainCall>(
        `parachain/${folder}/call.json`,
      );
      const items = compact_proof.map((item) => hexToBytes(item));
      // Parent hash, number 0, state root.
      const root = hexToBytes(parent_head).subarray(33, 65);
      const { nodes } = decodeCompactProof(items, root);
      expect(encodeCompactProof(root, nodes)).to.deep.equal(items);
      expect(params).to.contain(compact_proof[compact_proof.length - 1]!.slice(2));
      const { top } = readStateFile(chainJson(`parachain/${folder}/genesis_state.json`));
      const partial = witnessState({ parentStateRoot: root, nodes });
      const told = top.filter(([k, bytes]) => {
        try {
          expect(partial.get(k)).to.deep.equal(bytes);
          return true;
        } catch (error) {
          expect(error).to.be.instanceOf(WitnessIncomplete);
          return false;
        }
      });
      expect(told.length).to.be.within(3, top.length - 1);
      for (let i = 0; i < items.length; i++) {
        expectKind("incomplete", () => decodeCompactProof(items.slice(0, i), root));
      }
    });
  }
});
