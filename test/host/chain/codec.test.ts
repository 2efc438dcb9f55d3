import { expect } from "chai";
import { HeaderCodec, RuntimeVersionCodec } from "../../../src/host/chain/codec.ts";
import { decodeHeader, encodeHeader, type Header } from "../../../src/host/chain/index.ts";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { CodecRegistry, CodecRegistryError } from "../../../src/host/scale/registry.ts";
import { fixture } from "../shared-data.ts";

const HASH = new Uint8Array(32).fill(7);

describe("structures of @polkadot/types-codec", () => {
  it("show a real header", () => {
    const [{ header: hex }] = fixture<{ header: string }[]>("first-blocks.json");
    const header = new HeaderCodec(decodeHeader(hexToBytes(hex)));
    expect(header.toHex()).to.equal(hex);
    const human = header.toHuman() as {
      number: string;
      digest: { logs: Record<string, [string, string]>[] };
    };
    expect(human.number).to.equal("1");
    expect(human.digest.logs.map((log) => Object.keys(log)[0])).to.deep.equal([
      "PreRuntime",
      "Consensus",
      "Seal",
    ]);
    expect(human.digest.logs[2]["Seal"][0]).to.equal("BABE");
    expect(header.toJSON()).to.include({ number: 1 });
  });

  it("have every digest item", () => {
    const header: Header = {
      parentHash: HASH,
      number: 2 ** 32 - 1,
      stateRoot: HASH,
      extrinsicsRoot: HASH,
      digest: [
        { type: "other", data: HASH },
        { type: "authoritiesChange", authorities: [HASH, HASH] },
        { type: "changesTrieRoot", hash: HASH },
        { type: "consensus", engine: "FRNK", data: HASH },
        { type: "changesTrieSignal", configuration: { digestInterval: 1, digestLevels: 2 } },
        { type: "changesTrieSignal", configuration: undefined },
        { type: "runtimeEnvironmentUpdated" },
      ],
    };
    const codec = new HeaderCodec(header);
    expect(codec.toU8a()).to.deep.equal(encodeHeader(header));
    expect(codec.toHuman()).to.have.nested.property("digest.logs").with.length(7);
  });

  it("show a runtime version", () => {
    const codec = new RuntimeVersionCodec({
      specName: "polkadot",
      implName: "parity-polkadot",
      authoringVersion: 0,
      specVersion: 9400,
      implVersion: 0,
      apis: [{ id: "0xdf6acb689907609b", version: 4 }],
      transactionVersion: 22,
      systemVersion: 1,
    });
    expect(codec.toJSON()).to.deep.equal({
      specName: "polkadot",
      implName: "parity-polkadot",
      authoringVersion: 0,
      specVersion: 9400,
      implVersion: 0,
      apis: [["0xdf6acb689907609b", 4]],
      transactionVersion: 22,
      systemVersion: 1,
    });
    expect(codec.toHuman()).to.include({ specName: "polkadot", specVersion: "9,400" });
  });

  it("rest on a registry without metadata, which says so", () => {
    const registry = new CodecRegistry();
    expect(registry.createTypeUnsafe("u32", [5]).toHex()).to.equal("0x00000005");
    expect(bytesToHex(registry.hash(Uint8Array.of(0)))).to.match(/^0x03170a2e/);
    expect(() => registry.createClassUnsafe("AccountId")).to.throw(CodecRegistryError, "AccountId");
    expect(() => registry.createClassUnsafe("constructor")).to.throw(CodecRegistryError);
    expect(() => registry.findMetaEvent()).to.throw(CodecRegistryError);
  });
});
