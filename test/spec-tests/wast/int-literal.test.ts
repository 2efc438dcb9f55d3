import { expect } from "chai";
import fc from "fast-check";
import { intBits } from "../../../spec-tests/wast/int-literal.ts";
import { LiteralError } from "../../../spec-tests/wast/strings.ts";

const SEED = { seed: 1, numRuns: 2000 };

describe("spec-tests/wast/int-literal", () => {
  for (const width of [32, 64] as const) {
    it(`reads i${width} in every form, and exactly the range of both signs`, () => {
      const limit = 1n << BigInt(width);
      fc.assert(
        fc.property(
          fc.bigInt({ min: -2n * limit, max: 2n * limit }),
          fc.boolean(),
          fc.nat({ max: 30 }),
          fc.nat(),
          (value, hex, zeros, mask) => {
            const magnitude = value < 0n ? -value : value;
            const digits = "0".repeat(zeros) + magnitude.toString(hex ? 16 : 10);
            const spread = [...digits].map((digit, i) =>
              i > 0 && (mask >> (i % 31)) & 1 ? `_${digit}` : digit,
            );
            const sign = value < 0n ? "-" : mask % 2 === 0 ? "+" : "";
            const text = `${sign}${hex ? "0x" : ""}${spread.join("")}`;
            if (value >= -limit / 2n && value < limit) {
              expect(intBits(text, width), text).to.equal(BigInt.asUintN(width, value));
            } else {
              expect(() => intBits(text, width), text).to.throw(LiteralError, `does not fit i${width}`);
            }
          },
        ),
        SEED,
      );
    });
  }

  it("knows the ends of the ranges", () => {
    expect(intBits("0xffff_ffff", 32)).to.equal(0xffff_ffffn);
    expect(intBits("-0x8000_0000", 32)).to.equal(0x8000_0000n);
    expect(intBits("-0", 64)).to.equal(0n);
    for (const text of ["0x1_0000_0000", "4294967296", "-2147483649", `1${"0".repeat(90_000)}`]) {
      expect(() => intBits(text, 32)).to.throw(LiteralError, "does not fit i32");
    }
  });

  it("refuses what is no literal", () => {
    const wrong = [
      "",
      "+",
      "-",
      "0x",
      "_1",
      "1_",
      "1__0",
      "0x_1",
      "0x1_",
      "0X1",
      "0b1",
      "1.0",
      "1e3",
      "a",
      "0xg",
      "--1",
      " 1",
    ];
    for (const text of wrong)
      expect(() => intBits(text, 64), `"${text}"`).to.throw(LiteralError, "not an integer");
  });
});
