import { expect } from "chai";
import fc from "fast-check";
import { floatBits } from "../../../spec-tests/wast/float-literal.ts";
import { LiteralError } from "../../../spec-tests/wast/strings.ts";

const SEED = { seed: 20_190_705, numRuns: 2000 };
const F32_INFINITY = 0x7f80_0000n;
const F64_INFINITY = 0x7ff0_0000_0000_0000n;

const view = new DataView(new ArrayBuffer(8));

function bitsOfF64(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

function f64OfBits(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function f32OfBits(bits: bigint): number {
  view.setUint32(0, Number(bits));
  return view.getFloat32(0);
}

/** A finite positive number as numerator × 2^-1200. */
function exact(bits: bigint, width: 32 | 64): bigint {
  const [fraction, bias] = width === 32 ? [23n, 127n] : [52n, 1023n];
  const significand = bits & ((1n << fraction) - 1n);
  const exponent = bits >> fraction;
  const hidden = exponent === 0n ? 0n : 1n << fraction;
  return (hidden | significand) << (1200n - bias - fraction + (exponent === 0n ? 1n : exponent));
}

/**
 * Whether `bits` is the nearest to numerator / denominator, told by comparing with both neighbours: knows nothing
 * of how the number was rounded. Infinity counts as the number that would follow the greatest.
 */
function isNearest(bits: bigint, numerator: bigint, denominator: bigint, width: 32 | 64): boolean {
  const value = numerator << 1200n;
  const distance = (candidate: bigint) => {
    const difference = value - exact(candidate, width) * denominator;
    return difference < 0n ? -difference : difference;
  };
  const own = distance(bits);
  const infinity = width === 32 ? F32_INFINITY : F64_INFINITY;
  const neighbours = [bits - 1n, bits + 1n].filter((other) => other >= 0n && other <= infinity);
  return neighbours.every((other) => own < distance(other) || (own === distance(other) && bits % 2n === 0n));
}

/** Puts underscores where bits of the mask say so, between digits only. */
function underscored(digits: string, mask: number): string {
  return [...digits].map((digit, i) => (i > 0 && (mask >> (i % 31)) & 1 ? `_${digit}` : digit)).join("");
}

const decimalDigits = fc.stringMatching(/^[0-9]{1,40}$/);
const hexDigits = fc.stringMatching(/^[0-9a-fA-F]{1,30}$/);

describe("spec-tests/wast/float-literal", () => {
  it("reads decimals of f64 as the engine's own parser does", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(floatBits(Object.is(value, -0) ? "-0" : String(value), 64)).to.equal(bitsOfF64(value));
      }),
      SEED,
    );
    fc.assert(
      fc.property(decimalDigits, decimalDigits, fc.integer({ min: -360, max: 300 }), (whole, fraction, e) => {
        const text = `${whole}.${fraction}e${e}`;
        const value = Number(text);
        if (value === Number.POSITIVE_INFINITY)
          expect(() => floatBits(text, 64)).to.throw(LiteralError, /too great/);
        else expect(floatBits(text, 64)).to.equal(bitsOfF64(value));
      }),
      SEED,
    );
  });

  for (const width of [32, 64] as const) {
    const [infinity, range] = width === 32 ? [F32_INFINITY, 60] : [F64_INFINITY, 340];

    it(`rounds decimals to the nearest f${width}`, () => {
      const exponent = fc.integer({ min: -range, max: range });
      fc.assert(
        fc.property(decimalDigits, decimalDigits, exponent, fc.nat(), (whole, fraction, e, mask) => {
          const text = `${underscored(whole, mask)}.${underscored(fraction, mask)}E${e < 0 ? e : `+${e}`}`;
          const scale = e - fraction.length;
          const digits = BigInt(whole + fraction);
          const [numerator, denominator] =
            scale < 0 ? [digits, 10n ** BigInt(-scale)] : [digits * 10n ** BigInt(scale), 1n];
          const bits = bitsOrInfinity(text, width, infinity);
          expect(
            isNearest(bits, numerator, denominator, width),
            `${text} gave 0x${bits.toString(16)}`,
          ).to.equal(true);
        }),
        SEED,
      );
    });

    it(`rounds hexadecimals to the nearest f${width}`, () => {
      const exponent = fc.integer({ min: -3.5 * range, max: 3.5 * range });
      fc.assert(
        fc.property(hexDigits, hexDigits, exponent, fc.nat(), (whole, fraction, e, mask) => {
          const text = `0x${underscored(whole, mask)}.${underscored(fraction, mask)}p${e}`;
          const scale = e - 4 * fraction.length;
          const digits = BigInt(`0x${whole}${fraction}`);
          const [numerator, denominator] =
            scale < 0 ? [digits, 1n << BigInt(-scale)] : [digits << BigInt(scale), 1n];
          const bits = bitsOrInfinity(text, width, infinity);
          expect(
            isNearest(bits, numerator, denominator, width),
            `${text} gave 0x${bits.toString(16)}`,
          ).to.equal(true);
        }),
        SEED,
      );
    });

    it(`reads back every finite f${width} from its hexadecimal digits, and ties go to even`, () => {
      const least = width === 32 ? 149 : 1074;
      fc.assert(
        fc.property(fc.bigInt({ min: 1n, max: infinity - 2n }), fc.boolean(), (bits, negative) => {
          // Twice the value in units of half the least number: `half` is midway to the next number up.
          const value = exact(bits, width) >> BigInt(1200 - least - 1);
          const next = exact(bits + 1n, width) >> BigInt(1200 - least - 1);
          const half = (value + next) / 2n;
          const sign = negative ? "-" : "";
          const signBit = negative ? 1n << BigInt(width - 1) : 0n;
          const read = (units: bigint, tail = "") =>
            floatBits(`${sign}0x${units.toString(16)}${tail}p-${least + 1}`, width) ^ signBit;
          expect(read(value)).to.equal(bits);
          expect(read(half)).to.equal(bits % 2n === 0n ? bits : bits + 1n);
          expect(read(half, `.${"0".repeat(900)}1`)).to.equal(bits + 1n);
        }),
        SEED,
      );
    });
  }

  it("rounds f32 once, not by way of f64", () => {
    // Just above the middle between 1 and its successor, by less than f64 can tell.
    const text = "1.000000059604644775390625000000000000000000001";
    expect(Math.fround(Number(text))).to.equal(1);
    expect(floatBits(text, 32)).to.equal(0x3f80_0001n);
    expect(floatBits("1.000000059604644775390625", 32)).to.equal(0x3f80_0000n);
  });

  it("knows the ends of the ranges", () => {
    expect(floatBits("340282356779733661637539395458142568447.9999", 32)).to.equal(F32_INFINITY - 1n);
    expect(() => floatBits("340282356779733661637539395458142568448", 32)).to.throw(
      LiteralError,
      /too great/,
    );
    expect(floatBits("0x1.fffffefffffff8000000p+127", 32)).to.equal(F32_INFINITY - 1n);
    expect(() => floatBits("0x1.ffffffp+127", 32)).to.throw(LiteralError, /too great for f32/);
    expect(floatBits("1.7976931348623157e308", 64)).to.equal(F64_INFINITY - 1n);
    expect(() => floatBits("1.7976931348623159e308", 64)).to.throw(LiteralError, /too great for f64/);
    expect(floatBits("0x1p-149", 32)).to.equal(1n);
    expect(floatBits("0x1p-150", 32)).to.equal(0n);
    expect(floatBits("0x1.0000000000001p-150", 32)).to.equal(1n);
    expect(floatBits("-4.9e-324", 64)).to.equal(0x8000_0000_0000_0001n);
    expect(floatBits("-2.4703282292062327208e-324", 64)).to.equal(0x8000_0000_0000_0000n);
    expect(f32OfBits(floatBits("1.1754943508222875e-38", 32))).to.equal(2 ** -126);
    expect(f64OfBits(floatBits("0x0.fffffffffffff8p-1022", 64))).to.equal(2 ** -1022);
  });

  it("is not held up by huge exponents and long digits", () => {
    const nines = "9".repeat(50);
    expect(floatBits(`0e${nines}`, 64)).to.equal(0n);
    expect(floatBits(`1e-${nines}`, 64)).to.equal(0n);
    expect(floatBits(`-0x1p-${nines}`, 32)).to.equal(0x8000_0000n);
    expect(() => floatBits(`1e${nines}`, 64)).to.throw(LiteralError, /too great/);
    expect(() => floatBits(`0x1p+${nines}`, 32)).to.throw(LiteralError, /too great/);
    expect(floatBits(`0.${"0".repeat(50_000)}1e50001`, 64)).to.equal(bitsOfF64(1));
    expect(floatBits(`1${"0".repeat(50_000)}e-50000`, 32)).to.equal(0x3f80_0000n);
    expect(floatBits(`0x1${"0".repeat(50_000)}p-200000`, 32)).to.equal(0x3f80_0000n);
    // Exactly midway, and midway and a little: what decides stands at the very end.
    const midway = `1.${(2n ** 53n + 1n).toString().slice(1)}`;
    expect(midway).to.have.length(17);
    expect(floatBits(`9007199254740993.${"0".repeat(50_000)}`, 64)).to.equal(bitsOfF64(9007199254740992));
    expect(floatBits(`9007199254740993.${"0".repeat(50_000)}1`, 64)).to.equal(bitsOfF64(9007199254740994));
  });

  it("reads infinities and NaNs with their payloads", () => {
    expect(floatBits("inf", 32)).to.equal(F32_INFINITY);
    expect(floatBits("-inf", 64)).to.equal(0xfff0_0000_0000_0000n);
    expect(floatBits("+nan", 32)).to.equal(0x7fc0_0000n);
    expect(floatBits("-nan", 64)).to.equal(0xfff8_0000_0000_0000n);
    expect(floatBits("nan:0x1", 32)).to.equal(0x7f80_0001n);
    expect(floatBits("-nan:0x7f_ffff", 32)).to.equal(0xffff_ffffn);
    expect(floatBits("nan:0x0000000000000000000000f_ffff_ffff_ffff", 64)).to.equal(0x7fff_ffff_ffff_ffffn);
    for (const text of ["nan:0x0", "nan:0x80_0000", `nan:0x1${"0".repeat(1000)}`]) {
      expect(() => floatBits(text, 32), text).to.throw(LiteralError, /not a NaN of f32/);
    }
  });

  it("takes every form of the grammar", () => {
    const forms = [
      "1",
      "+1",
      "1.",
      "1.0",
      "1e0",
      "1.e0",
      "1.0E-0",
      "0x1",
      "0x1.",
      "0x1.0",
      "0x1p0",
      "0x1.p+0",
      "0x1.0P-0",
    ];
    for (const form of forms) expect(floatBits(form, 32), form).to.equal(0x3f80_0000n);
    expect(floatBits("0xA.Fp1", 32)).to.equal(floatBits("21.875", 32));
    expect(floatBits("0xe", 32)).to.equal(floatBits("14", 32));
  });

  it("refuses what is no literal", () => {
    const wrong = [
      "",
      "+",
      "-",
      ".1",
      "0x",
      "0x.1",
      "1e",
      "1e+",
      "0x1p",
      "1p1",
      "_1",
      "1_",
      "1__0",
      "1_.0",
      "1._0",
    ];
    wrong.push(
      "1.0_",
      "1e_1",
      "1e1_",
      "0x_1",
      "0x1_",
      "0x1p_1",
      "0x1.0e+1.",
      "0X1",
      "1.0.0",
      "--1",
      "+-1",
      "1 ",
    );
    wrong.push(
      "Inf",
      "infinity",
      "NaN",
      "nan:",
      "nan:1",
      "nan:0x",
      "nan:0x_1",
      "nan:canonical",
      "nan:0xg",
      "1f",
      "ten",
    );
    for (const text of wrong) expect(() => floatBits(text, 64), `"${text}"`).to.throw(LiteralError);
  });
});

function bitsOrInfinity(text: string, width: 32 | 64, infinity: bigint): bigint {
  try {
    return floatBits(text, width);
  } catch (error) {
    if (error instanceof LiteralError && /too great/.test(error.message)) return infinity;
    throw error;
  }
}
