import { createHash } from "node:crypto";
import { expect } from "chai";
import { BlockBuilder } from "../../../../src/host/chain/build.ts";
import {
  decodeHeader,
  encodeRuntimeVersion,
  genesisHeader,
  runtimeApiId,
} from "../../../../src/host/chain/index.ts";
import { bytesToHex, hexToBytes } from "../../../../src/host/hex.ts";
import {
  encodeInherentData,
  RUNTIME_API_NAMES,
  Runtime,
  RuntimeCalls,
  RuntimeError,
  readApplyResult,
  readInherentData,
  readValidity,
  runtimeApiName,
  timestampData,
} from "../../../../src/host/runtime/index.ts";
import {
  encodeUtf8 as bytes,
  ScaleError,
  ScaleReader,
  ScaleWriter,
} from "../../../../src/host/scale/index.ts";
import { NodeSet, Overlay, State } from "../../../../src/host/state/index.ts";
import { mini, miniGenesis, miniRuntime } from "../../mini-runtime.ts";
import { CHAIN_DATA_NOTE, chainBytes, chainJson, HAS_CHAIN_DATA } from "../../shared-data.ts";
import { call, guest, I64, i64, span } from "../guest.ts";

const HASH = new Uint8Array(32).fill(7);

/** A runtime whose entry points answer with given bytes. */
function answering(answers: Record<string, Uint8Array>, apis: Record<string, number> = {}): Runtime {
  const version = encodeRuntimeVersion({
    specName: "answers",
    implName: "test",
    authoringVersion: 1,
    specVersion: 1,
    implVersion: 1,
    apis: Object.entries(apis).map(([name, number]) => ({ id: runtimeApiId(name), version: number })),
    transactionVersion: 1,
    systemVersion: 0,
  });
  const all = Object.entries({ Core_version: version, ...answers });
  const places = all.map((_, i) => 1000 + 1000 * i);
  return Runtime.fromCode(
    guest({
      heapBase: 32768,
      data: all.map(([, answer], i) => [places[i]!, answer] as const),
      functions: all.map(([name, answer], i) => ({ name, code: span(places[i]!, answer.length) })),
    }),
  );
}

function badOutput(action: () => unknown): void {
  expect(action).to.throw(RuntimeError).with.property("kind", "bad-output");
}

describe("runtime APIs", () => {
  const state = miniGenesis("host", [[bytes("nonce:"), bytes("")]]);
  const api = new RuntimeCalls(Runtime.fromCode(miniRuntime()), { state });

  it("have ids that follow from their names", () => {
    expect(runtimeApiName("0xdf6acb689907609b")).to.equal("Core");
    expect(runtimeApiName("0x37e397fc7c91f5e4")).to.equal("Metadata");
    expect(runtimeApiName("0xd2bc9897eed08f15")).to.equal("TaggedTransactionQueue");
    expect(runtimeApiName("0xbc9d89904f5b923f")).to.equal("AccountNonceApi");
    expect(runtimeApiName("0xdd718d5cc53262d4")).to.equal("AuraApi");
    expect(runtimeApiName("0xfbc577b9d747efd6")).to.equal("GenesisBuilder");
    expect(runtimeApiName("0x0000000000000000")).to.equal(undefined);
    expect(new Set(RUNTIME_API_NAMES.map((name) => runtimeApiId(name))).size).to.equal(
      RUNTIME_API_NAMES.length,
    );
  });

  it("are told by the version", () => {
    expect([api.version("Core"), api.version("BlockBuilder"), api.version("BabeApi")]).to.deep.equal([
      4,
      6,
      undefined,
    ]);
    expect(api.coreVersion()).to.deep.equal(encodeRuntimeVersion(api.runtime.version()));
  });

  it("give metadata, in the versions there are", () => {
    expect(api.metadata()).to.deep.equal(bytes("meta\x0e"));
    expect(api.metadataVersions()).to.deep.equal([14]);
    expect(api.metadataAtVersion(14)).to.deep.equal(bytes("meta\x0e"));
    expect(api.metadataAtVersion(15)).to.equal(undefined);
    // Runtimes that cannot be asked for a version.
    const old = new RuntimeCalls(
      answering({ Metadata_metadata: new ScaleWriter().bytes(bytes("meta\x0b")).finish() }),
    );
    expect(old.metadataVersions()).to.deep.equal([11]);
    expect([old.metadataAtVersion(11), old.metadataAtVersion(14)]).to.deep.equal([
      bytes("meta\x0b"),
      undefined,
    ]);
    badOutput(() => new RuntimeCalls(answering({ Metadata_metadata: Uint8Array.of(0) })).metadataVersions());
  });

  it("validate transactions", () => {
    const at = { number: 0, hash: HASH };
    const extrinsic = mini.call("set", "a", bytes("b"));
    expect(api.validateTransaction({ extrinsic, at })).to.deep.equal({
      valid: true,
      transaction: {
        priority: 4n,
        requires: [],
        provides: [extrinsic.slice(1)],
        longevity: 2n ** 64n - 1n,
        propagate: true,
      },
    });
    expect(api.validateTransaction({ extrinsic: mini.unknown(), source: "local", at })).to.deep.equal({
      valid: false,
      error: { kind: "invalid", index: 0, name: "Call", custom: undefined },
    });
  });

  it("validate transactions in a block that was begun, where the runtime is old", () => {
    const answer = Uint8Array.of(1, 1, 2, 9);
    for (const version of [1, 2, 3]) {
      const names: string[] = [];
      const runtime = answering(
        { TaggedTransactionQueue_validate_transaction: answer, Core_initialise_block: new Uint8Array(0) },
        { Core: 1, TaggedTransactionQueue: version },
      );
      const watched = new RuntimeCalls(runtime, {}, ({ output }) => names.push(bytesToHex(output)));
      expect(
        watched.validateTransaction({ extrinsic: Uint8Array.of(4, 9), at: { number: 5, hash: HASH } }),
      ).to.deep.equal({
        valid: false,
        error: { kind: "unknown", index: 2, name: "Custom", custom: 9 },
      });
      expect(names).to.deep.equal(version === 3 ? ["0x01010209"] : ["0x", "0x01010209"]);
    }
  });

  it("drop what beginning a block for them changed", () => {
    const SET = ["ext_storage_set_version_1", [I64, I64], []] as const;
    const version = encodeRuntimeVersion({
      ...api.runtime.version(),
      apis: [{ id: runtimeApiId("TaggedTransactionQueue"), version: 2 }],
    });
    const runtime = Runtime.fromCode(
      guest({
        imports: [SET],
        data: [
          [300, version],
          [600, Uint8Array.of(1, 0, 3)],
        ],
        functions: [
          { name: "Core_version", code: span(300, version.length) },
          { name: "Core_initialize_block", code: [...span(300, 4), ...span(300, 4), ...call(0), ...i64(0n)] },
          { name: "TaggedTransactionQueue_validate_transaction", code: span(600, 3) },
        ],
      }),
    );
    const overlay = new Overlay(State.fromEntries([]));
    const calls = new RuntimeCalls(runtime, { overlay });
    const request = { extrinsic: Uint8Array.of(0), at: { number: 1, hash: HASH } };
    expect(calls.validateTransaction(request).valid).to.equal(false);
    expect(overlay.diff().top).to.deep.equal([]);
    expect(overlay.transactionDepth).to.equal(0);
    calls.initializeBlock(genesisHeader(State.fromEntries([])));
    expect(overlay.diff().top.length).to.equal(1);
  });

  it("tell accounts' nonces", () => {
    const account = new Uint8Array(32).fill(3);
    expect(api.accountNonce(account)).to.equal(0);
    const key = Uint8Array.of(...bytes("nonce:"), ...account);
    const known = miniGenesis("host", [[key, Uint8Array.of(7, 1, 0, 0)]]);
    expect(new RuntimeCalls(api.runtime, { state: known }).accountNonce(account)).to.equal(263);
  });

  it("begin, fill, end and execute blocks", () => {
    const overlay = new Overlay(state);
    const calls = new RuntimeCalls(api.runtime, { overlay, context: "block" });
    const parent = genesisHeader(state);
    const { header } = new BlockBuilder({ parent, state }).finish();
    expect(calls.initializeBlock(header)).to.equal("all-extrinsics");
    expect(calls.applyExtrinsic(mini.call("set", "a", bytes("b")))).to.deep.equal({ kind: "success" });
    const made = calls.finalizeBlock();
    expect(made.parentHash).to.deep.equal(header.parentHash);
    api.executeBlock({ header: made, extrinsics: [mini.call("set", "a", bytes("b"))] });
    expect(() => api.executeBlock({ header: made, extrinsics: [] })).to.throw(
      RuntimeError,
      "Storage root must match",
    );
  });

  it("say from Core 5 on what a block may have", () => {
    const mode = (answer: number[], core: number) => {
      const runtime = answering({ Core_initialize_block: Uint8Array.from(answer) }, { Core: core });
      return new RuntimeCalls(runtime).initializeBlock(genesisHeader(state));
    };
    expect([mode([1], 5), mode([0], 5), mode([], 5), mode([1], 4)]).to.deep.equal([
      "only-inherents",
      "all-extrinsics",
      "all-extrinsics",
      "all-extrinsics",
    ]);
    badOutput(() => mode([2], 5));
  });

  it("check inherents", () => {
    const answer = new ScaleWriter()
      .bool(false)
      .bool(true)
      .fixed(encodeInherentData(new Map([timestampData(1n)])))
      .finish();
    const calls = new RuntimeCalls(answering({ BlockBuilder_check_inherents: answer }));
    const block = { header: genesisHeader(state), extrinsics: [] };
    const { okay, fatal, errors } = calls.checkInherents(block, new Map());
    expect([okay, fatal, [...errors.keys()]]).to.deep.equal([false, true, ["timstap0"]]);
  });

  it("refuse answers that do not decode, and say of which call", () => {
    const wrong = Uint8Array.of(1, 2, 3);
    const names = [
      "Metadata_metadata_versions",
      "BlockBuilder_inherent_extrinsics",
      "AccountNonceApi_account_nonce",
    ];
    const calls = new RuntimeCalls(answering(Object.fromEntries(names.map((name) => [name, wrong]))));
    badOutput(() => calls.metadataVersions());
    badOutput(() => calls.inherentExtrinsics(new Map()));
    expect(() => calls.accountNonce(HASH)).to.throw(
      RuntimeError,
      "the answer of AccountNonceApi_account_nonce does not decode",
    );
    expect(() => calls.finalizeBlock())
      .to.throw(RuntimeError)
      .with.property("kind", "method-not-found");
  });
});

describe("results of runtime APIs", () => {
  const read = <T>(decode: (reader: ScaleReader) => T, ...content: number[]) =>
    decode(new ScaleReader(Uint8Array.from(content), "test"));

  it("of applying are success, failure or refusal", () => {
    expect(read(readApplyResult, 0, 0)).to.deep.equal({ kind: "success" });
    expect(read(readApplyResult, 0, 1, 3, 5, 0)).to.deep.equal({
      kind: "failed",
      error: Uint8Array.of(3, 5, 0),
    });
    expect(read(readApplyResult, 1, 0, 7, 99)).to.deep.equal({
      kind: "refused",
      error: { kind: "invalid", index: 7, name: "Custom", custom: 99 },
    });
    expect(read(readApplyResult, 1, 1, 1)).to.deep.equal({
      kind: "refused",
      error: { kind: "unknown", index: 1, name: "NoUnsignedValidator", custom: undefined },
    });
    for (const content of [[2], [0, 2], [1, 2], [1, 0], [], [0]]) {
      expect(() => read(readApplyResult, ...content)).to.throw(ScaleError);
    }
  });

  it("of validating leave out propagation in the oldest runtimes", () => {
    const old = new ScaleWriter().u8(0).u64(5n).u8(0).u8(0).u64(64n).finish();
    const result = readValidity(new ScaleReader(old, "test"));
    expect(result).to.deep.include({ valid: true });
    expect(result.valid && result.transaction.propagate).to.equal(true);
    expect(() => read(readValidity, 2)).to.throw(ScaleError);
  });

  it("of inherents are maps in the order of their identifiers", () => {
    const data = new Map([
      ["timstap0", Uint8Array.of(1)],
      ["babeslot", Uint8Array.of(2)],
    ]);
    const encoded = encodeInherentData(data);
    expect(bytesToHex(encoded)).to.equal(
      `0x08${bytesToHex(bytes("babeslot")).slice(2)}0402${bytesToHex(bytes("timstap0")).slice(2)}0401`,
    );
    expect(readInherentData(new ScaleReader(encoded, "test"))).to.deep.equal(data);
    expect(() => encodeInherentData(new Map([["short", Uint8Array.of()]]))).to.throw(TypeError);
    const notText = new ScaleWriter().vec([0], (w) => w.fixed(new Uint8Array(8).fill(255)).u8(0)).finish();
    expect(() => readInherentData(new ScaleReader(notText, "test"))).to.throw(ScaleError);
  });
});

describe(`runtime APIs of real runtimes${CHAIN_DATA_NOTE}`, function () {
  this.timeout(60_000);
  before(function () {
    if (!HAS_CHAIN_DATA) this.skip();
  });

  it("give metadata in every version they tell", () => {
    const { calls } =
      chainJson<Record<string, { calls: Record<string, { sha256: string }> }>>("runtimes/EXPECTED.json")[
        "spec_kusama_1000000-ec1b3271.compressed.wasm"
      ]!;
    const runtime = Runtime.fromCode(chainBytes("runtimes/spec_kusama_1000000-ec1b3271.compressed.wasm"));
    const api = new RuntimeCalls(runtime);
    expect(api.metadataVersions()).to.deep.equal([14, 15]);
    const found = api.metadataAtVersion(15)!;
    const answer = new ScaleWriter().u8(1).bytes(found).finish();
    expect(createHash("sha256").update(answer).digest("hex")).to.equal(
      calls["Metadata_metadata_at_version"]!.sha256,
    );
    expect(found[4]).to.equal(15);
    expect(api.metadataAtVersion(99)).to.equal(undefined);
  });

  it("validate a transaction from a proof", () => {
    const folder = "calls/westend-9430-validate-transaction";
    const file = chainJson<{ header: string; params: string; proof_nodes: string[] }>(`${folder}/call.json`);
    const header = decodeHeader(hexToBytes(file.header));
    const params = hexToBytes(file.params);
    const state = State.fromRoot(
      header.stateRoot,
      new NodeSet(file.proof_nodes.map((node) => hexToBytes(node))),
    );
    const runtime = Runtime.fromCode(chainBytes(`${folder}/runtime.compact.compressed.wasm`));
    const sources = ["in-block", "local", "external"] as const;
    const result = new RuntimeCalls(runtime, { state, heapPages: 2048 }).validateTransaction({
      source: sources[params[0]!]!,
      extrinsic: params.slice(1, -32),
      at: { number: header.number, hash: params.slice(-32) },
    });
    expect(result.valid).to.equal(true);
    expect(result.valid && result.transaction.provides.length).to.equal(1);
  });
});
