import { expect } from "chai";
import fc from "fast-check";
import { fromLatin1 } from "../../../../src/host/bytes.ts";
import { bytesToHex, hexToBytes } from "../../../../src/host/hex.ts";
import { StateError } from "../../../../src/host/state/errors.ts";
import { blake2b256, keccak256 } from "../../../../src/host/state/hash.ts";
import {
  type Entry,
  orderedTrieRoot,
  type StateVersion,
  trieRoot,
} from "../../../../src/host/state/trie/index.ts";
import { CHAIN_DATA_NOTE, chainFolder, chainJson, chainText, HAS_CHAIN_DATA } from "../../shared-data.ts";
import { naiveTrie } from "./naive-trie.ts";

const hex = (digits: string) => hexToBytes(digits, "optional");
const times = (count: number, byte: number) => new Uint8Array(count).fill(byte);
const text = (...pairs: [string, string][]): Entry[] => pairs.map(([k, v]) => [fromLatin1(k), fromLatin1(v)]);

const AA_BB: Entry[] = [[hex("aa"), hex("bb")]];
const LONG: Entry[] = [[hex("01"), times(33, 0)]];
const NESTED: Entry[] = [
  [hex("12"), times(40, 7)],
  [hex("1234"), times(40, 8)],
  [hex("1256"), hex("09")],
];

/** Computed with an independent implementation that reproduces real genesis hashes. */
const VECTORS: [name: string, entries: Entry[], versions: StateVersion[], root: string][] = [
  ["nothing", [], [0, 1], "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314"],
  ["one short leaf", AA_BB, [0, 1], "7139093dc8fdc285c49416f80974ef722e770117d1626dcc7390406ba745b133"],
  [
    "an empty key",
    text(["", ""]),
    [0, 1],
    "d60cac7859387608244c41b9d61c1ade74c3e9fea8a68b74f3ad9ab716d46f0a",
  ],
  [
    "a value of 32 bytes",
    [[hex("01"), times(32, 0)]],
    [0, 1],
    "4c74d3774932cbbf3e76b2f3afb35cb4c91bb122349bdcb03d632ee9f52209d5",
  ],
  ["a value of 33 bytes", LONG, [0], "0ed8286fb27e52aef6f91420f50fe5920d900c9c46029613f5ace5e217587e8f"],
  ["a value of 33 bytes", LONG, [1], "667d71db6de17aa8e966b62bf7f024f76b8f052b64be98cae9cb99344f0503a7"],
  [
    "a key that begins another",
    text(["a", "1"], ["ab", "2"]),
    [0, 1],
    "5576e017b0241ad2a935f6db44b678ed8b79cd59fa7c8886f8e6c2489334ff11",
  ],
  [
    "the puppy trie",
    text(["do", "verb"], ["dog", "puppy"], ["doge", "coin"], ["horse", "stallion"]),
    [0, 1],
    "d5c178906f28a2159b3e302bb248ceb9b876c2359fe023cc9059c5e96050c2be",
  ],
  [
    "long values in branches",
    NESTED,
    [0],
    "08427129b871c41d0acb470485a5ce7b3a3ff77a06d8839d7c15c9c3243b136d",
  ],
  [
    "long values in branches",
    NESTED,
    [1],
    "8d3f114c6fd9f325d8f63f2562f34858e22fafce59cbee8594f53cd91db62ad0",
  ],
  [
    "a partial key of 62 nibbles",
    [[times(31, 0x11), hex("01")]],
    [0, 1],
    "571bd1c5d41a597c9c3e5f5d394215260204b2657a24dee68e75d1aabd07a8f0",
  ],
  [
    "a partial key of 64 nibbles",
    [[times(32, 0x11), hex("01")]],
    [0, 1],
    "dbddcb14229c88f351386824285a3e8ebac3eab017983d5020146fcae2f95026",
  ],
  [
    "a partial key of 80 nibbles",
    [[times(40, 0x11), hex("01")]],
    [0, 1],
    "a7c10425bb0c04bdca5134233a41f9d31a78a8056fb230ae3544baf43433f310",
  ],
];

const CHAINS: [folder: string, entries: number, v0: string, v1: string][] = [
  [
    "kusama-1",
    3419,
    "0xb0006203c3a6e6bd2c6a17b1d4ae8ca49a31da0f4579da950b127774b44aef6b",
    "0xd981af423fd4dc125db3d7a030f7da4a665aa14064f007194132dc8d719e91ac",
  ],
  [
    "westend-1-32",
    93,
    "0x7e92439a94f79671f9cade9dff96a094519b9001a7432244d46ab644bb6f746f",
    "0x091c10bf6e0da7eab757e74ea5df18e1beda29dd767cc376676286c5469cf4d2",
  ],
  [
    "paseo-1001002-synthetic-1",
    386,
    "0x2b2a8395a8ec27c54d322d3a6602152da0e3bd0c8f4c01f17a572a44a8e36ab6",
    "0x087fdbdf3b2f0a5cb1f8ae3ef454bf93f3929cb9ad9340817c5d881c2f8f66ee",
  ],
  [
    "polkadot-1",
    11645,
    "0x29d0d972cd27cbc511e9589fcb7a4506d5eb6a9e8df205f00472e5ab354a4e17",
    "0x7ea7cb2f7dd99462ebf6f39eb169447db7830dd03b7612f2aaa52061d3670650",
  ],
];

describe("trie roots", () => {
  for (const [name, entries, versions, root] of VECTORS) {
    for (const version of versions) {
      it(`of ${name}, version ${version}`, () => {
        expect(bytesToHex(trieRoot(entries, version))).to.equal(`0x${root}`);
        expect(bytesToHex(trieRoot([...entries].reverse(), version))).to.equal(`0x${root}`);
      });
    }
  }

  it("with keccak-256", () => {
    expect(bytesToHex(trieRoot([], 0, keccak256))).to.equal(
      "0xbc36789e7a1e281436464229828f817d6612f7b477d66591ff96a9e064bcc98a",
    );
    expect(bytesToHex(trieRoot(AA_BB, 0, keccak256))).to.equal(
      "0xb611ba4c8dd57cc93080cbac268c63ce4e148762cc18fa95b68f82e88c71a3cd",
    );
  });

  it("of ordered values", () => {
    expect(bytesToHex(orderedTrieRoot([hex("01"), hex("02"), hex("03")], 0))).to.equal(
      "0x401f84ba3bbacd9edee63974721c8d13e1739849092cc18467b90a2c668ea3dd",
    );
    const bytes = Array.from({ length: 65 }, (_, i) => Uint8Array.of(i));
    expect(bytesToHex(orderedTrieRoot(bytes, 0))).to.equal(
      "0xdb2ad70b7c996918753ac51a9d209fb9cbcdece02fe2dd37667028ff9edd88d6",
    );
    expect(orderedTrieRoot(bytes, 1, keccak256)).not.to.deep.equal(orderedTrieRoot(bytes, 1));
  });

  it("take the last of entries with one key", () => {
    const entries = text(["k", "first"], ["a", "x"], ["k", "second"], ["k", "last"]);
    expect(trieRoot(entries, 0)).to.deep.equal(trieRoot(text(["a", "x"], ["k", "last"]), 0));
  });

  it("agree with the naive trie on any entries", () => {
    const entry = fc.tuple(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 60, size: "max" }),
        fc.constantFrom<StateVersion>(0, 1),
        (entries, version) => {
          const map = new Map(
            entries.map(([key, bytes]) => [
              Buffer.from(key).toString("hex"),
              { bytes, hashed: version === 1 && bytes.length >= 33 },
            ]),
          );
          expect(bytesToHex(trieRoot(entries, version))).to.equal(`0x${naiveTrie(map, blake2b256).root}`);
          expect(bytesToHex(trieRoot(entries, version, keccak256))).to.equal(
            `0x${naiveTrie(map, keccak256).root}`,
          );
        },
      ),
      { seed: 10, numRuns: 300 },
    );
  });

  it("refuse keys longer than the codec can express", () => {
    expect(() => trieRoot([[times(32_768, 1), hex("")]], 0)).to.throw(StateError, "exceeds");
    expect(trieRoot([[times(32_767, 1), hex("")]], 0)).to.have.length(32);
  });

  it("bear keys that begin each other ten thousand deep", () => {
    const entries = Array.from({ length: 10_000 }, (_, i): Entry => [times(i, 0x11), Uint8Array.of(1)]);
    // What is tested is that it ends, whatever the engine's stack holds.
    expect(trieRoot(entries, 0)).to.have.length(32);
  });

  describe(`of real genesis states${CHAIN_DATA_NOTE}`, () => {
    before(function () {
      if (!HAS_CHAIN_DATA) this.skip();
    });

    for (const [folder, count, v0, v1] of CHAINS) {
      it(`${folder}, both versions`, () => {
        const json = chainJson<Record<string, string>>(`blocks/${folder}/state.json`);
        const entries = Object.entries(json).map(([k, v]): Entry => [hexToBytes(k), hexToBytes(v)]);
        expect(entries).to.have.length(count);
        expect(bytesToHex(trieRoot(entries, 0))).to.equal(v0);
        expect(bytesToHex(trieRoot(entries, 1))).to.equal(v1);
      });
    }

    it("and of the collected trie inputs, as the naive trie has them", () => {
      for (const name of chainFolder("vectors/state-trie")) {
        const lists = chainText(`vectors/state-trie/${name}`).split("values:");
        const [keys, values] = lists.map((list) =>
          [...list.matchAll(/^ {2}- ?(.*)$/gm)].map((match) => match[1]),
        );
        expect(values, name).to.have.length(keys.length);
        const parse = (key: string) => (name.startsWith("hex") ? hex(key) : fromLatin1(key));
        const entries = keys.map((key, i): Entry => [parse(key), fromLatin1(values[i])]);
        const map = new Map(
          entries.map(([key, bytes]) => [
            Buffer.from(key).toString("hex"),
            { bytes, hashed: bytes.length > 32 },
          ]),
        );
        expect(bytesToHex(trieRoot(entries, 1)), name).to.equal(`0x${naiveTrie(map, blake2b256).root}`);
      }
    });
  });
});
