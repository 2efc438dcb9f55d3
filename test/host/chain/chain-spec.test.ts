import { expect } from "chai";
import { fromLatin1 as text } from "../../../src/host/bytes.ts";
import {
  buildState,
  ChainFormatError,
  type ChainFormatErrorKind,
  findState,
  genesisHash,
  genesisHeader,
  readChainSpec,
  readStateFile,
} from "../../../src/host/chain/index.ts";
import { bytesToHex } from "../../../src/host/hex.ts";
import { State, StateError } from "../../../src/host/state/index.ts";
import { CHAIN_DATA_NOTE, chainJson, fixture, HAS_CHAIN_DATA } from "../shared-data.ts";

const HASH = `0x${"ab".repeat(32)}`;
const LONG = `0x${"01".repeat(40)}`;

const spec = (change: object = {}) => ({
  name: "Test",
  id: "test",
  genesis: { raw: { top: { "0x6b": "0x76" }, childrenDefault: {} } },
  ...change,
});

function expectRefusal(json: unknown, kind: ChainFormatErrorKind, path: string, reason = /./): void {
  try {
    readChainSpec(json);
  } catch (error) {
    expect(error).to.be.instanceOf(ChainFormatError);
    expect(error).to.include({ kind, path });
    expect((error as ChainFormatError).reason).to.match(reason);
    return;
  }
  expect.fail("no error");
}

describe("chain spec reader", () => {
  it("reads the genesis state and the lists that concern execution", () => {
    const read = readChainSpec(
      spec({
        codeSubstitutes: { "5203203": "0x0061", [HASH]: "0x" },
        badBlocks: [HASH],
        forkBlocks: [[7, HASH]],
        bootNodes: [1, 2],
        lightSyncState: "ignored",
      }),
    );
    expect(read).to.include({ name: "Test", id: "test" });
    expect(read.state.get(text("k"))).to.deep.equal(text("v"));
    expect(read.codeSubstitutes).to.deep.equal([
      { block: 5203203, code: Uint8Array.of(0, 0x61) },
      { block: new Uint8Array(32).fill(0xab), code: new Uint8Array(0) },
    ]);
    expect(read.badBlocks.map(bytesToHex)).to.deep.equal([HASH]);
    expect(read.forkBlocks).to.deep.equal([{ number: 7, hash: new Uint8Array(32).fill(0xab) }]);
    expect(readChainSpec(spec({ badBlocks: null, forkBlocks: null }))).to.deep.include({
      badBlocks: [],
      forkBlocks: [],
      codeSubstitutes: [],
    });
  });

  it("puts child tries and values in the form of the version", () => {
    const json = spec({
      genesis: { raw: { top: { "0x6b": LONG }, childrenDefault: { "0x6e": { "0x6b": LONG } } } },
    });
    const long = new Uint8Array(40).fill(1);
    for (const version of [0, 1] as const) {
      const expected = State.fromEntries([[text("k"), long]], [[text("n"), [[text("k"), long]]]], version);
      expect(readChainSpec(json, version).state.root).to.deep.equal(expected.root);
      expect(buildState(readChainSpec(json).genesis, version).root).to.deep.equal(expected.root);
    }
  });

  it("says where a spec is wrong", () => {
    const genesis = (raw: unknown) => spec({ genesis: { raw } });
    expectRefusal([], "type", "", /an array/);
    expectRefusal({}, "missing", "genesis");
    expectRefusal(spec({ name: undefined }), "missing", "name");
    expectRefusal(spec({ id: 5 }), "type", "id");
    expectRefusal(spec({ genesis: {} }), "missing", "genesis");
    expectRefusal(genesis({}), "missing", "genesis.raw.top");
    expectRefusal(genesis({ top: [] }), "type", "genesis.raw.top");
    expectRefusal(genesis({ top: { "3a": "0x" } }), "hex", 'genesis.raw.top["3a"]', /0x/);
    expectRefusal(genesis({ top: { "0x3a": "0x0" } }), "hex", 'genesis.raw.top["0x3a"]', /odd/);
    expectRefusal(genesis({ top: { "0x3a": 1 } }), "type", 'genesis.raw.top["0x3a"]');
    expectRefusal(
      genesis({ top: {}, childrenDefault: { "0x": null } }),
      "type",
      'genesis.raw.childrenDefault["0x"]',
    );
    expectRefusal(
      spec({ codeSubstitutes: { "99999999999": "0x" } }),
      "hex",
      'codeSubstitutes["99999999999"]',
    );
    expectRefusal(
      spec({ codeSubstitutes: { "4294967296": "0x" } }),
      "number",
      'codeSubstitutes["4294967296"]',
    );
    expectRefusal(spec({ badBlocks: ["0x00"] }), "hex", "badBlocks[0]");
    expectRefusal(spec({ forkBlocks: [[1]] }), "type", "forkBlocks[0]");
    expectRefusal(spec({ forkBlocks: [["x", HASH]] }), "number", "forkBlocks[0][0]");
  });

  it("says plainly that it needs the raw form", () => {
    expectRefusal(spec({ genesis: { stateRootHash: HASH } }), "unsupported", "genesis", /stateRootHash/);
    expectRefusal(spec({ genesis: { runtime: {} } }), "unsupported", "genesis", /runtime/);
    expectRefusal(spec({ genesis: { runtimeGenesis: {} } }), "unsupported", "genesis", /runtimeGenesis/);
  });

  it("shows no more of a hostile name than fits a message", () => {
    const name = `0x${"z".repeat(1 << 20)}`;
    try {
      readChainSpec(spec({ genesis: { raw: { top: { [name]: "0x" } } } }));
    } catch (error) {
      expect((error as Error).message.length).to.be.below(300);
      return;
    }
    expect.fail("no error");
  });

  it("is not fooled by names that objects inherit", () => {
    expectRefusal(JSON.parse(`{"__proto__": ${JSON.stringify(spec())}}`), "missing", "genesis");
    const top = JSON.parse('{"genesis": {"raw": {"top": {"__proto__": "0x00"}}}, "name": "", "id": ""}');
    expectRefusal(top, "hex", "genesis.raw.top.__proto__");
    expect(({} as Record<string, unknown>)["polluted"]).to.equal(undefined);
  });

  it("refuses keys that no trie can hold", () => {
    const key = `0x${"00".repeat(1 << 20)}`;
    expect(() => readChainSpec(spec({ genesis: { raw: { top: { [key]: "0x" } } } })))
      .to.throw(StateError)
      .with.property("kind", "key-too-long");
  });
});

describe("state file reader", () => {
  it("reads a plain map and one with child tries", () => {
    const plain = readStateFile({ "0x6b": "0x76" });
    expect(plain).to.deep.equal({ top: [[text("k"), text("v")]], children: [], root: undefined });
    const whole = readStateFile({
      main: { "0x6b": "0x76" },
      child: { "0x6e": { "0x6b": "0x77" } },
      parent_state_root: HASH,
    });
    expect(whole.children).to.deep.equal([[text("n"), [[text("k"), text("w")]]]]);
    expect(bytesToHex(whole.root!)).to.equal(HASH);
    expect(() => readStateFile([])).to.throw(ChainFormatError);
    expect(() => readStateFile({ main: {}, child: [] })).to.throw(ChainFormatError, "child");
  });

  it("finds the version that gives the root", () => {
    const storage = { top: [[text("k"), new Uint8Array(40)] as const], children: [] };
    for (const version of [0, 1] as const) {
      const { root } = buildState(storage, version);
      expect(findState(storage, root)).to.deep.include({ version });
    }
    expect(() => findState(storage, new Uint8Array(32)))
      .to.throw(StateError)
      .with.property("kind", "root-mismatch");
  });
});

describe("genesis", () => {
  it("has a header that follows from the state root", () => {
    const roots: Record<string, string> = {
      Polkadot: "29d0d972cd27cbc511e9589fcb7a4506d5eb6a9e8df205f00472e5ab354a4e17",
      Kusama: "b0006203c3a6e6bd2c6a17b1d4ae8ca49a31da0f4579da950b127774b44aef6b",
      Westend: "7e92439a94f79671f9cade9dff96a094519b9001a7432244d46ab644bb6f746f",
    };
    for (const { chain, genesisHash: expected } of fixture<{ chain: string; genesisHash: string }[]>(
      "first-blocks.json",
    )) {
      const root = Uint8Array.from(Buffer.from(roots[chain], "hex"));
      expect(bytesToHex(genesisHash({ root }))).to.equal(expected);
      expect(genesisHeader({ root })).to.deep.include({ number: 0, stateRoot: root, digest: [] });
    }
  });

  describe(`of real chains${CHAIN_DATA_NOTE}`, () => {
    before(function () {
      if (!HAS_CHAIN_DATA) this.skip();
    });

    for (const [folder, expected] of [
      ["polkadot-1", "0x91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3"],
      ["kusama-1", "0xb0a8d493285c2df73290dfb7e61f870f17b41801197a149ca93654499ea3dafe"],
      ["westend-1-32", "0xe143f23803ac50e8f6f8e62695d1ce9e4e1d68aa36c1cd2cfd15340213f3423e"],
      ["paseo-1001002-synthetic-1", "0x77afd6190f1554ad45fd0d31aee62aacc33c6db0ea801129acb813f913e0764f"],
    ]) {
      it(`${folder}, from its state file and as a chain spec`, () => {
        const json = chainJson<Record<string, string>>(`blocks/${folder}/state.json`);
        expect(bytesToHex(genesisHash(buildState(readStateFile(json), 0)))).to.equal(expected);
        const { state } = readChainSpec(spec({ genesis: { raw: { top: json } } }));
        expect(bytesToHex(genesisHash(state))).to.equal(expected);
      });
    }

    for (const [folder, children] of [
      ["1_create-one", 0],
      ["3_read-basic", 3],
    ] as const) {
      it(`and the state of ${folder} with its child tries`, () => {
        const file = readStateFile(chainJson(`blocks/child-tries/${folder}/state.json`));
        const { state, version } = findState(file, file.root!);
        expect(version).to.equal(1);
        expect([...state.childNames()]).to.have.length(children);
        const [name, entries] = file.children[0] ?? [];
        if (name === undefined) return;
        const [[key, value]] = entries;
        expect(state.child(name).get(key)).to.deep.equal(value);
      });
    }
  });
});
