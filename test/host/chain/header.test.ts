import { expect } from "chai";
import fc from "fast-check";
import { equalBytes } from "../../../src/host/bytes.ts";
import {
  blockHash,
  type DigestItem,
  decodeHeader,
  encodeBlock,
  encodeHeader,
  extrinsicsRoot,
  type Header,
  readBlocks,
  sealOf,
  withoutSeal,
} from "../../../src/host/chain/index.ts";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { ScaleError } from "../../../src/host/scale/index.ts";
import { CHAIN_DATA_NOTE, chainBytes, chainJson, fixture, HAS_CHAIN_DATA } from "../shared-data.ts";

interface FirstBlock {
  readonly chain: string;
  readonly number: number;
  readonly hash: string;
  readonly genesisHash: string;
  readonly header: string;
  readonly extrinsics: readonly string[];
}

const FIRST_BLOCKS = fixture<FirstBlock[]>("first-blocks.json");

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const data = fc.uint8Array({ maxLength: 80 });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const engine = fc.string({ minLength: 4, maxLength: 4, unit: "binary-ascii" });
const item: fc.Arbitrary<DigestItem> = fc.oneof(
  fc.record({ type: fc.constant("other" as const), data }),
  fc.record({
    type: fc.constantFrom("seal" as const, "consensus" as const, "preRuntime" as const),
    engine,
    data,
  }),
  fc.record({
    type: fc.constant("authoritiesChange" as const),
    authorities: fc.array(hash, { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant("changesTrieRoot" as const), hash }),
  fc.record({
    type: fc.constant("changesTrieSignal" as const),
    configuration: fc.option(fc.record({ digestInterval: u32, digestLevels: u32 }), { nil: undefined }),
  }),
  fc.record({ type: fc.constant("runtimeEnvironmentUpdated" as const) }),
);
const header: fc.Arbitrary<Header> = fc.record({
  parentHash: hash,
  number: u32,
  stateRoot: hash,
  extrinsicsRoot: hash,
  digest: fc.array(item, { maxLength: 6 }),
});

/** Either refused with a ScaleError, or taken as what encodes to the same bytes. */
function expectStrict(bytes: Uint8Array): boolean {
  let decoded: Header;
  try {
    decoded = decodeHeader(bytes);
  } catch (error) {
    expect(error).to.be.instanceOf(ScaleError);
    return false;
  }
  if (!equalBytes(encodeHeader(decoded), bytes))
    expect.fail(`taken but not the same again: ${bytesToHex(bytes)}`);
  return true;
}

describe("header", () => {
  for (const block of FIRST_BLOCKS) {
    it(`of ${block.chain}'s block 1 has its hash, parent and extrinsics root`, () => {
      const decoded = decodeHeader(hexToBytes(block.header));
      expect(decoded.number).to.equal(block.number);
      expect(bytesToHex(decoded.parentHash)).to.equal(block.genesisHash);
      expect(bytesToHex(blockHash(decoded))).to.equal(block.hash);
      expect(bytesToHex(encodeHeader(decoded))).to.equal(block.header);
      const extrinsics = block.extrinsics.map((extrinsic) => hexToBytes(extrinsic));
      expect(extrinsicsRoot(extrinsics, 0)).to.deep.equal(decoded.extrinsicsRoot);
      expect(extrinsicsRoot(extrinsics.reverse(), 0)).not.to.deep.equal(decoded.extrinsicsRoot);
      expect(decoded.digest[0]).to.include({ type: "preRuntime", engine: "BABE" });
      expect(sealOf(decoded)?.data).to.have.length(64);
    });
  }

  it("loses only the seal that ends its digest", () => {
    const sealed = decodeHeader(hexToBytes(FIRST_BLOCKS[0].header));
    const bare = withoutSeal(sealed);
    expect(bare.digest).to.deep.equal(sealed.digest.slice(0, -1));
    expect(sealOf(bare)).to.equal(undefined);
    expect(withoutSeal(bare)).to.equal(bare);
    const seal = sealed.digest[sealed.digest.length - 1];
    const odd = { ...sealed, digest: [seal, ...bare.digest] };
    expect(withoutSeal(odd)).to.equal(odd);
  });

  it("decodes to what was encoded, every kind of digest item", () => {
    fc.assert(
      fc.property(header, (value) => {
        expect(decodeHeader(encodeHeader(value))).to.deep.equal(value);
      }),
      { seed: 50, numRuns: 300 },
    );
  });

  it("is refused when cut short, extended or followed by more", () => {
    const bytes = hexToBytes(FIRST_BLOCKS[1].header);
    for (let length = 0; length < bytes.length; length++)
      expect(expectStrict(bytes.slice(0, length))).to.equal(false);
    expect(() => decodeHeader(Uint8Array.of(...bytes, 0)))
      .to.throw(ScaleError)
      .with.property("kind", "trailing-bytes");
  });

  it("never fails in another way, whichever bit is flipped", () => {
    const bytes = hexToBytes(FIRST_BLOCKS[2].header);
    let taken = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      if (expectStrict(changed)) taken++;
    }
    expect(taken).to.be.above(bytes.length);
    fc.assert(
      fc.property(header, fc.nat(), fc.nat(255), (value, at, byte) => {
        const changed = encodeHeader(value);
        changed[at % changed.length] = byte;
        expectStrict(changed);
      }),
      { seed: 51, numRuns: 500 },
    );
  });

  it("is refused with digest items that do not exist", () => {
    const start = [...new Uint8Array(32), 0, ...new Uint8Array(64)];
    const kinds: [number[], ScaleError["kind"]][] = [
      [[4, 3], "invalid-value"],
      [[4, 9], "invalid-value"],
      [[4, 7, 1], "invalid-value"],
      [[4, 7, 0, 2], "invalid-value"],
      [[8, 8], "unexpected-end"],
      [[4, 1, 8, ...new Uint8Array(32)], "unexpected-end"],
      [[3, 255, 255, 255, 255], "unexpected-end"],
      [[1, 0], "non-canonical"],
    ];
    for (const [digest, kind] of kinds) {
      expect(() => decodeHeader(Uint8Array.from([...start, ...digest])), String(digest))
        .to.throw(ScaleError)
        .with.property("kind", kind);
    }
    expect(decodeHeader(Uint8Array.from([...start, 8, 8, 8])).digest).to.have.length(2);
  });

  it("has a number of 32 bits", () => {
    const bytes = Uint8Array.from([...new Uint8Array(32), 7, 0, 0, 0, 0, 1, ...new Uint8Array(64), 0]);
    expect(() => decodeHeader(bytes))
      .to.throw(ScaleError)
      .with.property("kind", "out-of-range");
  });

  describe(`of real blocks${CHAIN_DATA_NOTE}`, () => {
    before(function () {
      if (!HAS_CHAIN_DATA) this.skip();
    });

    interface Entry {
      readonly number: number;
      readonly hash: string;
      readonly state_root: string;
      readonly execute_block_input: string;
    }

    const folders = [
      "headers",
      "blocks/polkadot-1",
      "blocks/kusama-1",
      "blocks/westend-1-32",
      "blocks/paseo-1001002-synthetic-1",
      "blocks/child-tries/1_create-one",
      "blocks/child-tries/3_read-basic",
    ];
    for (const folder of folders) {
      it(`${folder}: hashes, roots and what is executed`, () => {
        const json = chainJson<Entry[]>(`${folder}/blocks.json`);
        const blocks = readBlocks(json);
        expect(blocks).to.have.length(json.length);
        for (const [i, block] of blocks.entries()) {
          expect(block.header.number).to.equal(json[i].number);
          expect(bytesToHex(blockHash(block.header))).to.equal(json[i].hash);
          expect(bytesToHex(block.header.stateRoot)).to.equal(json[i].state_root);
          expect(extrinsicsRoot(block.extrinsics, 0)).to.deep.equal(block.header.extrinsicsRoot);
          const unsealed = { ...block, header: withoutSeal(block.header) };
          expect(bytesToHex(encodeBlock(unsealed))).to.equal(json[i].execute_block_input);
        }
      });
    }

    it("of tens of kilobytes", () => {
      for (const [name, number] of [
        ["header-kusama-7472481", 7472481],
        ["header-polkadot-512271", 512271],
      ] as const) {
        const bytes = chainBytes(`vectors/headers/${name}`);
        const decoded = decodeHeader(bytes);
        expect(decoded.number).to.equal(number);
        expect(encodeHeader(decoded)).to.deep.equal(bytes);
      }
    });
  });
});
