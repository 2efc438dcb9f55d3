import { expect } from "chai";
import { BlockBuildError, BlockBuilder, type BuiltBlock } from "../../../src/host/chain/build.ts";
import {
  buildState,
  encodeHeader,
  genesisHeader,
  type Header,
  readBlocks,
  readStateFile,
  withoutSeal,
} from "../../../src/host/chain/index.ts";
import { replayBlocks, VerificationError, verifyBlock } from "../../../src/host/chain/verify.ts";
import { bytesToHex } from "../../../src/host/hex.ts";
import { babeSlotData, Runtime, RuntimeTrap, timestampData } from "../../../src/host/runtime/index.ts";
import { encodeUtf8 as bytes, ScaleReader, ScaleWriter } from "../../../src/host/scale/index.ts";
import { State } from "../../../src/host/state/index.ts";
import { mini, miniGenesis, miniRuntime } from "../mini-runtime.ts";
import { CHAIN_DATA_NOTE, chainJson, HAS_CHAIN_DATA } from "../shared-data.ts";

/** Grows a chain: each block has the time and `extrinsics(number)`. */
function grow(genesis: State, count: number, extrinsics: (number: number) => Uint8Array[]): BuiltBlock[] {
  const blocks: BuiltBlock[] = [];
  let parent: Header = genesisHeader(genesis);
  let state = genesis;
  for (let number = 1; number <= count; number++) {
    const builder = new BlockBuilder({ parent, state });
    for (const inherent of builder.inherents(new Map([timestampData(BigInt(number) * 6000n)]))) {
      expect(builder.push(inherent)).to.deep.equal({ kind: "success" });
    }
    for (const extrinsic of extrinsics(number)) builder.push(extrinsic);
    const block = builder.finish();
    blocks.push(block);
    ({ header: parent, state } = block);
  }
  return blocks;
}

const changes = (number: number) => [
  mini.call("set", `block ${number}`, bytes("value")),
  mini.call("append", "list", Uint8Array.of(number)),
  mini.call("fail", "never"),
  mini.unknown(),
  mini.call("setInTransaction", "last", Uint8Array.of(number)),
  ...(number === 3 ? [mini.call("clearPrefix", "block")] : []),
];

describe("building blocks", () => {
  for (const owner of ["host", "own"] as const) {
    it(`grows a chain that verifies, with the ${owner} allocator`, () => {
      const genesis = miniGenesis(owner);
      const blocks = grow(genesis, 4, changes);
      expect(blocks.map(({ header }) => header.number)).to.deep.equal([1, 2, 3, 4]);
      // The unknown extrinsic was refused, the failing one is in the block.
      expect(blocks.map(({ extrinsics }) => extrinsics.length)).to.deep.equal([5, 5, 6, 5]);
      const verified = [...replayBlocks({ state: genesis, parent: genesisHeader(genesis), blocks })];
      expect(verified.map(({ hash }) => hash)).to.deep.equal(blocks.map(({ hash }) => hash));
      expect(verified.map(({ diff }) => diff)).to.deep.equal(blocks.map(({ diff }) => diff));
      const { state } = blocks[3]!;
      expect(state.root).to.deep.equal(verified[3]!.stateRoot);
      expect(state.get(mini.key("list"))).to.deep.equal(Uint8Array.of(16, 1, 2, 3, 4));
      expect(state.get(mini.key("last"))).to.deep.equal(Uint8Array.of(4));
      expect(state.get(mini.key("block 1"))).to.equal(undefined);
      expect(state.get(mini.key("block 4"))).to.deep.equal(bytes("value"));
      expect(state.get(mini.key("never"))).to.equal(undefined);
      expect(state.get(bytes("mini:extrinsics"))).to.equal(undefined);
    });
  }

  it("gives the same chain whoever has the heap", () => {
    // The code in the state differs; so the states do, and nothing else.
    const [host, own] = (["host", "own"] as const).map((owner) => grow(miniGenesis(owner), 2, changes));
    expect(own!.map(({ diff }) => diff)).to.deep.equal(host!.map(({ diff }) => diff));
    expect(own!.map(({ header }) => header.extrinsicsRoot)).to.deep.equal(
      host!.map(({ header }) => header.extrinsicsRoot),
    );
  });

  it("keeps the digest it begins with, and gas and logs of all calls", () => {
    const state = miniGenesis();
    const digest = [{ type: "preRuntime", engine: "BABE", data: Uint8Array.of(1, 2) }] as const;
    const builder = new BlockBuilder({ parent: genesisHeader(state), state, digest });
    expect(builder.mode).to.equal("all-extrinsics");
    builder.push(mini.call("set", "a", bytes("b")));
    const { header, gasUsed } = builder.finish();
    expect(header.digest).to.deep.equal(digest);
    expect(gasUsed > 1000n).to.equal(true);
    expect(verifyBlock({ state, header, extrinsics: builder.extrinsics }).ok).to.equal(true);
  });

  it("leaves out what is refused, and undoes what traps", () => {
    const state = miniGenesis();
    const builder = new BlockBuilder({ parent: genesisHeader(state), state });
    builder.push(mini.timestamp(5n));
    const late = builder.push(mini.timestamp(5n));
    expect(late).to.deep.equal({
      kind: "refused",
      error: { kind: "invalid", index: 3, name: "Stale", custom: undefined },
    });
    expect(builder.push(mini.call("fail", "x"))).to.deep.equal({ kind: "failed", error: Uint8Array.of(0) });
    expect(() => builder.push(mini.panic())).to.throw(RuntimeTrap, "asked to panic");
    expect(() => builder.push(Uint8Array.of(40, 1))).to.throw(RuntimeTrap, "input is cut short");
    expect(builder.extrinsics.length).to.equal(2);
    const { header, extrinsics } = builder.finish();
    expect(verifyBlock({ state, header, extrinsics }).ok).to.equal(true);
    for (const late of [
      () => builder.finish(),
      () => builder.push(mini.timestamp(9n)),
      () => builder.inherents(new Map()),
    ]) {
      expect(late).to.throw(BlockBuildError).with.property("kind", "finished");
    }
  });

  it("needs a state with code", () => {
    const state = State.fromEntries([]);
    expect(() => new BlockBuilder({ parent: genesisHeader(state), state }))
      .to.throw(BlockBuildError)
      .with.property("kind", "missing-code");
    const runtime = Runtime.fromCode(miniRuntime());
    expect(
      new BlockBuilder({ parent: genesisHeader(state), state, runtime }).finish().header.number,
    ).to.equal(1);
  });

  it("makes blocks of which no bit can be changed", () => {
    const state = miniGenesis();
    const parent = genesisHeader(state);
    const [block] = grow(state, 1, changes);
    const { header, extrinsics } = block!;
    const refusal = (change: object) => {
      try {
        verifyBlock({ state, parent, header, extrinsics, ...change });
      } catch (error) {
        expect(error).to.be.instanceOf(VerificationError);
        return (error as VerificationError).kind;
      }
      return "accepted";
    };
    expect(refusal({})).to.equal("accepted");
    expect(refusal({ extrinsics: extrinsics.slice(1) })).to.equal("extrinsics-root-mismatch");
    expect(refusal({ header: { ...header, stateRoot: new Uint8Array(32) } })).to.equal("state-root-mismatch");
    expect(refusal({ state: miniGenesis("host", [[bytes("more"), bytes("")]]) })).to.equal(
      "parent-state-mismatch",
    );
  });
});

describe(`building on real chains${CHAIN_DATA_NOTE}`, function () {
  this.timeout(60_000);
  before(function () {
    if (!HAS_CHAIN_DATA) this.skip();
  });

  for (const chain of ["polkadot-1", "kusama-1", "westend-1-32", "paseo-1001002-synthetic-1"]) {
    it(`makes the first block of ${chain} again from its extrinsics`, () => {
      const state = buildState(readStateFile(chainJson(`blocks/${chain}/state.json`)), 0);
      const [block] = readBlocks(chainJson(`blocks/${chain}/blocks.json`));
      const digest = block!.header.digest.filter(({ type }) => type === "preRuntime");
      const builder = new BlockBuilder({ parent: genesisHeader(state), state, digest });
      for (const extrinsic of block!.extrinsics) {
        expect(builder.push(extrinsic).kind, bytesToHex(extrinsic)).to.equal("success");
      }
      const { header } = builder.finish();
      expect(header).to.deep.equal(withoutSeal(block!.header));
    });
  }

  for (const chain of ["polkadot-1", "kusama-1", "westend-1-32", "paseo-1001002-synthetic-1"]) {
    it(`grows ${chain} by three blocks of inherents, which verify`, () => {
      const genesis = buildState(readStateFile(chainJson(`blocks/${chain}/state.json`)), 0);
      const [first] = readBlocks(chainJson(`blocks/${chain}/blocks.json`));
      let parent = genesisHeader(genesis);
      let state = genesis;
      const blocks: BuiltBlock[] = [];
      for (let slot = slotOf(first!.header); blocks.length < 3; slot++) {
        const builder = new BlockBuilder({ parent, state, digest: [secondarySlot(slot)] });
        const inherents = builder.inherents(authorData(chain, slot, parent));
        expect(inherents.length).to.equal(first!.extrinsics.length);
        for (const inherent of inherents) expect(builder.push(inherent)).to.deep.equal({ kind: "success" });
        const block = builder.finish();
        blocks.push(block);
        ({ header: parent, state } = block);
      }
      // The runtime announces the next epoch in the first block, and only there.
      const announces = ({ digest }: Header) =>
        digest.some((item) => item.type === "consensus" && item.engine === "BABE");
      expect(blocks.map(({ header }) => announces(header))).to.deep.equal([true, false, false]);
      const verified = [...replayBlocks({ state: genesis, parent: genesisHeader(genesis), blocks })];
      expect(verified.map(({ stateRoot }) => stateRoot)).to.deep.equal(
        blocks.map((block) => block.state.root),
      );
    });
  }
});

/** The slot in a BABE pre-digest: variant, authority index, slot. */
function slotOf(header: Header): bigint {
  const item = header.digest.find(({ type }) => type === "preRuntime");
  const reader = new ScaleReader((item as { data: Uint8Array }).data, "pre-digest");
  reader.fixed(5);
  return reader.u64();
}

/** A claim of a secondary slot by the first authority. */
function secondarySlot(slot: bigint) {
  const data = new ScaleWriter().u8(2).u32(0).u64(slot).finish();
  return { type: "preRuntime", engine: "BABE", data } as const;
}

/** What authors tell runtimes of 2019 to 2024: nothing but the time and the slot has happened. */
function authorData(chain: string, slot: bigint, parent: Header): Map<string, Uint8Array> {
  const nothing = Uint8Array.of(0);
  // Of 2024: no bitfields, candidates and disputes; and the parent. Before it was a list.
  const parachains = new ScaleWriter().u8(0).u8(0).u8(0).fixed(encodeHeader(parent)).finish();
  return new Map([
    timestampData(slot * 6000n),
    babeSlotData(slot),
    ["uncles00", nothing],
    ["parachn0", chain.startsWith("paseo") ? parachains : nothing],
    ["newheads", nothing],
    ["finalnum", new ScaleWriter().u32(0).finish()],
  ]);
}
