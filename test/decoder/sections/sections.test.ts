import { expect } from "chai";
import { decode } from "../../../src/decoder/index.ts";
import {
  bytesOf,
  decodingRefusal,
  expectRefusal,
  F32,
  F64,
  I32,
  I64,
  name,
  OP,
  section,
  signed,
  vector,
} from "../assemble.ts";

const END = OP["end"]!;
const ZERO = [OP["i32.const"]!, 0, END];

/** Decodes a module of this one section. */
function decodeSection(id: number, content: readonly number[]) {
  return decode(bytesOf(section(id, content)));
}

function refuseSection(id: number, content: readonly number[]) {
  return decodingRefusal(bytesOf(section(id, content)));
}

describe("decoder: sections", () => {
  it("type: value types, and nothing else", () => {
    const { types } = decodeSection(1, vector([[0x60, 4, I32, I64, F32, F64, 1, F64]]));
    expect(types).to.deep.equal([{ params: [I32, I64, F32, F64], results: [F64] }]);
    for (const byte of [0x00, 0x40, 0x60, 0x6f, 0x70, 0x7b, 0xff]) {
      expectRefusal(refuseSection(1, [1, 0x60, 1, byte, 0]), "malformed", "malformed value type", 13);
    }
    expectRefusal(refuseSection(1, [1, 0x5f, 0, 0]), "malformed", "malformed function type", 11);
  });

  it("import: the four kinds, which open the index spaces", () => {
    const entry = (...desc: number[]) => [...name(""), ...name("\ufeff\0é"), ...desc];
    const module = decodeSection(
      2,
      vector([
        entry(0x00, 7),
        entry(0x01, 0x70, 0, 1),
        entry(0x02, 1, 1, 2),
        entry(0x03, I64, 1),
        entry(0x00, 0),
      ]),
    );
    expect(module.imports.map(({ desc }) => desc)).to.deep.equal([
      { kind: "func", typeIndex: 7 },
      { kind: "table", type: { element: 0x70, min: 1, max: undefined } },
      { kind: "memory", type: { min: 1, max: 2 } },
      { kind: "global", type: { type: I64, mutable: true } },
      { kind: "func", typeIndex: 0 },
    ]);
    expect(module.imports[0]!.name).to.equal("\ufeff\0é");
    expect(module.functions).to.deep.equal([7, 0]);
    expect(module.importedFunctionCount).to.equal(2);
    expect(module.importedGlobalCount).to.equal(1);
    expect([module.tables.length, module.memories.length]).to.deep.equal([1, 1]);
    for (const kind of [4, 5, 0x80]) {
      expectRefusal(refuseSection(2, [1, 0, 0, kind, 0]), "malformed", "malformed import kind", 13);
    }
    expectRefusal(refuseSection(2, [1, 1, 0xc0, 0, 0, 0]), "malformed", "malformed UTF-8 encoding", 12);
    expectRefusal(refuseSection(2, [1, 0, 9, 0, 0, 0]), "malformed", "length out of bounds", 12);
  });

  it("table and memory: limits with and without a maximum", () => {
    expect(decodeSection(4, vector([[0x70, 0, 3]])).tables).to.deep.equal([
      { element: 0x70, min: 3, max: undefined },
    ]);
    expect(decodeSection(5, vector([[1, 3, 2]])).memories).to.deep.equal([{ min: 3, max: 2 }]);
    expectRefusal(refuseSection(4, [1, 0x6f, 0, 0]), "malformed", "malformed element type", 11);
    expectRefusal(refuseSection(5, [1, 2, 0, 0]), "malformed", "integer too large", 11);
    expectRefusal(refuseSection(5, [1, 0x80, 0]), "malformed", "integer representation too long", 11);
    expectRefusal(refuseSection(5, [1, 1, 0]), "malformed", "unexpected end of section or function", 13);
  });

  it("global: types and initialisers, as bits", () => {
    const { globalDefs } = decodeSection(
      6,
      vector([
        [I32, 0, OP["i32.const"]!, ...signed(-1), END],
        [I64, 1, OP["i64.const"]!, ...signed(-(2n ** 63n)), END],
        [F32, 0, OP["f32.const"]!, 1, 0, 0xa0, 0x7f, END],
        [F64, 1, OP["f64.const"]!, 1, 2, 3, 4, 5, 6, 7, 0xf8, END],
      ]),
    );
    expect(globalDefs).to.deep.equal([
      { type: { type: I32, mutable: false }, init: { kind: "const", type: I32, lo: -1, hi: 0 } },
      { type: { type: I64, mutable: true }, init: { kind: "const", type: I64, lo: 0, hi: -(2 ** 31) } },
      { type: { type: F32, mutable: false }, init: { kind: "const", type: F32, lo: 0x7fa00001, hi: 0 } },
      {
        type: { type: F64, mutable: true },
        init: { kind: "const", type: F64, lo: 0x04030201, hi: 0xf8070605 | 0 },
      },
    ]);
    expectRefusal(refuseSection(6, [1, I32, 2, ...ZERO]), "malformed", "malformed mutability", 12);
    expectRefusal(refuseSection(6, [1, 0x70, 0, ...ZERO]), "malformed", "malformed value type", 11);
  });

  it("initialisers: constant operators only, exactly one, ended", () => {
    const init = (...code: number[]) => refuseSection(6, [1, I32, 0, ...code]);
    expectRefusal(init(END), "invalid", "type mismatch", 13);
    expectRefusal(init(...ZERO.slice(0, 2), ...ZERO), "invalid", "type mismatch", 15);
    expectRefusal(init(OP["nop"]!, ...ZERO), "invalid", "constant expression required", 13);
    expectRefusal(
      init(...ZERO.slice(0, 2), OP["i32.eqz"]!, END),
      "invalid",
      "constant expression required",
      15,
    );
    expectRefusal(init(OP["local.get"]!, 0, END), "invalid", "constant expression required", 13);
    expectRefusal(init(OP["global.set"]!, 0, END), "invalid", "constant expression required", 13);
    expectRefusal(init(OP["memory.size"]!, 0, END), "invalid", "constant expression required", 13);
    expectRefusal(init(0xfc, 0, END), "invalid", "constant expression required", 13);
    expectRefusal(init(0xd4, 0, END), "malformed", "illegal opcode 0xd4", 13);
    expectRefusal(init(...ZERO.slice(0, 2)), "malformed", "unexpected end of section or function");
  });

  it("export: the four kinds", () => {
    const entry = (kind: number) => [...name("e"), kind, 5];
    const { exports } = decodeSection(7, vector([0, 1, 2, 3].map(entry)));
    expect(exports.map(({ kind }) => kind)).to.deep.equal(["func", "table", "memory", "global"]);
    expect(exports.every(({ index }) => index === 5)).to.equal(true);
    expectRefusal(refuseSection(7, [1, 1, 0x65, 4, 0]), "malformed", "malformed export kind", 13);
  });

  it("start, element, data: indices, offsets and contents", () => {
    expect(decodeSection(8, [0x83, 0x00]).start).to.equal(3);
    const { elements } = decodeSection(
      9,
      vector([
        [0, ...ZERO, 3, 1, 0x80, 0x01, 2],
        [9, OP["global.get"]!, 4, END, 0],
      ]),
    );
    expect([...elements[0]!.functions]).to.deep.equal([1, 128, 2]);
    expect(elements[1]).to.deep.include({ table: 9, offset: { kind: "global.get", index: 4 } });
    const { data } = decodeSection(
      11,
      vector([
        [0, ...ZERO, 0],
        [1, ...ZERO, 2, 7, 8],
      ]),
    );
    expect(data.map(({ memory, bytes }) => [memory, ...bytes])).to.deep.equal([[0], [1, 7, 8]]);
    expectRefusal(
      refuseSection(11, [1, 0, ...ZERO, 3, 1, 2]),
      "malformed",
      "unexpected end of section or function",
    );
  });
});
