import { expect } from "chai";
import { concatBytes } from "../../../src/host/bytes.ts";
import {
  decodeRuntimeApis,
  decodeRuntimeVersion,
  decodeVersionSections,
  encodeRuntimeVersion,
  extrinsicsTrieVersion,
  runtimeApiId,
  stateTrieVersion,
} from "../../../src/host/chain/index.ts";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { ScaleError, ScaleWriter } from "../../../src/host/scale/index.ts";
import { CHAIN_DATA_NOTE, chainJson, HAS_CHAIN_DATA } from "../shared-data.ts";

/** The section `runtime_version` of Polkadot 9400. */
const POLKADOT_9400 = hexToBytes(
  "0x20706f6c6b61646f743c7061726974792d706f6c6b61646f7400000000b824000000000000001600000000",
);

/** A version up to its list of APIs, which holds the Core API of this version, if any. */
function start(core: number | undefined): Uint8Array {
  const writer = new ScaleWriter().string("spec").string("impl").u32(1).u32(2).u32(3);
  if (core === undefined) return writer.compact(0).finish();
  return writer
    .compact(1)
    .fixed(hexToBytes(runtimeApiId("Core")))
    .u32(core)
    .finish();
}

describe("runtime version", () => {
  it("computes API ids", () => {
    expect(runtimeApiId("Core")).to.equal("0xdf6acb689907609b");
    expect(runtimeApiId("Metadata")).to.equal("0x37e397fc7c91f5e4");
    expect(runtimeApiId("BlockBuilder")).to.equal("0x40fe3ad401f8959a");
    expect(runtimeApiId("GrandpaApi")).to.equal("0xed99c5acb25eedf5");
  });

  it("reads the custom sections together", () => {
    const apis = concatBytes(
      hexToBytes("0xdf6acb689907609b04000000"),
      hexToBytes("0x37e397fc7c91f5e401000000"),
    );
    expect(decodeVersionSections(POLKADOT_9400, apis)).to.deep.equal({
      specName: "polkadot",
      implName: "parity-polkadot",
      authoringVersion: 0,
      specVersion: 9400,
      implVersion: 0,
      apis: [
        { id: "0xdf6acb689907609b", version: 4 },
        { id: "0x37e397fc7c91f5e4", version: 1 },
      ],
      transactionVersion: 22,
      systemVersion: 0,
    });
    expect(decodeVersionSections(POLKADOT_9400, undefined)).to.deep.include({
      apis: [],
      transactionVersion: 22,
    });
    expect(() => decodeVersionSections(POLKADOT_9400.slice(0, -1), apis)).to.throw(ScaleError);
    expect(() => decodeRuntimeApis(new Uint8Array(13))).to.throw(ScaleError);
  });

  it("has the fields that the Core API's version says, or that are there", () => {
    const tail = (core: number | undefined, ...bytes: number[]) => {
      const version = decodeRuntimeVersion(concatBytes(start(core), Uint8Array.from(bytes)));
      return [version.transactionVersion, version.systemVersion];
    };
    expect(tail(1)).to.deep.equal([1, 0]);
    expect(tail(2, 9, 0, 0, 0)).to.deep.equal([9, 0]);
    expect(tail(3, 9, 0, 0, 0)).to.deep.equal([9, 0]);
    expect(tail(4, 9, 0, 0, 0, 1)).to.deep.equal([9, 1]);
    expect(tail(5, 9, 0, 0, 0, 3, 77, 77)).to.deep.equal([9, 3]);
    expect(tail(undefined)).to.deep.equal([1, 0]);
    expect(tail(undefined, 9, 0, 0, 0, 1)).to.deep.equal([9, 1]);
    for (const refused of [[3], [4, 9, 0, 0, 0], [1, 9], [undefined, 9, 0, 0]] as [number, ...number[]][]) {
      expect(() => tail(...refused), String(refused))
        .to.throw(ScaleError)
        .with.property("kind", "unexpected-end");
    }
  });

  it("encodes all fields", () => {
    const version = decodeRuntimeVersion(concatBytes(start(4), Uint8Array.of(9, 0, 0, 0, 2)));
    expect(encodeRuntimeVersion(version)).to.deep.equal(concatBytes(start(4), Uint8Array.of(9, 0, 0, 0, 2)));
  });

  it("tells the tries' versions (RFC-42)", () => {
    const of = (systemVersion: number) => [
      stateTrieVersion({ systemVersion }),
      extrinsicsTrieVersion({ systemVersion }),
    ];
    expect([0, 1, 2, 3].map(of)).to.deep.equal([
      [0, 0],
      [1, 0],
      [1, 1],
      [1, 1],
    ]);
  });

  it("refuses what only looks like a version", () => {
    // An actual runtime's answer: its count of APIs is a u32, its ids have lengths.
    const odd = hexToBytes(
      "0x20676f73656d626c6508676f01000000020000000300000001000000200101010101010101000000000400000005000000",
    );
    expect(() => decodeRuntimeVersion(odd))
      .to.throw(ScaleError)
      .with.property("kind", "non-canonical");
    expect(() => decodeRuntimeVersion(Uint8Array.of(4, 0xff)))
      .to.throw(ScaleError)
      .with.property("kind", "invalid-value");
    const version = concatBytes(start(4), Uint8Array.of(9, 0, 0, 0, 1));
    for (let length = 0; length < version.length; length++) {
      expect(() => decodeRuntimeVersion(version.slice(0, length))).to.throw(ScaleError);
    }
  });

  describe(`of real runtimes${CHAIN_DATA_NOTE}`, () => {
    before(function () {
      if (!HAS_CHAIN_DATA) this.skip();
    });

    it("as Core_version answers, beside their custom sections", () => {
      interface Expected {
        readonly version: { readonly spec_name: string; readonly spec: number; readonly tx: number } | null;
        readonly calls: { readonly Core_version?: { readonly result?: string } };
      }
      const all = chainJson<Record<string, Expected>>("runtimes/EXPECTED.json");
      let decoded = 0;
      for (const [name, { version: section, calls }] of Object.entries(all)) {
        const result = calls.Core_version?.result;
        if (result === undefined) continue;
        if (name.startsWith("GO_research_runtime_small")) {
          expect(() => decodeRuntimeVersion(hexToBytes(result)), name).to.throw(ScaleError);
          continue;
        }
        const version = decodeRuntimeVersion(hexToBytes(result));
        decoded++;
        if (section === null) continue;
        expect(version, name).to.include({
          specName: section.spec_name,
          specVersion: section.spec,
          transactionVersion: section.tx,
        });
        if (version.apis.some(({ id, version: v }) => id === runtimeApiId("Core") && v >= 4)) {
          expect(bytesToHex(encodeRuntimeVersion(version)), name).to.equal(result);
        }
      }
      expect(decoded).to.be.above(4);
    });
  });
});
