import { expect } from "chai";
import { readStateFile } from "../../../../src/host/chain/index.ts";
import { bytesToHex, hexToBytes } from "../../../../src/host/hex.ts";
import { Runtime } from "../../../../src/host/runtime/index.ts";
import { ScaleReader } from "../../../../src/host/scale/index.ts";
import { blake2b256 } from "../../../../src/host/state/hash.ts";
import {
  decodeCompactProof,
  encodeCompactProof,
  NodeSet,
  State,
  StateRecorder,
  WitnessIncomplete,
  witnessState,
} from "../../../../src/host/state/index.ts";
import { CHAIN_DATA_NOTE, chainBytes, chainJson, HAS_CHAIN_DATA } from "../../shared-data.ts";
import { hexOf } from "./sample-state.ts";

function readItems(bytes: Uint8Array): Uint8Array[] {
  const reader = new ScaleReader(bytes, "proof");
  const items = reader.vec((r) => r.bytes());
  reader.end();
  return items;
}

/** The hash of the one item that no other item refers to. */
function rootOf(items: readonly Uint8Array[]): Uint8Array {
  const all = items.map(hexOf).join();
  const [root, ...more] = items.map(blake2b256).filter((hash) => !all.includes(hexOf(hash)));
  expect(more).to.deep.equal([]);
  return root!;
}

interface PrefixProof {
  readonly prefix: string;
  readonly trie_root_hash: string;
  readonly proofs: readonly string[];
  readonly expected_entries: readonly string[];
}

interface RuntimeCall {
  readonly state_root: string;
  readonly proof_nodes: readonly string[];
  readonly function: string;
  readonly params: string;
  readonly expected_result: string;
}

describe(`real storage proofs${CHAIN_DATA_NOTE}`, function () {
  this.timeout(30_000);
  before(function () {
    if (!HAS_CHAIN_DATA) this.skip();
  });

  it("a proof of Polkadot's genesis tells what the genesis does, and no more", () => {
    const items = readItems(chainBytes("vectors/trie-proofs/proof-decode-small"));
    const file = readStateFile(chainJson("blocks/polkadot-1/state.json"));
    const whole = State.fromEntries(file.top);
    const partial = witnessState({ parentStateRoot: whole.root, nodes: items });
    let told = 0;
    for (const [key, value] of file.top) {
      try {
        expect(partial.get(key)).to.deep.equal(value);
        told++;
      } catch (error) {
        if (!(error instanceof WitnessIncomplete)) throw error;
      }
    }
    expect(told).to.be.within(1, 20);
    const compact = encodeCompactProof(whole.root, items);
    expect(decodeCompactProof(compact, whole.root).nodes.map(hexOf).sort()).to.deep.equal(
      items.map(hexOf).sort(),
    );
  });

  it("larger ones are the compact ones made of them, and have no stray items", () => {
    for (const name of [
      "proof-decode-large",
      "issue_2035_proof",
      "issue_2035_bis_proof",
      "issue_2035_ter_proof",
    ]) {
      const items = readItems(chainBytes(`vectors/trie-proofs/${name}`));
      const root = rootOf(items);
      const compact = encodeCompactProof(root, items);
      const decoded = decodeCompactProof(compact, root);
      expect(decoded.nodes.map(hexOf).sort()).to.deep.equal(items.map(hexOf).sort());
      const size = (list: readonly Uint8Array[]) => list.reduce((sum, { length }) => sum + length, 0);
      expect(size(compact)).to.be.below(size(items));
    }
  });

  it("a prefix's keys come out of the proofs that were asked for one after the other", () => {
    const { prefix, trie_root_hash, proofs, expected_entries } = chainJson<PrefixProof>(
      "vectors/trie-proofs/prefix_proof.json",
    );
    const items = proofs.flatMap((proof) => readItems(hexToBytes(proof)));
    const keysOf = (nodes: readonly Uint8Array[]) => {
      const partial = State.fromRoot(hexToBytes(trie_root_hash), new NodeSet(nodes));
      return [...partial.main.keys(hexToBytes(prefix))].map((key) => bytesToHex(key));
    };
    expect(keysOf(items)).to.deep.equal([...expected_entries].sort());
    expect(expected_entries).to.have.length(922);
    // Of what came with the answers not all is needed; of that nothing may be missing.
    const recorder = new StateRecorder(State.fromRoot(hexToBytes(trie_root_hash), new NodeSet(items)));
    expect([...recorder.state.main.keys(hexToBytes(prefix))]).to.have.length(922);
    const needed = recorder.nodes();
    expect(keysOf(needed)).to.have.length(922);
    for (const missing of needed.filter((_, i) => i % 100 === 0)) {
      expect(() => keysOf(needed.filter((node) => node !== missing))).to.throw(WitnessIncomplete);
    }
  });

  it("Westend 9430 validates a transaction on the 32 nodes of a call proof, and needs all of them", () => {
    const call = chainJson<RuntimeCall>("calls/westend-9430-validate-transaction/call.json");
    const runtime = Runtime.fromCode(
      chainBytes("calls/westend-9430-validate-transaction/runtime.compact.compressed.wasm"),
    );
    const nodes = call.proof_nodes.map((node) => hexToBytes(node));
    const parentStateRoot = hexToBytes(call.state_root);
    const set = new NodeSet(nodes);
    const recorder = new StateRecorder(State.fromRoot(parentStateRoot, set));
    const { output, gasUsed } = runtime.call(call.function, hexToBytes(call.params), {
      state: recorder.state,
      // As the node that made the proof did, which looks up :heappages apart from it.
      heapPages: 2048,
    });
    expect(bytesToHex(output)).to.equal(call.expected_result);
    expect(set.count).to.equal(32);
    expect(recorder.nodes().map(hexOf).sort()).to.deep.equal(nodes.map(hexOf).sort());
    for (const missing of nodes) {
      const state = witnessState({ parentStateRoot, nodes: nodes.filter((node) => node !== missing) });
      expect(() =>
        runtime.call(call.function, hexToBytes(call.params), { state, heapPages: 2048, gasLimit: gasUsed }),
      ).to.throw(WitnessIncomplete);
    }
    const compact = encodeCompactProof(parentStateRoot, nodes);
    expect(decodeCompactProof(compact, parentStateRoot).nodes.map(hexOf).sort()).to.deep.equal(
      nodes.map(hexOf).sort(),
    );
  });
});
