import { expect } from "chai";
import fc from "fast-check";
import { encodeCompact, ScaleReader } from "../../../src/host/scale/index.ts";
import {
  bool,
  byteVec,
  checkRange,
  compactSize,
  type Encoding,
  f32,
  f64,
  fixedBytesVec,
  formatBytes,
  i32,
  i64,
  type NumberType,
  option,
  outPointer,
  outSpan,
  pointer,
  pointerTo,
  raw,
  result,
  returnedPointer,
  returnedSpan,
  Segfault,
  span,
  spanView,
  u8,
  u8le,
  u16,
  u32,
  u32le,
  u64,
  unit,
  writeCompact,
} from "../../../src/host/types/index.ts";
import { Memory } from "../../../src/interp/index.ts";

const SEED = { seed: 20260611 };
const PAGE = 65536;

function encode<T>(encoding: Encoding<T>, value: T): Uint8Array {
  const bytes = new Uint8Array(encoding.size(value) + 2).fill(0xee);
  encoding.write(value, bytes, 1);
  expect([bytes[0], bytes[bytes.length - 1]]).to.deep.equal([0xee, 0xee], "it wrote outside of its size");
  return bytes.slice(1, -1);
}

describe("value types", () => {
  it("of numbers go through lanes and through memory unchanged", () => {
    const check = <T>(type: NumberType<T>, value: T) => {
      const lanes = new Int32Array(4);
      const memory = new Memory({ min: 1, max: 1 });
      type.store(value, { lanes, at: 2 }, { memory, hostCalls: 0 });
      expect(type.load(lanes, 2, memory)).to.equal(value);
      type.write(memory.view, 13, value);
      expect(type.read(memory.view, 13)).to.equal(value);
      expect(pointerTo(type).load(Int32Array.of(13, 0), 0, memory)).to.equal(value);
      expect(memory.bytes.findLastIndex((byte) => byte !== 0)).to.be.below(13 + type.size);
    };
    fc.assert(
      fc.property(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n, big) => {
        check(u8, n & 0xff);
        check(u16, n & 0xffff);
        check(u32, n >>> 0);
        check(i32, n);
        check(i64, big);
        check(u64, BigInt.asUintN(64, big));
        check(f64, n / 7);
        check(f32, Math.fround(n / 7));
        check(bool, n > 0);
      }),
      SEED,
    );
  });

  it("narrower than 32 bits look at the low bits only", () => {
    const memory = new Memory({ min: 0, max: 0 });
    expect(u8.load(Int32Array.of(-1, 0), 0, memory)).to.equal(255);
    expect(u16.load(Int32Array.of(0x12345678, 0), 0, memory)).to.equal(0x5678);
  });

  it("of ranges take exactly what lies in memory, whatever the words", () => {
    const memory = new Memory({ min: 1, max: 1 });
    const word = fc.oneof(fc.integer(), fc.nat({ max: 2 * PAGE }), fc.constantFrom(PAGE, PAGE - 1, -1, 0));
    fc.assert(
      fc.property(word, word, (address, length) => {
        const inside = (address >>> 0) + (length >>> 0) <= PAGE;
        for (const type of [span, spanView, outSpan]) {
          const load = () => type.load(Int32Array.of(address, length), 0, memory);
          if (inside) expect(load().length).to.equal(length);
          else expect(load).to.throw(Segfault);
        }
      }),
      SEED,
    );
    fc.assert(
      fc.property(word, fc.nat({ max: 100 }), (address, size) => {
        for (const type of [pointer(size), outPointer(size)]) {
          const load = () => type.load(Int32Array.of(address, 0), 0, memory);
          if ((address >>> 0) + size <= PAGE) expect(load().length).to.equal(size);
          else expect(load).to.throw(Segfault);
        }
      }),
      SEED,
    );
  });

  it("say where a range that is outside lies", () => {
    try {
      checkRange(new Memory({ min: 1, max: 1 }), PAGE - 1, 2);
    } catch (error) {
      expect(error)
        .to.be.instanceOf(Segfault)
        .and.include({ code: "segfault", address: PAGE - 1, length: 2 });
      return;
    }
    throw new Error("accepted");
  });

  it("copy what may be kept, and show what is only looked at or filled", () => {
    const memory = new Memory({ min: 1, max: 1 });
    const lanes = Int32Array.of(100, 3);
    const copies = [span.load(lanes, 0, memory), pointer(3).load(lanes, 0, memory)];
    const views = [spanView.load(lanes, 0, memory), outSpan.load(lanes, 0, memory)];
    memory.bytes[101] = 7;
    expect(copies.map((bytes) => bytes[1])).to.deep.equal([0, 0]);
    expect(views.map((bytes) => bytes[1])).to.deep.equal([7, 7]);
    outPointer(3).load(lanes, 0, memory)[0] = 9;
    expect(memory.bytes[100]).to.equal(9);
  });
});

describe("returned buffers", () => {
  /** A heap that notes what is asked of it. */
  class Notebook {
    readonly memory = new Memory({ min: 1, max: 1 });
    hostCalls = 0;
    readonly sizes: number[] = [];
    allocate(size: number): number {
      this.sizes.push(size);
      return 1024;
    }
  }

  it("allocate exactly once, also for nothing", () => {
    const cases: [Uint8Array, number][] = [
      [Uint8Array.of(), 0],
      [Uint8Array.of(1, 2, 3), 3],
    ];
    for (const [value, size] of cases) {
      const heap = new Notebook();
      const lanes = new Int32Array(4).fill(-1);
      returnedSpan(raw).store(value, { lanes, at: 2 }, heap);
      expect(heap.sizes).to.deep.equal([size]);
      expect(lanes.slice(2)).to.deep.equal(Int32Array.of(1024, size));
      expect(heap.memory.bytes.slice(1024, 1024 + size)).to.deep.equal(value);
    }
  });

  it("of a fixed size return the pointer alone", () => {
    const heap = new Notebook();
    const lanes = Int32Array.of(5, 5);
    returnedPointer(2).store(Uint8Array.of(8, 9), { lanes, at: 0 }, heap);
    expect(heap.sizes).to.deep.equal([2]);
    expect(lanes[0]).to.equal(1024);
    expect(heap.memory.bytes.slice(1024, 1026)).to.deep.equal(Uint8Array.of(8, 9));
  });

  it("hold SCALE", () => {
    const bytes = fc.uint8Array({ maxLength: 100 });
    fc.assert(
      fc.property(fc.option(bytes, { nil: undefined }), (value) => {
        const reader = new ScaleReader(encode(option(byteVec), value), "test");
        expect(reader.option((r) => r.bytes())).to.deep.equal(value);
        reader.end();
      }),
      SEED,
    );
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 3, maxLength: 3 }), { maxLength: 80 }), (keys) => {
        const reader = new ScaleReader(encode(fixedBytesVec, keys), "test");
        expect(reader.vec((r) => r.fixed(3))).to.deep.equal(keys);
        reader.end();
      }),
      SEED,
    );
    expect(encode(option(u32le), 0x01020304)).to.deep.equal(Uint8Array.of(1, 4, 3, 2, 1));
    expect(encode(option(u32le), undefined)).to.deep.equal(Uint8Array.of(0));
    expect(encode(result(unit, unit), { ok: undefined })).to.deep.equal(Uint8Array.of(0));
    expect(encode(result(raw, u8le), { error: 2 })).to.deep.equal(Uint8Array.of(1, 2));
    expect(encode(result(raw, u8le), { ok: Uint8Array.of(7) })).to.deep.equal(Uint8Array.of(0, 7));
  });

  it("write compact lengths as the codec does", () => {
    const edges = [0, 63, 64, 16383, 16384, 2 ** 30 - 1, 2 ** 30, 2 ** 32 - 1];
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...edges), fc.nat()), (value) => {
        const bytes = new Uint8Array(compactSize(value));
        expect(writeCompact(value, bytes, 0)).to.equal(bytes.length);
        expect(bytes).to.deep.equal(encodeCompact(value));
      }),
      SEED,
    );
  });

  it("are cut in logs when long", () => {
    expect(formatBytes(new Uint8Array(3))).to.equal("0x000000");
    expect(formatBytes(new Uint8Array(100), 2)).to.equal("0x0000…(100 bytes)");
    expect(returnedSpan(option(raw)).format(undefined)).to.equal("None");
  });
});
