import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex } from "../../../../src/host/hex.ts";
import { blake2, keccak, sha2, twox, xxhash64 } from "../../../../src/host/polkadot/hash/index.ts";
import { encodeUtf8 } from "../../../../src/host/scale/index.ts";

const MASK = (1n << 64n) - 1n;
const [P1, P2, P3, P4, P5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;

/** XXH64 word by word from its specification, over BigInt. */
function reference(bytes: Uint8Array, seed: bigint): bigint {
  const rotl = (x: bigint, r: bigint) => ((x << r) | (x >> (64n - r))) & MASK;
  const word = (at: number, size: number) => {
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]);
    return value;
  };
  const round = (acc: bigint, input: bigint) => (rotl((acc + input * P2) & MASK, 31n) * P1) & MASK;
  let at = 0;
  let hash = (seed + P5) & MASK;
  if (bytes.length >= 32) {
    const lanes = [seed + P1 + P2, seed + P2, seed, seed - P1].map((lane) => lane & MASK);
    for (; at + 32 <= bytes.length; at += 32) {
      lanes.forEach((lane, i) => {
        lanes[i] = round(lane, word(at + 8 * i, 8));
      });
    }
    hash = [1n, 7n, 12n, 18n].reduce((sum, r, i) => sum + rotl(lanes[i], r), 0n) & MASK;
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * P1 + P4) & MASK;
  }
  hash = (hash + BigInt(bytes.length)) & MASK;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = (rotl(hash ^ round(0n, word(at, 8)), 27n) * P1 + P4) & MASK;
  }
  if (at + 4 <= bytes.length) {
    hash = (rotl(hash ^ ((word(at, 4) * P1) & MASK), 23n) * P2 + P3) & MASK;
    at += 4;
  }
  for (; at < bytes.length; at++) hash = (rotl(hash ^ ((BigInt(bytes[at]) * P5) & MASK), 11n) * P1) & MASK;
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
  return hash ^ (hash >> 32n);
}

describe("hashes", () => {
  it("match the vectors of host-functions.md section 19", () => {
    const all = (text: string) => {
      const data = encodeUtf8(text);
      return [twox(data, 32), blake2(data, 8), blake2(data, 16), blake2(data, 32), keccak(data, 32)].map(
        bytesToHex,
      );
    };
    expect(all("")).to.deep.equal([
      "0x99e9d85137db46ef4bbea33613baafd56f963c64b1f3685a4eb4abd67ff6203a",
      "0xe4a6a0577479b2b4",
      "0xcae66941d9efbd404e4d88758ea67670",
      "0x0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
      "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    ]);
    expect(all("System")).to.deep.equal([
      "0x26aa394eea5630e07c48ae0c9558cef714355510e01e85b83bb4d561945dad84",
      "0xb286347245c485af",
      "0x789f1c09383940a7773420432ffd084a",
      "0xf72e3d99d040a28fb747e589243f3ecb618430419f121d07f6aa40e7a30a894b",
      "0x3e0088f7569aa3f509587e0cff44ff9e93a2d5ec0fee1f69401c2895d6e3dd79",
    ]);
    expect(bytesToHex(twox(encodeUtf8("Account"), 16))).to.equal("0xb99d880ec681799c0cf30e8886371da9");
    expect(bytesToHex(keccak(new Uint8Array(0), 64))).to.equal(
      "0x0eab42de4c3ceb9235fc91acffe746b29c29a8c366b7c60e4e67c466f36a4304c00fa9caf9d87976ba469bcbe06713b435f091ef2769fb160cdab33d3670680e",
    );
    expect(bytesToHex(sha2(new Uint8Array(0)))).to.equal(
      "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });

  it("twox agrees with XXH64 over BigInt at every length and seed", () => {
    const lengths = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 300 }));
    const input = lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
    fc.assert(
      fc.property(input, fc.nat(), (bytes, seed) => {
        const out = new Uint8Array(10);
        xxhash64(bytes, seed, out, 1);
        expect(new DataView(out.buffer).getBigUint64(1, true)).to.equal(reference(bytes, BigInt(seed)));
      }),
      { seed: 64, numRuns: 500 },
    );
  });

  it("twox survives words of all ones and all zeros, where carries run longest", () => {
    for (let length = 0; length < 100; length++) {
      for (const fill of [0, 0xff]) {
        const bytes = new Uint8Array(length).fill(fill);
        expect(new DataView(twox(bytes, 16).buffer).getBigUint64(8, true)).to.equal(reference(bytes, 1n));
      }
    }
  });
});
