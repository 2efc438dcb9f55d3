import { expect } from "chai";
import fc from "fast-check";
import { ModuleError } from "../../src/decoder/errors.ts";
import { DEFAULT_LIMITS } from "../../src/decoder/limits.ts";
import { Reader } from "../../src/decoder/reader.ts";
import { signed, unsigned } from "./assemble.ts";

const SEED = 20190;

function readerOf(bytes: readonly number[]): Reader {
  return new Reader(Uint8Array.from(bytes), DEFAULT_LIMITS);
}

type Width = "u32" | "s32" | "s64";
const READ: { readonly [width in Width]: (reader: Reader) => bigint } = {
  u32: (reader) => BigInt(reader.u32()),
  s32: (reader) => BigInt(reader.s32()),
  s64: (reader) => {
    const lo = reader.s64();
    return (BigInt(reader.hi) << 32n) | BigInt(lo >>> 0);
  },
};
const RANGES = {
  u32: { min: 0n, max: 0xffff_ffffn },
  s32: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
  s64: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
} as const;
const MAX_BYTES = { u32: 5, s32: 5, s64: 10 } as const;

/** The same number in `length` bytes: the sign is repeated. */
function padded(bytes: readonly number[], length: number, negative: boolean): number[] {
  const all = [...bytes];
  while (all.length < length) {
    all[all.length - 1]! |= 0x80;
    all.push(negative ? 0x7f : 0x00);
  }
  return all;
}

describe("decoder: LEB128", () => {
  for (const width of ["u32", "s32", "s64"] as const) {
    const encode = width === "u32" ? unsigned : signed;

    it(`reads every ${width} it is given, padded to any allowed length`, () => {
      const numbers = fc.oneof(
        fc.bigInt(RANGES[width]),
        // Around the powers of two, where bytes begin and end.
        fc
          .tuple(fc.integer({ min: 0, max: 63 }), fc.bigInt({ min: -2n, max: 2n }), fc.boolean())
          .map(([bit, near, minus]) => (minus ? -(2n ** BigInt(bit)) : 2n ** BigInt(bit)) + near)
          .filter((n) => n >= RANGES[width].min && n <= RANGES[width].max),
      );
      fc.assert(
        fc.property(numbers, fc.integer({ min: 1, max: MAX_BYTES[width] }), (number, length) => {
          const bytes = encode(number);
          // In the last byte allowed, only the bits of the number itself count, so sign bytes fit as they are.
          const encoding = padded(bytes, Math.max(length, bytes.length), number < 0n);
          if (width === "u32" && encoding.length === 5) expect(encoding[4]).to.be.at.most(0x0f);
          const reader = readerOf([...encoding, 0xaa]);
          expect(READ[width](reader)).to.equal(number);
          expect(reader.pos).to.equal(encoding.length);
        }),
        { seed: SEED, numRuns: 500 },
      );
    });

    it(`refuses a ${width} of more than ${MAX_BYTES[width]} bytes, whatever it says`, () => {
      for (const last of [0x00, 0x7f]) {
        const bytes = [...new Array<number>(MAX_BYTES[width]).fill(0x80 | last), last];
        expect(() => READ[width](readerOf(bytes)))
          .to.throw(ModuleError, "integer representation too long")
          .with.property("offset", MAX_BYTES[width] - 1);
      }
    });

    it(`refuses a ${width} whose last byte has bits beyond the width`, () => {
      const valid = { u32: (b: number) => b <= 0x0f, s32: (b: number) => b <= 7 || b >= 0x78, s64: isSign }[
        width
      ];
      for (let last = 0; last < 0x80; last++) {
        const reader = readerOf([...new Array<number>(MAX_BYTES[width] - 1).fill(0x80), last]);
        if (valid(last)) READ[width](reader);
        else expect(() => READ[width](reader), String(last)).to.throw(ModuleError, "integer too large");
      }
    });

    it(`refuses a ${width} cut short`, () => {
      for (let length = 0; length < MAX_BYTES[width]; length++) {
        const reader = readerOf(new Array<number>(length).fill(0x80));
        expect(() => READ[width](reader))
          .to.throw(ModuleError, "unexpected end")
          .with.property("offset", length);
      }
    });
  }
});

function isSign(byte: number): boolean {
  return byte === 0 || byte === 0x7f;
}
