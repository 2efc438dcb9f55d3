import { expect } from "chai";
import fc from "fast-check";
import { LiteralError, stringBytes, stringName } from "../../../spec-tests/wast/strings.ts";

const UTF8 = new TextEncoder();

function bytes(text: string): number[] {
  return [...stringBytes(UTF8.encode(`"${text}"`))];
}

describe("spec-tests/wast/strings", () => {
  it("reads plain text and every escape", () => {
    expect(bytes("")).to.deep.equal([]);
    expect(bytes("aé")).to.deep.equal([0x61, 0xc3, 0xa9]);
    expect(bytes("\\t\\n\\r\\\"\\'\\\\")).to.deep.equal([0x09, 0x0a, 0x0d, 0x22, 0x27, 0x5c]);
    expect(bytes("\\00\\fF\\7fz")).to.deep.equal([0x00, 0xff, 0x7f, 0x7a]);
    expect(bytes("\\u{0}\\u{7f}\\u{20_AC}\\u{00010ffff}")).to.deep.equal([
      0, 0x7f, 0xe2, 0x82, 0xac, 0xf4, 0x8f, 0xbf, 0xbf,
    ]);
  });

  it("reads back any bytes, each plain or escaped", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 255 }), fc.boolean())), (wanted) => {
        const token = [0x22];
        for (const [byte, plain] of wanted) {
          if (plain && byte >= 0x20 && ![0x22, 0x5c, 0x7f].includes(byte)) token.push(byte);
          else token.push(...UTF8.encode(`\\${byte.toString(16).padStart(2, "0")}`));
        }
        token.push(0x22);
        expect([...stringBytes(Uint8Array.from(token))]).to.deep.equal(wanted.map(([byte]) => byte));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("reads back any character by its number", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const token = [...text].map((char) => `\\u{${char.codePointAt(0)!.toString(16)}}`).join("");
        expect(stringName(UTF8.encode(`"${token}"`))).to.equal(text);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it("keeps a byte-order mark in a name and refuses what is not UTF-8", () => {
    expect(stringName(UTF8.encode('"\\ef\\bb\\bfx"'))).to.equal("\ufeffx");
    for (const text of ["\\ff", "\\c3", "\\ed\\a0\\80", "\\c0\\80"]) {
      expect(() => stringName(UTF8.encode(`"${text}"`)), text).to.throw(LiteralError, "not UTF-8");
    }
  });

  it("refuses wrong escapes and control characters, and says where", () => {
    const wrong = ["\\x", "\\0", "\\0g", "\\u", "\\u{", "\\u{}", "\\u{g}", "\\u{_1}", "\\u{1_}", "\\u{1__2}"];
    wrong.push("\\u{d800}", "\\u{dfff}", "\\u{110000}", `\\u{${"f".repeat(1000)}}`, "\t", "\u007f", "\u0000");
    for (const text of wrong) {
      const error = thrownBy(() => bytes(`ab${text}`));
      expect(error, text).to.be.instanceOf(LiteralError);
      expect((error as LiteralError).offset, text).to.equal(3);
    }
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
