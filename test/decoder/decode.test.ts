import { expect } from "chai";
import { decode, isValidated, load, maxStackHeight, validate } from "../../src/decoder/index.ts";
import {
  body,
  bytesOf,
  completeModule,
  decodingRefusal,
  expectRefusal,
  funcType,
  HEADER,
  I32,
  name,
  OP,
  section,
  vector,
} from "./assemble.ts";

describe("decoder: modules", () => {
  it("reads everything of a complete module", () => {
    const module = decode(completeModule());
    expect(module.types.map(({ params, results }) => [params.length, results.length])).to.deep.equal([
      [0, 0],
      [2, 1],
    ]);
    expect(module.imports).to.deep.equal([
      { module: "env", name: "log", desc: { kind: "func", typeIndex: 0 } },
      { module: "env", name: "base", desc: { kind: "global", type: { type: I32, mutable: false } } },
    ]);
    expect(module.functions).to.deep.equal([0, 0, 1]);
    expect(module.importedFunctionCount).to.equal(1);
    expect(module.importedGlobalCount).to.equal(1);
    expect(module.globals).to.have.length(4);
    expect(module.globalDefs.map(({ init }) => init)).to.deep.equal([
      { kind: "const", type: 0x7e, lo: Number(BigInt.asIntN(32, -5_000_000_000n)), hi: -2 },
      { kind: "const", type: 0x7c, lo: 0, hi: 0x3ff80000 },
      { kind: "global.get", index: 0 },
    ]);
    expect(module.start).to.equal(1);
    expect([...module.elements[0]!.functions]).to.deep.equal([0, 1]);
    expect(module.bodies.map(({ localCount }) => localCount)).to.deep.equal([0, 3]);
    expect(module.bodies.every(({ end }) => module.bytes[end - 1] === OP["end"])).to.equal(true);
    expect(String.fromCharCode(...module.data[0]!.bytes)).to.equal("hello");
    expect(module.customSections.map((custom) => custom.name)).to.deep.equal(["before", "name"]);
    expect([...module.customSections[0]!.bytes]).to.deep.equal([1, 2, 3]);
    expect(module.names.module).to.equal("small");
    expect([...module.names.functions]).to.deep.equal([
      [0, "log"],
      [2, "add"],
    ]);
  });

  it("notes where each entry stands", () => {
    const { bytes, offsets } = decode(completeModule());
    expect(offsets.types.map((at) => bytes[at])).to.deep.equal([0x60, 0x60]);
    expect(offsets.imports.map((at) => bytes[at])).to.deep.equal([3, 3]);
    expect(offsets.exports.map((at) => bytes[at])).to.deep.equal([3, 5, 6, 7]);
    expect(bytes[offsets.start]).to.equal(1);
    expect(offsets.globals.map((at) => bytes[at])).to.deep.equal([0x7e, 0x7c, I32]);
    for (const entries of [
      offsets.functions,
      offsets.tables,
      offsets.memories,
      offsets.elements,
      offsets.data,
    ]) {
      expect(entries).to.not.be.empty;
    }
  });

  it("keeps a copy of its own of the bytes, also of a Node Buffer and of a part of a buffer", () => {
    for (const wrap of [
      (b: Uint8Array) => b,
      (b: Uint8Array) => Buffer.from(b.buffer, b.byteOffset, b.length),
    ]) {
      const outer = new Uint8Array(completeModule().length + 20);
      outer.set(completeModule(), 10);
      const module = decode(wrap(outer.subarray(10, outer.length - 10)));
      outer.fill(0xff);
      expect(module.bytes).to.deep.equal(completeModule());
      expect(String.fromCharCode(...module.data[0]!.bytes)).to.equal("hello");
      validate(module);
    }
  });

  it("validates once, the same object, and remembers", () => {
    const module = decode(completeModule());
    expect(isValidated(module)).to.equal(false);
    expect(() => maxStackHeight(module as ReturnType<typeof validate>, 0)).to.throw(RangeError);
    expect(validate(module)).to.equal(module);
    expect(isValidated(module)).to.equal(true);
    expect(validate(module)).to.equal(module);
    expect(isValidated(decode(completeModule()))).to.equal(false);
  });

  it("refuses what has not the header of a module", () => {
    const cases: readonly (readonly [readonly number[], string, number])[] = [
      [[], "unexpected end", 0],
      [[0x00, 0x61, 0x73], "unexpected end", 3],
      [[0x00, 0x61, 0x73, 0x6e, 1, 0, 0, 0], "magic header not detected", 0],
      [[0x6d, 0x73, 0x61, 0x00, 1, 0, 0, 0], "magic header not detected", 0],
      [HEADER.slice(0, 7), "unexpected end", 7],
      [[...HEADER.slice(0, 4), 2, 0, 0, 0], "unknown binary version", 4],
      [[...HEADER.slice(0, 4), 0x0d, 0, 1, 0], "unknown binary version", 4],
    ];
    for (const [bytes, reason, offset] of cases) {
      expectRefusal(decodingRefusal(Uint8Array.from(bytes)), "malformed", reason, offset);
    }
    expect(() => decode("\0asm" as unknown as Uint8Array)).to.throw(TypeError);
    load(Uint8Array.from(HEADER));
  });

  it("refuses sections out of order, twice, unknown, or of a wrong size", () => {
    const types = section(1, vector([funcType([], [])]));
    const functions = section(3, vector([[0]]));
    const code = section(10, vector([body([])]));
    load(bytesOf(types, functions, code));
    expectRefusal(
      decodingRefusal(bytesOf(functions, types, code)),
      "malformed",
      "junk after last section",
      12,
    );
    expectRefusal(decodingRefusal(bytesOf(types, types)), "malformed", "junk after last section", 14);
    expectRefusal(
      decodingRefusal(bytesOf(types, functions, code, functions)),
      "malformed",
      "junk after last section",
    );
    expectRefusal(decodingRefusal(bytesOf([12, 1, 0])), "malformed", "malformed section id", 8);
    expectRefusal(decodingRefusal(bytesOf([0x7f, 0])), "malformed", "malformed section id", 8);
    expectRefusal(decodingRefusal(bytesOf([1, 2, 0])), "malformed", "length out of bounds");
    expectRefusal(decodingRefusal(bytesOf([1, 2, 0, 0])), "malformed", "section size mismatch", 11);
    expectRefusal(decodingRefusal(bytesOf([1, 0])), "malformed", "unexpected end of section or function", 10);
    expectRefusal(decodingRefusal(bytesOf([1])), "malformed", "unexpected end", 9);
    // A section may not reach into the next: this type's results would stand there.
    const reaching = bytesOf([1, 3, 1, 0x60, 0], [3, 1, 0]);
    expectRefusal(decodingRefusal(reaching), "malformed", "unexpected end of section or function", 13);
  });

  it("takes custom sections anywhere, any number of one name, but not without a name", () => {
    const custom = section(0, [...name("x"), 0xff]);
    const module = load(
      bytesOf(custom, section(1, vector([funcType([], [])])), custom, custom, section(3, [0]), custom),
    );
    expect(module.customSections).to.have.length(4);
    expectRefusal(decodingRefusal(bytesOf([0, 0])), "malformed", "unexpected end", 10);
    expectRefusal(decodingRefusal(bytesOf(section(0, [2, 0x61]))), "malformed", "length out of bounds");
    expectRefusal(
      decodingRefusal(bytesOf(section(0, [1, 0x80]))),
      "malformed",
      "malformed UTF-8 encoding",
      11,
    );
  });

  it("refuses function and code sections that differ in length", () => {
    const types = section(1, vector([funcType([], [])]));
    const reason = "function and code section have inconsistent lengths";
    expectRefusal(decodingRefusal(bytesOf(types, section(3, vector([[0]])))), "malformed", reason);
    expectRefusal(decodingRefusal(bytesOf(types, section(10, vector([body([])])))), "malformed", reason);
    const two = section(10, vector([body([]), body([])]));
    expectRefusal(decodingRefusal(bytesOf(types, section(3, vector([[0]])), two)), "malformed", reason);
    load(bytesOf(section(3, [0]), section(10, [0])));
    load(bytesOf(section(10, [0])));
  });

  it("says in errors what they are about", () => {
    const error = decodingRefusal(bytesOf(section(1, vector([funcType([], []), [0x61, 0, 0]]))));
    expect(error.message).to.equal(
      "malformed module: malformed function type (at byte 0xe, type section, entry 1)",
    );
    expect(error.offset).to.equal(14);
    expect(error.context).to.equal("type section, entry 1");
  });
});
