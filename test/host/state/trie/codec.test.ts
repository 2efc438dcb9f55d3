import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, hexToBytes } from "../../../../src/host/hex.ts";
import { ScaleError } from "../../../../src/host/scale/index.ts";
import { blake2b256 } from "../../../../src/host/state/hash.ts";
import { decodeNode, encodeNode, HashStub, TrieNode } from "../../../../src/host/state/trie/index.ts";
import { naiveTrie } from "./naive-trie.ts";

const decode = (digits: string) => decodeNode(hexToBytes(digits, "optional"));
const HASH = "11".repeat(32);

function expectRefusal(digits: string, kind: ScaleError["kind"], reason: RegExp): void {
  try {
    decode(digits);
  } catch (error) {
    expect(error).to.be.instanceOf(ScaleError);
    expect(error).to.include({ kind, context: "trie node" });
    expect((error as ScaleError).reason).to.match(reason);
    return;
  }
  expect.fail(`${digits} was taken`);
}

describe("trie node codec", () => {
  it("knows the five variants", () => {
    const leaf = decode("42aa04bb");
    expect(leaf.partial).to.deep.equal(Uint8Array.of(10, 10));
    expect(leaf.value).to.deep.equal({ hashed: false, bytes: Uint8Array.of(0xbb) });
    expect(leaf.children).to.equal(undefined);

    const hashedLeaf = decode(`2201${HASH}`);
    expect(hashedLeaf.value).to.deep.equal({
      hashed: true,
      hash: new Uint8Array(32).fill(0x11),
      bytes: undefined,
    });

    const branch = decode(`8106 0100 80${HASH}`.replaceAll(" ", ""));
    expect(branch.partial).to.deep.equal(Uint8Array.of(6));
    expect(branch.value).to.equal(undefined);
    expect(branch.children?.[0]).to.be.instanceOf(HashStub);
    expect(branch.children?.[1]).to.equal(undefined);

    const branchValue = decode("c261400004311041020432");
    expect(branchValue.value).to.deep.equal({ hashed: false, bytes: Uint8Array.of(0x31) });
    expect(branchValue.children?.[6]).to.be.instanceOf(TrieNode);

    expect(decode(`1100 0100 ${HASH} 1041020432`.replaceAll(" ", "")).value?.hashed).to.equal(true);
  });

  it("encodes lengths at the edge of each header", () => {
    const header = (length: number, hashed: boolean, branch: boolean) => {
      const value = hashed
        ? { hashed: true as const, hash: new Uint8Array(32), bytes: undefined }
        : { hashed: false as const, bytes: new Uint8Array(0) };
      const children = branch
        ? Array.from({ length: 16 }, (_, i) => (i ? undefined : new HashStub(new Uint8Array(32))))
        : undefined;
      const node = new TrieNode(new Uint8Array(length), value, children);
      const bytes = encodeNode(node);
      expect(decodeNode(bytes)).to.deep.equal(node);
      return bytesToHex(bytes.slice(0, 3));
    };
    expect(header(62, false, false)).to.equal("0x7e0000");
    expect(header(63, false, false)).to.equal("0x7f0000");
    expect(header(64, false, false)).to.equal("0x7f0100");
    expect(header(317, false, false)).to.equal("0x7ffe00");
    expect(header(318, false, false)).to.equal("0x7fff00");
    expect(header(319, false, false)).to.equal("0x7fff01");
    expect(header(30, true, false)).to.equal("0x3e0000");
    expect(header(31, true, false)).to.equal("0x3f0000");
    expect(header(14, true, true)).to.equal("0x1e0000");
    expect(header(15, true, true)).to.equal("0x1f0000");
    expect(header(63, false, true)).to.equal("0xff0000");
    header(65_535, false, false);
  });

  it("refuses what no trie contains", () => {
    expectRefusal("", "unexpected-end", /u8/);
    expectRefusal("00", "invalid-value", /header 0/);
    expectRefusal("0142aa04bb", "invalid-value", /header 1/);
    expectRefusal("0f", "invalid-value", /header 15/);
    expectRefusal("41aa04bb", "invalid-value", /padding/);
    expectRefusal("42aa04bb00", "trailing-bytes", /1 bytes/);
    expectRefusal("42aa08bb", "unexpected-end", /2 bytes announced/);
    expectRefusal("42", "unexpected-end", /1-byte/);
    expectRefusal("80 0000".replace(" ", ""), "invalid-value", /without children/);
    expectRefusal(`80010084${HASH}00`, "invalid-value", /33 bytes/);
    expectRefusal("80010000", "unexpected-end", /u8/);
    expectRefusal("8001000400", "invalid-value", /header 0/);
    expectRefusal(`2201${"11".repeat(31)}`, "unexpected-end", /32-byte/);
    expectRefusal(`7f${"ff".repeat(257)}`, "out-of-range", /65535 nibbles/);
    expectRefusal("7fff", "unexpected-end", /u8/);
  });

  it("decodes to what encodes to the same bytes, and takes nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), (bytes) => {
        let node: TrieNode;
        try {
          node = decodeNode(bytes);
        } catch (error) {
          expect(error).to.be.instanceOf(ScaleError);
          return;
        }
        expect(encodeNode(node)).to.deep.equal(bytes);
      }),
      { seed: 11, numRuns: 2000 },
    );
  });

  it("does so for real nodes with a bit flipped too", () => {
    const map = new Map(
      Array.from({ length: 40 }, (_, i) => [
        ((i * 2654435761) % 65536).toString(16).padStart(4, "0"),
        { bytes: new Uint8Array(i), hashed: i % 3 === 0 },
      ]),
    );
    const { proof } = naiveTrie(map, blake2b256);
    let decoded = 0;
    for (const bytes of proof.values()) {
      for (let bit = -1; bit < bytes.length * 8; bit++) {
        const changed = bytes.slice();
        if (bit >= 0) changed[bit >> 3] ^= 1 << (bit & 7);
        try {
          expect(encodeNode(decodeNode(changed))).to.deep.equal(changed);
          decoded++;
        } catch (error) {
          expect(error).to.be.instanceOf(ScaleError);
        }
      }
    }
    expect(decoded).to.be.above(40);
  });
});
