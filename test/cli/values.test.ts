import { expect } from "chai";
import fc from "fast-check";
import { UsageError } from "../../src/cli/args.ts";
import { parseValue, valueToJson } from "../../src/cli/values.ts";
import { F32, F64, I32, I64, type ValType } from "../../src/decoder/index.ts";

const ROUNDS = { seed: 20200526, numRuns: 500 };

describe("cli/values", () => {
  const cases: [string, ValType, bigint][] = [
    ["-1", I32, 0xffffffffn],
    ["4294967295", I32, 0xffffffffn],
    ["0xFF", I32, 255n],
    ["-0x80000000", I32, 0x80000000n],
    ["+7", I64, 7n],
    ["-9223372036854775808", I64, 0x8000000000000000n],
    ["18446744073709551615", I64, 0xffffffffffffffffn],
    ["1", F32, 0x3f800000n],
    ["-0", F32, 0x80000000n],
    ["1.5e3", F64, 0x4097700000000000n],
    [".5", F64, 0x3fe0000000000000n],
    ["inf", F32, 0x7f800000n],
    ["-inf", F64, 0xfff0000000000000n],
    ["nan", F32, 0x7fc00000n],
    ["-nan", F64, 0xfff8000000000000n],
    ["nan:0x1", F32, 0x7f800001n],
    ["-nan:0xfffffffffffff", F64, 0xffffffffffffffffn],
  ];
  for (const [text, type, bits] of cases) {
    it(`reads ${text} as 0x${bits.toString(16)}`, () => {
      expect(parseValue(text, type)).to.equal(bits);
    });
  }

  const wrong: [string, ValType][] = [
    ["4294967296", I32],
    ["-2147483649", I32],
    ["18446744073709551616", I64],
    ["1.5", I32],
    ["", I32],
    ["0x", I64],
    ["abc", F64],
    ["1.5f", F32],
    ["nan:0x0", F32],
    ["nan:0x800000", F32],
    ["nan:0x10000000000000", F64],
    ["9".repeat(100), I64],
  ];
  for (const [text, type] of wrong) {
    it(`refuses "${text.slice(0, 24)}" for type 0x${type.toString(16)}`, () => {
      expect(() => parseValue(text, type)).to.throw(UsageError);
    });
  }

  it("loses nothing on the way to JSON and back, whatever the bits", () => {
    for (const [type, width] of [
      [I32, 32],
      [I64, 64],
      [F32, 32],
      [F64, 64],
    ] as const) {
      fc.assert(
        fc.property(fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n }), (bits) => {
          const json: unknown = JSON.parse(JSON.stringify(valueToJson(bits, type)));
          return parseValue(String(json), type) === bits;
        }),
        ROUNDS,
      );
    }
  });

  it("keeps the kinds of NaN apart", () => {
    const nans = [0x7fc00000n, 0xffc00000n, 0x7f800001n, 0x7fc00001n].map((bits) => valueToJson(bits, F32));
    expect(nans).to.deep.equal(["nan", "-nan", "nan:0x1", "nan:0x400001"]);
  });
});
