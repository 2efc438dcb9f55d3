import { expect } from "chai";
import fc from "fast-check";
import {
  decodeUtf8,
  encodeCompact,
  encodeUtf8,
  ScaleError,
  type ScaleErrorKind,
  ScaleReader,
  ScaleWriter,
} from "../../../src/host/scale/index.ts";

const read = (...bytes: number[]) => new ScaleReader(Uint8Array.from(bytes), "test");

function expectError(kind: ScaleErrorKind, offset: number, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(ScaleError);
    expect(error).to.include({ kind, offset, context: "test" });
    return;
  }
  expect.fail("no error");
}

describe("SCALE reader", () => {
  it("reads fixed-width integers little-endian", () => {
    const reader = read(1, 2, 1, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 0x80);
    expect(reader.u8()).to.equal(1);
    expect(reader.u16()).to.equal(0x0102);
    expect(reader.u32()).to.equal(0xffffffff);
    expect(reader.u64()).to.equal(0x8000000000000001n);
    reader.end();
    expect(read(...new Array(15).fill(0), 0x80).u128()).to.equal(1n << 127n);
  });

  it("reads the compact forms (SCALE, examples of the specification)", () => {
    expect(read(0x00).compactU32()).to.equal(0);
    expect(read(0xfc).compactU32()).to.equal(63);
    expect(read(0x01, 0x01).compactU32()).to.equal(64);
    expect(read(0x15, 0x01).compactU32()).to.equal(69);
    expect(read(0xfd, 0xff).compactU32()).to.equal(16383);
    expect(read(0x02, 0x00, 0x01, 0x00).compactU32()).to.equal(16384);
    expect(read(0xfe, 0xff, 0xff, 0xff).compactU32()).to.equal(2 ** 30 - 1);
    expect(read(0x03, 0x00, 0x00, 0x00, 0x40).compactU32()).to.equal(2 ** 30);
    expect(read(0x03, 0xff, 0xff, 0xff, 0xff).compactU32()).to.equal(2 ** 32 - 1);
    expect(read(0x13, ...new Array(8).fill(0xff)).compactU64()).to.equal(2n ** 64n - 1n);
    expect(read(0x33, ...new Array(16).fill(0xff)).compactU128()).to.equal(2n ** 128n - 1n);
  });

  it("refuses compact integers in a longer form than necessary", () => {
    expectError("non-canonical", 0, () => read(0x01, 0x00).compactU32());
    expectError("non-canonical", 0, () => read(0xfd, 0x00).compactU64());
    expectError("non-canonical", 0, () => read(0x02, 0x00, 0x00, 0x00).compactU32());
    expectError("non-canonical", 0, () => read(0x03, 0xff, 0xff, 0xff, 0x3f).compactU32());
    expectError("non-canonical", 0, () => read(0x07, 0xff, 0xff, 0xff, 0xff, 0x00).compactU64());
  });

  it("refuses compact integers that do not fit", () => {
    expectError("out-of-range", 0, () => read(0x07, 0, 0, 0, 0, 1).compactU32());
    expectError("out-of-range", 0, () => read(0x17, ...new Array(9).fill(1)).compactU64());
    expectError("out-of-range", 0, () => read(0xff).compactU128());
  });

  it("checks counts and lengths against the bytes left before allocating", () => {
    expectError("unexpected-end", 0, () => read(0x03, 0xff, 0xff, 0xff, 0xff, 1).bytes());
    expectError("unexpected-end", 0, () => read(0x03, 0xff, 0xff, 0xff, 0xff, 1).vec((r) => r.u8()));
    expectError("unexpected-end", 0, () => read(0x08, 0, 0, 0, 0, 0, 0, 0).vec((r) => r.u32(), 4));
    expectError("unexpected-end", 0, () => read(1, 2).fixed(3));
    expectError("unexpected-end", 0, () => read().u8());
    expectError("unexpected-end", 1, () => read(0x04, 0).vec((r) => r.u16()));
  });

  it("refuses bad bools, option tags, strings and trailing bytes", () => {
    expectError("invalid-value", 0, () => read(2).bool());
    expectError("invalid-value", 0, () => read(2).option((r) => r.u8()));
    expectError("invalid-value", 0, () => read(0x04, 0xff).string());
    const reader = read(1, 2);
    reader.u8();
    expectError("trailing-bytes", 1, () => reader.end());
  });

  it("gives copies, which do not change with the input", () => {
    const input = Uint8Array.of(0x04, 7);
    const bytes = new ScaleReader(input, "test").bytes();
    input[1] = 8;
    expect(bytes).to.deep.equal(Uint8Array.of(7));
  });

  it("reads back whatever the writer wrote", () => {
    const shape = fc.record({
      a: fc.integer({ min: 0, max: 0xff }),
      b: fc.integer({ min: 0, max: 0xffff }),
      c: fc.integer({ min: 0, max: 0xffffffff }),
      d: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      e: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      f: fc.boolean(),
      g: fc.uint8Array({ maxLength: 100 }),
      h: fc.string({ unit: "grapheme" }),
      i: fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 80 }),
      j: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined }),
    });
    fc.assert(
      fc.property(shape, (v) => {
        const bytes = new ScaleWriter()
          .u8(v.a)
          .u16(v.b)
          .u32(v.c)
          .u64(v.d)
          .u128(v.e)
          .bool(v.f)
          .bytes(v.g)
          .string(v.h)
          .vec(v.i, (w, item) => w.compact(item))
          .option(v.j, (w, item) => w.compact(item))
          .compact(v.e)
          .finish();
        const r = new ScaleReader(bytes, "test");
        expect(r.u8()).to.equal(v.a);
        expect(r.u16()).to.equal(v.b);
        expect(r.u32()).to.equal(v.c);
        expect(r.u64()).to.equal(v.d);
        expect(r.u128()).to.equal(v.e);
        expect(r.bool()).to.equal(v.f);
        expect(r.bytes()).to.deep.equal(v.g);
        expect(r.string()).to.equal(v.h);
        expect(r.vec((q) => q.compactU32())).to.deep.equal(v.i);
        expect(r.option((q) => q.compactU64())).to.equal(v.j);
        expect(r.compactU128()).to.equal(v.e);
        r.end();
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("takes exactly one encoding of each compact integer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 17 }), (bytes) => {
        const reader = new ScaleReader(bytes, "test");
        let value: bigint;
        try {
          value = reader.compactU128();
        } catch (error) {
          expect(error).to.be.instanceOf(ScaleError);
          return;
        }
        expect(encodeCompact(value)).to.deep.equal(bytes.slice(0, reader.offset));
      }),
      { seed: 4, numRuns: 1000 },
    );
  });
});

describe("UTF-8", () => {
  it("agrees with Node's encoder and fatal decoder", () => {
    const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.uint8Array({ maxLength: 8 }), (text, noise) => {
        expect(encodeUtf8(text)).to.deep.equal(new TextEncoder().encode(text));
        let expected: string | undefined;
        try {
          expected = fatal.decode(noise);
        } catch {
          expected = undefined;
        }
        expect(decodeUtf8(noise)).to.equal(expected);
      }),
      { seed: 5, numRuns: 1000 },
    );
  });
});
