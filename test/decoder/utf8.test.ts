import { expect } from "chai";
import fc from "fast-check";
import { decodeUtf8 } from "../../src/decoder/utf8.ts";

const SEED = 3629;

function decode(bytes: Uint8Array): string | undefined {
  return decodeUtf8(bytes, 0, bytes.length);
}

/** What the platform's decoder says. */
function platform(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

describe("decoder: UTF-8", () => {
  it("reads what was written, byte order marks, NULs and all planes included", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 1500, size: "max" }), (text) => {
        expect(decode(new TextEncoder().encode(text))).to.equal(text);
      }),
      { seed: SEED, numRuns: 40 },
    );
    for (const text of ["", "\ufeff", "\ufeffname", "\0", "\u{10ffff}", "e\u0301", "\u00e9"]) {
      expect(decode(new TextEncoder().encode(text))).to.equal(text);
    }
  });

  it("agrees with the platform on every sequence of two bytes, and on those of three and four at the edges", () => {
    const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
    let compared = 0;
    const wrong: string[] = [];
    function compare(...sequence: number[]): void {
      const bytes = Uint8Array.from(sequence);
      compared++;
      if (decode(bytes) !== platform(bytes)) wrong.push(sequence.join());
    }
    for (let first = 0x80; first < 256; first++) {
      compare(first);
      for (let second = 0; second < 256; second++) compare(first, second);
      if (first < 0xdf || first > 0xf5) continue;
      for (const a of edges) {
        for (const b of edges) {
          compare(first, a, b);
          for (const c of edges) compare(first, a, b, c);
        }
      }
    }
    expect(wrong).to.deep.equal([]);
    expect(compared).to.be.above(50_000);
  });

  it("agrees with the platform on random bytes", () => {
    const byte = fc.oneof(fc.integer({ min: 0x80, max: 0xf7 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 12 }), (bytes) => {
        expect(decode(Uint8Array.from(bytes))).to.equal(platform(Uint8Array.from(bytes)));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("joins long texts at any place, also between the halves of a pair", () => {
    for (const before of [1022, 1023, 1024, 1025]) {
      const text = `${"a".repeat(before)}\u{1f600}${"b".repeat(1500)}`;
      expect(decode(new TextEncoder().encode(text))).to.equal(text);
    }
  });
});
