import { expect } from "chai";
import { type Feature, load, type ModuleError } from "../../../src/decoder/index.ts";
import {
  body,
  bytesOf,
  expectRefusal,
  funcType,
  I32,
  name,
  refusal,
  section,
  unsigned,
  vector,
} from "../assemble.ts";

const FUNCREF = 0x70;
const EXTERNREF = 0x6f;

/** Two tables, a memory, a passive segment of each kind, and a function with this code. */
function moduleWith(code: readonly number[], results: readonly number[] = []): Uint8Array {
  return bytesOf(
    section(1, vector([funcType([], [...results])])),
    section(3, vector([[0]])),
    section(
      4,
      vector([
        [FUNCREF, 0, 4],
        [EXTERNREF, 0, 4],
      ]),
    ),
    section(5, vector([[0, 1]])),
    section(7, vector([[...name("f"), 0, 0]])),
    section(9, vector([[1, 0, ...vector([[0]])]])),
    section(12, unsigned(1)),
    section(10, vector([body(code)])),
    section(11, vector([[1, ...vector([[7]])]])),
  );
}

const i32 = [0x41, 0];
const nullFunction = [0xd0, FUNCREF];
const nullExtern = [0xd0, EXTERNREF];

describe("validator: references, tables and bulk operations", () => {
  const accepted: readonly (readonly [what: string, code: number[], results?: number[]])[] = [
    ["memory.init", [...i32, ...i32, ...i32, 0xfc, 8, 0, 0]],
    ["data.drop", [0xfc, 9, 0]],
    ["memory.copy", [...i32, ...i32, ...i32, 0xfc, 10, 0, 0]],
    ["memory.fill", [...i32, ...i32, ...i32, 0xfc, 11, 0]],
    ["table.init", [...i32, ...i32, ...i32, 0xfc, 12, 0, 0]],
    ["elem.drop", [0xfc, 13, 0]],
    ["table.copy", [...i32, ...i32, ...i32, 0xfc, 14, 0, 0]],
    ["table.grow", [...nullExtern, ...i32, 0xfc, 15, 1], [I32]],
    ["table.size", [0xfc, 16, 1], [I32]],
    ["table.fill", [...i32, ...nullFunction, ...i32, 0xfc, 17, 0]],
    ["table.get", [...i32, 0x25, 1], [EXTERNREF]],
    ["table.set", [...i32, ...nullExtern, 0x26, 1]],
    ["ref.null", nullFunction, [FUNCREF]],
    ["ref.is_null", [...nullExtern, 0xd1], [I32]],
    ["ref.func", [0xd2, 0], [FUNCREF]],
    ["select t", [...nullExtern, ...nullExtern, ...i32, 0x1c, 1, EXTERNREF], [EXTERNREF]],
    ["call_indirect on any table of functions", [...i32, 0x11, 0, 0]],
  ];
  for (const [what, code, results] of accepted) {
    it(`accepts ${what}, and refuses it without the feature`, () => {
      load(moduleWith(code, results), { features: "2.0" });
      const without = (["bulk-memory", "reference-types"] as const).map((off) => {
        const features: Feature[] = (["bulk-memory", "reference-types"] as const).filter((f) => f !== off);
        return refusal(moduleWith(code, results), { features }) as ModuleError;
      });
      for (const { kind } of without) expect(["malformed", "invalid", "unsupported"]).to.include(kind);
    });
  }

  const refused: readonly (readonly [reason: string, code: number[], results?: number[]])[] = [
    ["type mismatch", [...i32, ...nullFunction, 0x26, 1]],
    ["type mismatch", [...i32, 0x25, 1], [FUNCREF]],
    ["type mismatch", [...i32, 0xd1], [I32]],
    ["type mismatch", [...nullExtern, ...nullExtern, ...i32, 0x1b], [EXTERNREF]],
    ["type mismatch", [...i32, ...i32, ...i32, 0xfc, 14, 0, 1]],
    ["type mismatch", [...i32, ...i32, ...i32, 0xfc, 12, 0, 1]],
    ["type mismatch", [...i32, 0x11, 0, 1]],
    ["unknown table 2", [...i32, 0x25, 2], [FUNCREF]],
    ["unknown data segment 1", [0xfc, 9, 1]],
    ["unknown elem segment 1", [0xfc, 13, 1]],
    ["unknown function 1", [0xd2, 1], [FUNCREF]],
    ["invalid result arity", [...i32, ...i32, ...i32, 0x1c, 0]],
  ];
  for (const [reason, code, results] of refused) {
    it(`refuses ${code.join(" ")}: ${reason}`, () => {
      expectRefusal(refusal(moduleWith(code, results), { features: "2.0" }), "invalid", reason);
    });
  }

  it("holds code to the limit on operands that calls push", () => {
    const bytes = bytesOf(
      section(1, vector([funcType([], [I32, I32])])),
      section(3, vector([[0]])),
      section(10, vector([body([0x10, 0, 0x10, 0, 0x1a, 0x1a])])),
    );
    load(bytes, { features: "2.0", limits: { operands: 4 } });
    const error = refusal(bytes, { features: "2.0", limits: { operands: 3 } });
    expectRefusal(error, "limit", "too many operands: 4, the limit is 3");
  });
});
