import { expect } from "chai";
import fc from "fast-check";
import { Lexer } from "../../../spec-tests/wast/lexer.ts";
import { LineCounter, positionOf, WastSyntaxError } from "../../../spec-tests/wast/position.ts";

const UTF8 = new TextEncoder();

/** The tokens as they are written. */
function tokens(text: string): string[] {
  const source = UTF8.encode(text);
  const lexer = new Lexer(source, "test.wast");
  const found: string[] = [];
  for (let token = lexer.next(); token.kind !== "end"; token = lexer.next()) {
    found.push(new TextDecoder().decode(source.subarray(token.start, token.end)));
  }
  expect(lexer.next().kind).to.equal("end");
  return found;
}

function place(text: string): string {
  try {
    tokens(text);
  } catch (error) {
    if (!(error instanceof WastSyntaxError)) throw error;
    expect(error.message).to.match(new RegExp(`^test.wast:${error.line}:${error.column}: .`));
    return `${error.line}:${error.column}`;
  }
  return "no error";
}

describe("spec-tests/wast/lexer", () => {
  it("splits words, strings and parentheses", () => {
    expect(tokens('(invoke $a.b "x y"(i32.const -0x1))')).to.deep.equal([
      "(",
      "invoke",
      "$a.b",
      '"x y"',
      "(",
      "i32.const",
      "-0x1",
      ")",
      ")",
    ]);
    expect(tokens("")).to.deep.equal([]);
    expect(tokens('"a\\"b""\\\\"')).to.deep.equal(['"a\\"b"', '"\\\\"']);
    expect(tokens('a;;b\nc(;d;)e"(;"')).to.deep.equal(["a", "c", "e", '"(;"']);
  });

  it("passes over comments and annotations, nested as they may be", () => {
    expect(tokens(';; ( "\n(;(; ;; ;) ( ;)x(;;)y;;')).to.deep.equal(["x", "y"]);
    expect(tokens('x(@name a (b ")" "\\")") ;; )\n (; ) ;) c)y(@a)')).to.deep.equal(["x", "y"]);
    expect(tokens("(;\u00e9 \u0007;)x")).to.deep.equal(["x"]);
  });

  it("finds the same tokens whatever is between them", () => {
    const token = fc.constantFrom("(", ")", "$x", "7", '"a\\"(;"', "i32.const");
    const space = fc.constantFrom(" ", "\t", "\n", "\r\n", " ;;c\n", "(;c;)", '(;(;)";);)', '(@a ( ")" ))');
    fc.assert(
      fc.property(fc.array(fc.tuple(token, space)), (pairs) => {
        expect(tokens(pairs.flat().join(""))).to.deep.equal(pairs.map(([text]) => text));
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it("says where what it cannot read begins", () => {
    expect(place('a\n  "b')).to.equal("2:3");
    expect(place('"a\nb"')).to.equal("1:1");
    expect(place('"\\')).to.equal("1:1");
    expect(place("x\n\n y(; (; ;)")).to.equal("3:3");
    expect(place("(@a (b)")).to.equal("1:1");
    expect(place('é "é" ;')).to.equal("1:1");
    expect(place('"é" ;x')).to.equal("1:5");
    expect(place("a \u0000")).to.equal("1:3");
  });

  it("reads any bytes or refuses them with a place, in steps that end", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'()";@\\\n a\u0000é') }), (text) => {
        const found = place(text);
        if (found !== "no error") expect(found).to.match(/^[1-9]\d*:[1-9]\d*$/);
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  it("does not mind deep nesting", () => {
    const depth = 200_000;
    expect(tokens(`${"(;".repeat(depth)}${";)".repeat(depth)}x`)).to.deep.equal(["x"]);
    expect(tokens(`(@a${"(".repeat(depth)}${")".repeat(depth)})x`)).to.deep.equal(["x"]);
  });
});

describe("spec-tests/wast/position", () => {
  it("counts lines and characters from 1", () => {
    const source = UTF8.encode("aé\n\nx€y");
    expect(positionOf(source, 0)).to.deep.equal({ line: 1, column: 1 });
    expect(positionOf(source, 3)).to.deep.equal({ line: 1, column: 3 });
    expect(positionOf(source, 5)).to.deep.equal({ line: 3, column: 1 });
    expect(positionOf(source, 9)).to.deep.equal({ line: 3, column: 3 });
    const lines = new LineCounter(source);
    expect([0, 3, 4, 5, 5, 10].map((offset) => lines.lineAt(offset))).to.deep.equal([1, 1, 2, 3, 3, 3]);
  });
});
