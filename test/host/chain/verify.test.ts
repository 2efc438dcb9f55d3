import { expect } from "chai";
import {
  type Block,
  blockHash,
  encodeHeader,
  encodeRuntimeVersion,
  extrinsicsRoot,
  genesisHeader,
  type Header,
} from "../../../src/host/chain/index.ts";
import {
  type BlockToVerify,
  replayBlocks,
  VerificationError,
  type VerificationErrorKind,
  verifyBlock,
} from "../../../src/host/chain/verify.ts";
import { Runtime, RuntimeTrap } from "../../../src/host/runtime/index.ts";
import { encodeUtf8 as bytes, ScaleWriter } from "../../../src/host/scale/index.ts";
import { CODE_KEY, Overlay, PENDING_CODE_KEY, State } from "../../../src/host/state/index.ts";
import { call, endless, guest, I32, I64, i32, op, span } from "../runtime/guest.ts";

const LOG_KEY = bytes("log");
const ITEM = bytes("item");
const version = (systemVersion: number) =>
  encodeRuntimeVersion({
    specName: "test",
    implName: "by-hand",
    authoringVersion: 1,
    specVersion: 7,
    implVersion: 1,
    apis: [],
    transactionVersion: 1,
    systemVersion,
  });

/** A runtime whose blocks append to a list in storage, and whose `Core_execute_block` then runs `code`. */
function appending(code: readonly number[] = [], systemVersion = 0): Uint8Array {
  return guest({
    imports: [
      ["ext_storage_append_version_1", [I64, I64], []],
      ["ext_storage_root_version_1", [], [I64]],
      ["ext_logging_log_version_1", [I32, I64, I64], []],
    ],
    data: [
      [100, LOG_KEY],
      [110, ITEM],
    ],
    sections: [["runtime_version", version(systemVersion)]],
    functions: [
      {
        name: "Core_execute_block",
        results: [],
        code: [...span(100, LOG_KEY.length), ...span(110, ITEM.length), ...call(0), ...code],
      },
    ],
  });
}

function stateOf(code: Uint8Array | undefined, systemVersion: 0 | 1 = 0): State {
  return State.fromEntries(code === undefined ? [] : [[CODE_KEY, code]], [], systemVersion);
}

/** The state after a block of such a runtime, worked out without running one. */
function stateAfter(state: State, systemVersion: 0 | 1 = 0): State {
  const overlay = new Overlay(state);
  overlay.append(LOG_KEY, ITEM);
  return overlay.commit(systemVersion);
}

const seal = { type: "seal", engine: "BABE", data: new Uint8Array(64) } as const;

function blockOn(
  parent: Header,
  next: State,
  extrinsics: readonly Uint8Array[] = [new ScaleWriter().bytes(bytes("extrinsic")).finish()],
): Block {
  const header: Header = {
    parentHash: blockHash(parent),
    number: parent.number + 1,
    stateRoot: next.root,
    extrinsicsRoot: extrinsicsRoot(extrinsics, 0),
    digest: [{ type: "preRuntime", engine: "BABE", data: Uint8Array.of(1) }, seal],
  };
  return { header, extrinsics };
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

/** A good block of a runtime with this code, with what is to be changed about it. */
function setUp(code: readonly number[] = []) {
  const state = stateOf(appending(code));
  const parent = genesisHeader(state);
  const next = stateAfter(state);
  return { state, parent, next, ...blockOn(parent, next) };
}

describe("verifying a block", () => {
  it("accepts a good one and reports what was found", () => {
    const { state, parent, next, header, extrinsics } = setUp();
    const root = state.root.slice();
    const result = verifyBlock({ state, header, extrinsics, parent });
    expect(result).to.include({ ok: true, number: 1, hostCallCount: 1 });
    expect(result.hash).to.deep.equal(blockHash(header));
    expect(result.stateRoot).to.deep.equal(header.stateRoot);
    expect(result.newState.root).to.deep.equal(next.root);
    expect(result.newState.get(LOG_KEY)).to.deep.equal(Uint8Array.from([4, ...ITEM]));
    expect(result.diff).to.deep.equal({
      top: [{ key: LOG_KEY, value: Uint8Array.from([4, ...ITEM]) }],
      children: [],
    });
    expect(result.checks.map(({ name, ok }) => [name, ok])).to.deep.equal(
      [
        "header",
        "parent",
        "parent state",
        "runtime",
        "extrinsics root",
        "seal",
        "execution",
        "state root",
      ].map((name) => [name, true]),
    );
    expect(result.gasUsed > 0n).to.equal(true);
    expect(state.root).to.deep.equal(root);
    expect(state.get(LOG_KEY)).to.equal(undefined);
  });

  it("takes headers as bytes, and the same block again with the same gas", () => {
    const { state, header, extrinsics } = setUp();
    const first = verifyBlock({ state, header, extrinsics });
    const second = verifyBlock({ state, header: encodeHeader(header), extrinsics });
    expect(second.gasUsed).to.equal(first.gasUsed);
    expect(second.hash).to.deep.equal(first.hash);
  });

  it("gives the runtime the header without its seal", () => {
    // Traps unless the input's length is that of the block with one digest item.
    const bare = setUp();
    const unsealed = { ...bare.header, digest: bare.header.digest.slice(0, 1) };
    const length = encodeHeader(unsealed).length + 1 + bare.extrinsics[0]!.length;
    const { state, header, extrinsics } = setUp([
      ...[0x20, 1, ...i32(length), ...op("i32.ne")],
      ...[0x04, 0x40, ...op("unreachable"), ...op("end")],
    ]);
    expect(verifyBlock({ state, header, extrinsics }).ok).to.equal(true);
    const noSeal = { ...header, digest: header.digest.slice(0, 1) };
    expect(
      verifyBlock({ state, header: noSeal, extrinsics }).checks.find(({ name }) => name === "seal")?.detail,
    ).to.equal("none");
  });

  it("uses the version of the runtime for both roots", () => {
    for (const systemVersion of [1, 2] as const) {
      const state = stateOf(appending([], systemVersion), 1);
      const parent = genesisHeader(state);
      const long = [new ScaleWriter().bytes(new Uint8Array(50)).finish()];
      const good = blockOn(parent, stateAfter(state, 1), long);
      const v1 = { ...good.header, extrinsicsRoot: extrinsicsRoot(long, 1) };
      const [right, wrong] = systemVersion === 2 ? [v1, good.header] : [good.header, v1];
      expect(verifyBlock({ state, header: right, extrinsics: long }).ok).to.equal(true);
      expect(refusal({ state, header: wrong, extrinsics: long }).kind).to.equal("extrinsics-root-mismatch");
    }
  });

  it("runs pending code rather than the code (RFC-123), and given code rather than either", () => {
    const trapping = appending(op("unreachable"));
    const state = State.fromEntries([
      [CODE_KEY, trapping],
      [PENDING_CODE_KEY, appending()],
    ]);
    const { header, extrinsics } = blockOn(genesisHeader(state), stateAfter(state));
    expect(verifyBlock({ state, header, extrinsics }).ok).to.equal(true);
    const runtime = Runtime.fromCode(trapping);
    expect(refusal({ state, header, extrinsics, runtime }).kind).to.equal("runtime-trap");
  });

  it("refuses a bad one by the right name", () => {
    const { state, parent, header, extrinsics } = setUp();
    const flip = (hash: Uint8Array) => hash.map((byte, i) => (i === 5 ? byte ^ 1 : byte));
    const cases: [VerificationErrorKind, string, Partial<BlockToVerify>][] = [
      ["bad-header", "header", { header: encodeHeader(header).slice(0, -1) }],
      ["bad-header", "header", { header: { ...header, number: 0 } }],
      ["parent-mismatch", "parent", { header: { ...header, number: 2 } }],
      ["parent-mismatch", "parent", { header: { ...header, parentHash: flip(header.parentHash) } }],
      ["parent-state-mismatch", "parent state", { state: stateAfter(state) }],
      [
        "extrinsics-root-mismatch",
        "extrinsics root",
        { header: { ...header, extrinsicsRoot: flip(header.extrinsicsRoot) } },
      ],
      ["extrinsics-root-mismatch", "extrinsics root", { extrinsics: [] }],
      ["extrinsics-root-mismatch", "extrinsics root", { extrinsics: extrinsics.map(flip) }],
      ["state-root-mismatch", "state root", { header: { ...header, stateRoot: flip(header.stateRoot) } }],
    ];
    for (const [kind, check, change] of cases) {
      const error = refusal({ state, header, extrinsics, parent, ...change });
      expect([error.kind, error.check]).to.deep.equal([kind, check]);
      expect(error.checks[error.checks.length - 1]).to.include({ name: check, ok: false });
      expect(error.checks.slice(0, -1).every(({ ok }) => ok)).to.equal(true);
    }
  });

  it("refuses a state without a runtime, or with something else in its place", () => {
    const kindWith = (code: Uint8Array | undefined) => {
      const state = stateOf(code);
      const { header, extrinsics } = blockOn(genesisHeader(state), stateAfter(state));
      return refusal({ state, header, extrinsics }).kind;
    };
    expect(kindWith(undefined)).to.equal("missing-code");
    expect(kindWith(bytes("no code"))).to.equal("invalid-runtime");
    expect(kindWith(appending().slice(0, -1))).to.equal("invalid-runtime");
    expect(kindWith(guest({ sections: [["runtime_version", version(0)]] }))).to.equal("invalid-runtime");
  });

  it("reports the root it computed where it is not the header's", () => {
    const { state, next, header, extrinsics } = setUp();
    const error = refusal({ state, header: { ...header, stateRoot: new Uint8Array(32) }, extrinsics });
    expect(error.stateRoot).to.deep.equal(next.root);
    expect(error.expectedStateRoot).to.deep.equal(new Uint8Array(32));
    expect(error.number).to.equal(1);
    expect(error.gasUsed > 0n).to.equal(true);
    expect(error.message).to.match(/^block 1: state root: computed 0x[0-9a-f]{64}, the header says 0x0{64}$/);
  });

  it("names a wrong state root also where the runtime found it first", () => {
    const panicking = [
      ...[...call(1), ...op("drop"), ...i32(0), ...span(100, 3), ...span(110, 4), ...call(2)],
      ...op("unreachable"),
    ];
    const { state, next, header, extrinsics } = setUp(panicking);
    const wrong = refusal({ state, header: { ...header, stateRoot: new Uint8Array(32) }, extrinsics });
    expect(wrong.kind).to.equal("state-root-mismatch");
    expect(wrong.stateRoot).to.deep.equal(next.root);
    expect(wrong.cause).to.be.instanceOf(RuntimeTrap);
    // With the right root it was something else that the runtime disliked.
    const right = refusal({ state, header, extrinsics });
    expect(right.kind).to.equal("runtime-trap");
    expect(right.message).to.equal("block 1: execution: Core_execute_block trapped: unreachable: item");
    expect(right.logs.map(({ message }) => message)).to.deep.equal(["item"]);
  });

  it("ends a runtime that never ends, by gas", () => {
    const { state, header, extrinsics } = setUp(endless);
    const error = refusal({ state, header, extrinsics, gasLimit: 10_000n });
    expect(error.kind).to.equal("out-of-gas");
    expect(error.gasUsed <= 10_000n).to.equal(true);
  });
});

describe("replaying blocks", () => {
  function chain(length: number): { state: State; parent: Header; blocks: Block[] } {
    const start = stateOf(appending());
    const genesis = genesisHeader(start);
    const blocks: Block[] = [];
    let state = start;
    let parent = genesis;
    for (let i = 0; i < length; i++) {
      state = stateAfter(state);
      const block = blockOn(parent, state);
      blocks.push(block);
      parent = block.header;
    }
    return { state: start, parent: genesis, blocks };
  }

  it("carries the state from each to the next, one at a time", () => {
    const replay = replayBlocks(chain(5));
    const numbers: number[] = [];
    let step = replay.next();
    for (; step.done !== true; step = replay.next()) numbers.push(step.value.number);
    expect(numbers).to.deep.equal([1, 2, 3, 4, 5]);
    expect(step.value.get(LOG_KEY)?.[0]).to.equal(5 << 2);
  });

  it("stops at a block that does not follow", () => {
    const { state, parent, blocks } = chain(4);
    const replay = replayBlocks({ state, parent, blocks: [blocks[0]!, blocks[1]!, blocks[3]!] });
    replay.next();
    replay.next();
    expect(() => replay.next())
      .to.throw(VerificationError)
      .with.property("kind", "parent-mismatch");
  });

  it("checks the first block's link only if given its parent", () => {
    const { state, blocks } = chain(2);
    expect([...replayBlocks({ state, blocks })].map(({ checks }) => checks[1]!.name)).to.deep.equal([
      "runtime",
      "parent",
    ]);
  });
});
