import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import {
  decode,
  load,
  type Module,
  type SourcePosition,
  sourcePosition,
} from "../../../src/decoder/index.ts";
import { ImportMap, instantiate, Store, Trap } from "../../../src/interp/index.ts";
import { bytesOf, name, section } from "../assemble.ts";

const fixture = (version: number): Uint8Array =>
  new Uint8Array(
    readFileSync(new URL(`../../../../test/fixtures/dwarf/failing-${version}.wasm`, import.meta.url)),
  );

/** Where the frames of its trap are, innermost first. */
function failure(bytes: Uint8Array): (SourcePosition | undefined)[] {
  const module = load(bytes);
  try {
    instantiate(new Store(), module, new ImportMap()).call("fail", 1);
  } catch (error) {
    if (!(error instanceof Trap)) throw error;
    return error.wasmStack.map(({ offset }) => sourcePosition(module, offset!));
  }
  throw new Error("it did not trap");
}

describe("source positions", () => {
  for (const version of [2, 3, 4, 5]) {
    it(`are read from line tables of DWARF ${version}`, () => {
      // Before version 5 only other sections name the folder of the compilation.
      const file = version === 5 ? "/project/dwarf/failing.c" : "dwarf/failing.c";
      expect(failure(fixture(version))).to.deep.equal([
        { file, line: 5, column: 19 },
        { file, line: 11, column: 12 },
        { file, line: 17, column: 10 },
      ]);
    });
  }

  it("are not known where there are no tables, or outside of code", () => {
    const module = load(fixture(4));
    expect(sourcePosition(module, 0)).to.equal(undefined);
    expect(sourcePosition(module, module.bytes.length)).to.equal(undefined);
    expect(sourcePosition(load(bytesOf()), 8)).to.equal(undefined);
  });

  it("are read as far as they can be, and never make an error", () => {
    const original = fixture(5);
    const { bytes: line } = decode(original).customSections.find((custom) => custom.name === ".debug_line")!;
    const start = line.byteOffset;
    const edits = fc.array(fc.tuple(fc.nat(line.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    let known = 0;
    fc.assert(
      fc.property(edits, (changes) => {
        const bytes = original.slice();
        for (const [at, value] of changes) bytes[start + at] = value;
        for (const position of failure(bytes)) {
          if (position === undefined) continue;
          known++;
          expect(position.line).to.be.above(0);
          expect(position.file).to.be.a("string");
        }
      }),
      { numRuns: 300, seed: 5 },
    );
    expect(known).to.be.above(0);
  });

  it("of random bytes are found in linear time", () => {
    const at = (bytes: Uint8Array): Module => decode(bytesOf(section(0, [...name(".debug_line"), ...bytes])));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const unit = Uint8Array.from([bytes.length, 0, 0, 0, ...bytes]);
        expect(sourcePosition(at(unit), 40)).to.satisfy(
          (p: unknown) => p === undefined || typeof p === "object",
        );
      }),
      { numRuns: 500, seed: 6 },
    );
    // Tables that claim four billion entries of nothing; numbers without end.
    const header = [5, 0, 4, 0, 40, 0, 0, 0, 1, 1, 1, 0xfb, 14, 1];
    for (const rest of [
      [0, 0xff, 0xff, 0xff, 0xff, 0x0f],
      [1, 1, 8, 0xff, 0xff, 0xff, 0xff, 0x0f],
      new Array<number>(300).fill(0x80),
    ]) {
      const unit = [...header, ...rest, ...new Array<number>(64).fill(0)];
      expect(sourcePosition(at(Uint8Array.from([unit.length, 0, 0, 0, ...unit])), 40)).to.equal(undefined);
    }
  });
});
