import { expect } from "chai";
import fc from "fast-check";
import { compareBytes, fromLatin1, startsWith, toLatin1 } from "../../src/host/bytes.ts";
import { bytesToHex, HexError, hexToBytes } from "../../src/host/hex.ts";

function refusal(text: string): HexError {
  try {
    hexToBytes(text);
  } catch (error) {
    if (error instanceof HexError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

describe("hex", () => {
  it("turns bytes into lower-case digits and back", () => {
    expect(bytesToHex(Uint8Array.of(0, 0xab, 0xff))).to.equal("0x00abff");
    expect(bytesToHex(new Uint8Array(0))).to.equal("0x");
    expect(hexToBytes("0x00ABff")).to.deep.equal(Uint8Array.of(0, 0xab, 0xff));
    expect(hexToBytes("00ab", "optional")).to.deep.equal(Uint8Array.of(0, 0xab));
  });

  it("refuses what is not hex, and says where", () => {
    expect(refusal("00ab")).to.include({ kind: "missing-prefix", offset: 0 });
    expect(refusal("0x0")).to.include({ kind: "odd-length" });
    expect(refusal("0x0g")).to.include({ kind: "bad-digit", offset: 3 });
    expect(refusal("0x:0")).to.include({ kind: "bad-digit", offset: 2 });
    expect(refusal("0x@`")).to.include({ kind: "bad-digit", offset: 2 });
    expect(refusal("0xı0")).to.include({ kind: "bad-digit", offset: 2 });
  });

  it("round-trips any bytes, also beyond one chunk", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(hexToBytes(bytesToHex(bytes))).to.deep.equal(bytes);
      }),
      { seed: 1, numRuns: 100 },
    );
    const long = Uint8Array.from({ length: 20_000 }, (_, i) => i * 7);
    expect(hexToBytes(bytesToHex(long))).to.deep.equal(long);
  });
});

describe("bytes", () => {
  it("orders bytes as Buffer.compare does, and Latin-1 strings the same way", () => {
    const short = fc.uint8Array({ maxLength: 6 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        const expected = Buffer.compare(a, b);
        expect(Math.sign(compareBytes(a, b))).to.equal(expected);
        const [x, y] = [toLatin1(a), toLatin1(b)];
        expect(x < y ? -1 : x > y ? 1 : 0).to.equal(expected);
        expect(startsWith(a, b)).to.equal(x.startsWith(y));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("turns any length into Latin-1 and back", () => {
    for (const length of [0, 1, 1024, 1025, 5000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => i % 256);
      expect(fromLatin1(toLatin1(bytes))).to.deep.equal(bytes);
    }
  });
});
