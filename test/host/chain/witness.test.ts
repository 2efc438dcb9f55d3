import { expect } from "chai";
import {
  type Block,
  blockHash,
  buildState,
  encodeRuntimeVersion,
  extrinsicsRoot,
  findState,
  genesisHeader,
  type Header,
  readBlocks,
  readStateFile,
  readWitnessFile,
} from "../../../src/host/chain/index.ts";
import {
  type BlockToVerify,
  type BlockVerification,
  replayBlocks,
  VerificationError,
  verifyBlock,
} from "../../../src/host/chain/verify.ts";
import { bytesToHex } from "../../../src/host/hex.ts";
import { encodeUtf8 as bytes, ScaleWriter } from "../../../src/host/scale/index.ts";
import {
  CODE_KEY,
  decodeCompactProof,
  type Entry,
  encodeCompactProof,
  NodeSet,
  Overlay,
  PENDING_CODE_KEY,
  State,
  type StateVersion,
  type Witness,
  witnessState,
} from "../../../src/host/state/index.ts";
import { call, guest, I32, I64, i32, op, span } from "../runtime/guest.ts";
import { CHAIN_DATA_NOTE, chainFolder, chainJson, HAS_CHAIN_DATA } from "../shared-data.ts";

const KEYS = ["apple", "bread", "gone", "note"].map(bytes);
const [APPLE, BREAD, GONE, NOTE] = KEYS as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const CHILD = bytes(":child_storage:default:shelf").slice(23);
const long = (fill: number) => new Uint8Array(50).fill(fill);
const PROOF_SIZE = "ext_storage_proof_size_storage_proof_size_version_1";

/**
 * A runtime whose blocks append to `apple`, look whether `bread` is there, delete `gone`, write a child trie's key
 * and put the size of the proof so far into `note`. `extra` makes blobs differ.
 */
function runtimeCode(systemVersion: number, extra = 0): Uint8Array {
  const at = (index: number) => span(100 + 16 * index, KEYS[index]!.length);
  const child = span(200, CHILD.length);
  return guest({
    imports: [
      ["ext_storage_append_version_1", [I64, I64], []],
      ["ext_storage_exists_version_1", [I64], [I32]],
      ["ext_storage_clear_version_1", [I64], []],
      ["ext_default_child_storage_set_version_1", [I64, I64, I64], []],
      [PROOF_SIZE, [], [I64]],
      ["ext_storage_set_version_1", [I64, I64], []],
    ],
    data: [...KEYS.map((key, i) => [100 + 16 * i, key] as const), [200, CHILD], [300, Uint8Array.of(extra)]],
    sections: [
      [
        "runtime_version",
        encodeRuntimeVersion({
          specName: "witness",
          implName: "by-hand",
          authoringVersion: 1,
          specVersion: extra,
          implVersion: 1,
          apis: [],
          transactionVersion: 1,
          systemVersion,
        }),
      ],
    ],
    functions: [
      {
        name: "Core_execute_block",
        results: [],
        code: [
          ...[...at(0), ...span(300, 1), ...call(0)],
          ...[...at(1), ...call(1), ...op("drop")],
          ...[...at(2), ...call(2)],
          ...[...child, ...at(0), ...at(1), ...call(3)],
          // i64.store of the answer at 400.
          ...[...i32(400), ...call(4), 0x37, 3, 0],
          ...[...at(3), ...span(400, 8), ...call(5)],
        ],
      },
    ],
  });
}

function start(version: StateVersion, code = runtimeCode(version)): State {
  const top: Entry[] = [
    [CODE_KEY, code],
    [APPLE, new ScaleWriter().vec([1, 2], (writer, item) => writer.u8(item)).finish()],
    [BREAD, long(2)],
    [GONE, long(3)],
    // Beside `gone`, so that its branch is left with this one child.
    [bytes("gosh"), long(4)],
    ...Array.from({ length: 20 }, (_, i): Entry => [bytes(`other ${i}`), long(i)]),
  ];
  const child = [[APPLE, long(5)] as const, [bytes("z"), long(6)] as const];
  return State.fromEntries(top, [[CHILD, child]], version);
}

/** The state after a block, worked out without a runtime. */
function stateAfter(
  state: State,
  version: StateVersion,
  extra = 0,
  proofSize = 0xffff_ffff_ffff_ffffn,
): State {
  const overlay = new Overlay(state);
  overlay.append(APPLE, Uint8Array.of(extra));
  overlay.clear(GONE);
  overlay.child(CHILD).set(APPLE, BREAD);
  overlay.set(NOTE, new ScaleWriter().u64(proofSize).finish());
  return overlay.commit(version);
}

function blockOn(parent: Header, next: State): Block {
  const extrinsics = [new ScaleWriter().bytes(bytes("extrinsic")).finish()];
  return {
    header: {
      parentHash: blockHash(parent),
      number: parent.number + 1,
      stateRoot: next.root,
      extrinsicsRoot: extrinsicsRoot(extrinsics, 0),
      digest: [],
    },
    extrinsics,
  };
}

function refusal(block: BlockToVerify): VerificationError {
  try {
    verifyBlock(block);
  } catch (error) {
    expect(error).to.be.instanceOf(VerificationError);
    return error as VerificationError;
  }
  throw new Error("the block was accepted");
}

/** What a verification found that does not depend on how much of the state there was. */
function findings({ stateRoot, gasUsed, diff, hash, hostCallCount, logs }: BlockVerification) {
  return { stateRoot, gasUsed, diff, hash, hostCallCount, logs };
}

/** Drops each node in turn: a block must then be refused for just that. */
function expectMinimal(block: Block, witness: Witness, code: Uint8Array | undefined): void {
  for (const missing of witness.nodes) {
    const nodes = witness.nodes.filter((node) => node !== missing);
    const state = witnessState({ ...witness, nodes });
    const { kind } = refusal({ ...block, state, ...(code && { code }) });
    // Without given code the runtime may be what is missing.
    expect(kind).to.be.oneOf(
      code === undefined ? ["witness-incomplete", "missing-code"] : ["witness-incomplete"],
    );
  }
}

describe("witnesses of blocks", () => {
  for (const version of [0, 1] as const) {
    describe(`under state version ${version}`, () => {
      const state = start(version);
      const code = runtimeCode(version);
      const parent = genesisHeader(state);
      const block = blockOn(parent, stateAfter(state, version));
      const recorded = verifyBlock({ ...block, state, parent, record: true });
      const witness = recorded.witness!;

      it("are recorded without a change to what is found", () => {
        const plain = verifyBlock({ ...block, state, parent });
        expect(plain.witness).to.equal(undefined);
        expect(findings(recorded)).to.deep.equal(findings(plain));
        expect(recorded.newState.root).to.deep.equal(plain.newState.root);
        // The new state is that of the whole one.
        expect(recorded.newState.get(bytes("other 7"))).to.deep.equal(long(7));
        expect(witness).to.include({ stateVersion: version });
        expect(witness.parentStateRoot).to.deep.equal(state.root);
      });

      it("are enough with the code, and minimal", () => {
        const nodes = new NodeSet(witness.nodes);
        const partial = State.fromRoot(witness.parentStateRoot, nodes);
        const again = verifyBlock({ ...block, state: partial, parent, code, record: true });
        expect(findings(again)).to.deep.equal(findings(recorded));
        expect(nodes.unused()).to.deep.equal([]);
        expect(again.witness).to.deep.equal(witness);
        expectMinimal(block, witness, code);
      });

      it("are enough by themselves if they were to hold the code", () => {
        const full = verifyBlock({ ...block, state, parent, record: "with-code" }).witness!;
        expect(full.nodes.length).to.be.above(witness.nodes.length);
        const again = verifyBlock({ ...block, state: witnessState(full), parent });
        expect(findings(again)).to.deep.equal(findings(recorded));
        expectMinimal(block, full, undefined);
      });

      it("need the code from somewhere", () => {
        const error = refusal({ ...block, state: witnessState(witness), parent });
        expect(error.kind).to.equal("missing-code");
        expect(error.check).to.equal("runtime");
        expect(error.message).to.contain("0x3a636f6465");
      });

      it("answer the size of the proof to runtimes that ask", () => {
        // The runtime puts it into its state, so the root tells it.
        const size = (of: State) => {
          const result = refusal({ ...block, state: of, code, proofSize: true });
          expect(result.kind).to.equal("state-root-mismatch");
          return result.stateRoot!;
        };
        const root = size(state);
        expect(size(witnessState(witness))).to.deep.equal(root);
        const sized = Array.from({ length: 4000 }, (_, n) => BigInt(n)).find((n) => {
          const { root: candidate } = stateAfter(state, version, 0, n);
          return candidate.every((byte, i) => byte === root[i]);
        });
        // No more than what was recorded in all, which the deletion adds to.
        const all = witness.nodes.reduce((sum, { length }) => sum + length + (length < 64 ? 1 : 2), 0);
        expect(Number(sized)).to.be.within(200, all);
      });
    });
  }

  it("tell whether the code given is the right one, where they hold its hash", () => {
    const state = start(1);
    const code = runtimeCode(1);
    const block = blockOn(genesisHeader(state), stateAfter(state, 1));
    const { nodes, parentStateRoot } = verifyBlock({ ...block, state, record: "with-code" }).witness!;
    const withoutCode = witnessState({
      parentStateRoot,
      nodes: nodes.filter((node) => node.length !== code.length),
    });
    const runtimeCheck = (result: BlockVerification) =>
      result.checks.find(({ name }) => name === "runtime")!.detail;
    expect(runtimeCheck(verifyBlock({ ...block, state: withoutCode, code }))).to.match(/, code by its hash$/);
    expect(refusal({ ...block, state: withoutCode, code: runtimeCode(1, 9) }).kind).to.equal("code-mismatch");
    const { witness } = verifyBlock({ ...block, state, record: true });
    expect(runtimeCheck(verifyBlock({ ...block, state: witnessState(witness!), code }))).to.match(
      /, code as given$/,
    );
    // A whole state has its own code, whatever is given.
    expect(runtimeCheck(verifyBlock({ ...block, state, code: runtimeCode(1, 9) }))).not.to.contain("code");
  });

  it("do for a replay: one of the first state is enough for all blocks, code that changed included", () => {
    const version = 0;
    const next = runtimeCode(version, 5);
    const state = start(version).apply({ top: [{ key: PENDING_CODE_KEY, value: next }], children: [] }, 0);
    const parent = genesisHeader(state);
    const first = stateAfter(state, version, 5);
    const blocks = [blockOn(parent, first)];
    const second = stateAfter(first, version, 5);
    blocks.push(blockOn(blocks[0]!.header, second));
    for (const record of [true, "with-code"] as const) {
      const recorded = [...replayBlocks({ state, blocks, parent, record })];
      const witness = recorded[1]!.witness!;
      expect(witness.parentStateRoot).to.deep.equal(state.root);
      expect(recorded[0]!.witness!.nodes.length).to.be.at.most(witness.nodes.length);
      const partial = witnessState(witness);
      const code = record === true ? { code: next } : {};
      const again = [...replayBlocks({ state: partial, blocks, parent, ...code })];
      expect(again.map(findings)).to.deep.equal(recorded.map(findings));
      for (const missing of witness.nodes) {
        const rest = witnessState({ ...witness, nodes: witness.nodes.filter((node) => node !== missing) });
        expect(() => [...replayBlocks({ state: rest, blocks, parent, ...code })]).to.throw(VerificationError);
      }
    }
  });

  it("that were tampered with never lead to another verdict than the state's", () => {
    const state = start(1);
    const code = runtimeCode(1);
    const block = blockOn(genesisHeader(state), stateAfter(state, 1));
    const { witness } = verifyBlock({ ...block, state, record: true });
    for (const [i, node] of witness!.nodes.entries()) {
      const changed = node.slice();
      changed[i % node.length]! ^= 0x10;
      const nodes = witness!.nodes.map((other) => (other === node ? changed : other));
      const partial = witnessState({ ...witness!, nodes });
      expect(refusal({ ...block, state: partial, code }).kind).to.equal("witness-incomplete");
    }
    const wrong = { ...block, header: { ...block.header, stateRoot: new Uint8Array(32) } };
    expect(refusal({ ...wrong, state: witnessState(witness!), code }).kind).to.equal("state-root-mismatch");
    // A made-up root goes with a made-up parent only.
    const other = witnessState({ ...witness!, parentStateRoot: new Uint8Array(32) });
    expect(refusal({ ...block, state: other, code, parent: genesisHeader(state) }).kind).to.equal(
      "parent-state-mismatch",
    );
  });
});

describe(`witnesses of real blocks${CHAIN_DATA_NOTE}`, function () {
  this.timeout(60_000);
  before(function () {
    if (!HAS_CHAIN_DATA) this.skip();
  });

  function load(folder: string) {
    const file = readStateFile(chainJson(`blocks/${folder}/state.json`));
    const state = file.root === undefined ? buildState(file, 0) : findState(file, file.root).state;
    const blocks = readBlocks(chainJson(`blocks/${folder}/blocks.json`));
    return { state, blocks, code: state.get(CODE_KEY)! };
  }

  /** The witness as a compact proof, child tries included, is smaller and holds the same. */
  function expectCompact(block: Block, witness: Witness, code: Uint8Array): void {
    const { parentStateRoot, nodes } = witness;
    const items = encodeCompactProof(parentStateRoot, nodes);
    expect(items.reduce((sum, { length }) => sum + length, 0)).to.be.below(byteLength(witness));
    const decoded = decodeCompactProof(items, parentStateRoot);
    // One that is there by two ways is in the proof twice.
    expect(new Set(decoded.nodes.map(bytesToHex))).to.deep.equal(new Set(nodes.map(bytesToHex)));
    const state = witnessState({ parentStateRoot, nodes: decoded.nodes });
    expect(verifyBlock({ ...block, state, code }).stateRoot).to.deep.equal(block.header.stateRoot);
  }

  const byteLength = ({ nodes }: Witness) => nodes.reduce((sum, { length }) => sum + length, 0);

  const sizes: [string, nodes: number, bytes: number][] = [
    ["polkadot-1", 23, 3536],
    ["kusama-1", 22, 3250],
    ["paseo-1001002-synthetic-1", 67, 8301],
    ["child-tries/1_create-one", 22, 1894],
    ["child-tries/3_read-basic", 43, 24933],
  ];
  for (const [folder, nodes, size] of sizes) {
    it(`${folder}: ${nodes} nodes are enough, all are needed, and a given witness will do too`, () => {
      const { state, blocks, code } = load(folder);
      const [block] = blocks as [Block];
      const recorded = verifyBlock({ ...block, state, record: true });
      const witness = recorded.witness!;
      expect([witness.nodes.length, byteLength(witness)]).to.deep.equal([nodes, size]);
      const again = verifyBlock({ ...block, state: witnessState(witness), code });
      expect(findings(again)).to.deep.equal(findings(recorded));
      expectMinimal(block, witness, code);
      expectCompact(block, witness, code);
      if (!chainFolder(`blocks/${folder}`).includes("witness.json")) return;
      const given = readWitnessFile(chainJson(`blocks/${folder}/witness.json`));
      const set = new NodeSet(given.nodes);
      const result = verifyBlock({ ...block, state: State.fromRoot(given.parentStateRoot!, set), code });
      expect(findings(result)).to.deep.equal(findings(recorded));
      // It holds what ours does, and the path to :code beside.
      expect(set.count - set.unused().length).to.equal(nodes);
    });
  }

  it("westend-1-32: every block from its own witness, and all from one of the genesis", () => {
    const { state, blocks, code } = load("westend-1-32");
    let before = state;
    for (const block of blocks) {
      const recorded = verifyBlock({ ...block, state: before, record: true });
      const again = verifyBlock({ ...block, state: witnessState(recorded.witness!), code });
      expect(findings(again)).to.deep.equal(findings(recorded));
      before = recorded.newState;
    }
    const parent = genesisHeader(state);
    const all = [...replayBlocks({ state, blocks, parent, record: "with-code" })];
    const witness = all[31]!.witness!;
    expect(witness.nodes.length).to.equal(25);
    const roots = [...replayBlocks({ state: witnessState(witness), blocks, parent })].map((b) => b.stateRoot);
    expect(roots).to.deep.equal(blocks.map(({ header }) => header.stateRoot));
  });
});
