import { expect } from "chai";
import { type Expected, matches, show, showAll } from "../../spec-tests/index.ts";
import { F32, F64, I32, I64, type ValType } from "../../src/decoder/index.ts";

const CANONICAL_F32 = { type: F32, nan: "canonical" } as const;
const ARITHMETIC_F32 = { type: F32, nan: "arithmetic" } as const;
const CANONICAL_F64 = { type: F64, nan: "canonical" } as const;
const ARITHMETIC_F64 = { type: F64, nan: "arithmetic" } as const;

describe("spec-tests/values", () => {
  const cases: [string, Expected, ValType, bigint, boolean][] = [
    ["equal bits", { type: I32, bits: 7n }, I32, 7n, true],
    ["other bits", { type: I32, bits: 7n }, I32, 8n, false],
    ["equal bits of another type", { type: I32, bits: 7n }, I64, 7n, false],
    ["-0 for +0", { type: F32, bits: 0n }, F32, 0x80000000n, false],
    ["a signalling NaN for itself", { type: F32, bits: 0x7fa00000n }, F32, 0x7fa00000n, true],
    ["a quiet NaN for a signalling one", { type: F32, bits: 0x7fa00000n }, F32, 0x7fe00000n, false],
    ["the canonical NaN", CANONICAL_F32, F32, 0x7fc00000n, true],
    ["the negative canonical NaN", CANONICAL_F32, F32, 0xffc00000n, true],
    ["a payload as canonical", CANONICAL_F32, F32, 0x7fc00001n, false],
    ["a payload as arithmetic", ARITHMETIC_F32, F32, 0xffc12345n, true],
    ["a signalling NaN as arithmetic", ARITHMETIC_F32, F32, 0x7fa00000n, false],
    ["infinity as a NaN", ARITHMETIC_F32, F32, 0x7f800000n, false],
    ["the canonical NaN of 64 bits", CANONICAL_F64, F64, 0xfff8000000000000n, true],
    ["a payload of 64 bits as canonical", CANONICAL_F64, F64, 0x7ff8000000000001n, false],
    ["a payload of 64 bits as arithmetic", ARITHMETIC_F64, F64, 0x7fffffffffffffffn, true],
    ["a 32-bit NaN for a 64-bit one", CANONICAL_F64, F32, 0x7fc00000n, false],
  ];
  for (const [title, expected, type, bits, result] of cases) {
    it(`${result ? "takes" : "refuses"} ${title}`, () => {
      expect(matches(expected, { type, bits })).to.equal(result);
    });
  }

  it("shows values for people", () => {
    expect(show({ type: I32, bits: 0xffffffffn })).to.equal("i32 4294967295");
    expect(show({ type: F32, bits: 0x80000000n })).to.equal("f32 0x80000000 (-0)");
    expect(show({ type: F64, bits: 0x3ff8000000000000n })).to.equal("f64 0x3ff8000000000000 (1.5)");
    expect(showAll([CANONICAL_F32, { type: I64, bits: 1n }])).to.equal("f32 nan:canonical, i64 1");
    expect(showAll([])).to.equal("nothing");
  });
});
