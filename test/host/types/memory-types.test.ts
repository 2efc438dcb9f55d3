import { expect } from "chai";
import fc from "fast-check";
import { I32, type ValType } from "../../../src/decoder/index.ts";
import {
  array,
  arrayField,
  byteField,
  bytes,
  bytesView,
  cell,
  f64,
  i32,
  i64,
  nullable,
  optional,
  outArray,
  outBytes,
  type Param,
  pointerTo,
  resultCode,
  Segfault,
  type Stored,
  type StructOf,
  string,
  struct,
  u8,
  u16,
  u32,
  u64,
} from "../../../src/host/types/index.ts";
import { Memory, Trap } from "../../../src/interp/index.ts";

const SEED = { seed: 20261121 };
const PAGE = 65536;

function memoryWith(at: number, ...content: number[]): Memory {
  const memory = new Memory({ min: 1, max: 2 });
  memory.bytes.set(content, at);
  return memory;
}

/** Loads `words` as i32 arguments. */
function load<T>(type: Param<T>, memory: Memory, ...words: number[]): T {
  return type.load(Int32Array.from(words.flatMap((word) => [word, 0])), 0, memory);
}

const point = struct("Point", { x: i32, y: i32 });
const mixed = struct("Mixed", {
  flag: u8,
  id: u32,
  small: u16,
  big: u64,
  key: byteField(3),
  at: point,
  tail: arrayField(u16, 2),
});

describe("structs", () => {
  it("are laid out as C does for wasm32", () => {
    // flag 0, id 4, small 8, big 16, key 24, at 28, tail 36, end 40.
    expect([mixed.size, mixed.alignment]).to.deep.equal([40, 8]);
    expect([point.size, point.alignment]).to.deep.equal([8, 4]);
    expect(struct("Bytes", { a: u8, b: u8 }).size).to.equal(2);
    expect(struct("Padded", { a: u64, b: u8 }).size).to.equal(16);
    const memory = memoryWith(0);
    const value: StructOf<{ x: typeof i32; y: typeof i32 }> = { x: -1, y: 0x01020304 };
    point.write(memory.view, 5, value);
    expect([...memory.bytes.slice(4, 14)]).to.deep.equal([0, 255, 255, 255, 255, 4, 3, 2, 1, 0]);
  });

  it("go through memory unchanged, and leave padding and neighbours alone", () => {
    const values = fc.record({
      flag: fc.nat({ max: 255 }),
      id: fc.nat(),
      small: fc.nat({ max: 65535 }),
      big: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      key: fc.uint8Array({ minLength: 3, maxLength: 3 }),
      at: fc.record({ x: fc.integer(), y: fc.integer() }),
      tail: fc.tuple(fc.nat({ max: 65535 }), fc.nat({ max: 65535 })),
    });
    fc.assert(
      fc.property(values, fc.nat({ max: 100 }), (value, at) => {
        const memory = new Memory({ min: 1, max: 1 });
        memory.bytes.fill(0xee);
        mixed.write(memory.view, at, value);
        expect(mixed.read(memory.view, at)).to.deep.equal(value);
        for (const padding of [1, 2, 3, 10, 15, 27, 40]) expect(memory.bytes[at + padding]).to.equal(0xee);
        expect(pointerTo(mixed).load(Int32Array.of(at, 0), 0, memory)).to.deep.equal(value);
      }),
      SEED,
    );
  });

  it("are shown field by field", () => {
    expect(pointerTo(mixed).name).to.equal("ptr Mixed");
    const value = {
      flag: 1,
      id: 2,
      small: 3,
      big: 4n,
      key: Uint8Array.of(5, 6, 7),
      at: { x: 8, y: 9 },
      tail: [10, 11],
    };
    expect(mixed.format(value)).to.equal(
      "{flag: 1, id: 2, small: 3, big: 4, key: 0x050607, at: {x: 8, y: 9}, tail: [10, 11]}",
    );
  });

  it("refuse bytes and lists of another length than declared", () => {
    const memory = memoryWith(0);
    expect(() => byteField(3).write(memory.view, 0, new Uint8Array(2))).to.throw(TypeError);
    expect(() => arrayField(u8, 3).write(memory.view, 0, [1])).to.throw(TypeError);
  });
});

describe("pointers", () => {
  it("may be null where declared so", () => {
    const memory = memoryWith(8, 7, 0, 0, 0);
    const type = nullable(pointerTo(u32));
    expect(load(type, memory, 8)).to.equal(7);
    expect(load(type, memory, 0)).to.equal(undefined);
    expect([type.format(undefined), type.format(7)]).to.deep.equal(["null", "7"]);
    expect(() => load(type, memory, PAGE)).to.throw(Segfault);
  });

  it("to cells read and write in place, also after the memory grew", () => {
    const memory = memoryWith(16, 1, 0, 0, 0, 2, 0, 0, 0);
    const place = load(cell(point), memory, 16);
    expect(place.get()).to.deep.equal({ x: 1, y: 2 });
    expect(memory.grow(1)).to.equal(1);
    place.set({ x: 3, y: -4 });
    expect(memory.view.getInt32(20, true)).to.equal(-4);
    expect(cell(point).format(place)).to.equal("{x: 3, y: -4}");
    expect(() => load(cell(point), memory, 2 * PAGE - 7)).to.throw(Segfault);
  });
});

describe("arrays", () => {
  it("are copies of what lies in memory, of numbers and of structs", () => {
    const memory = memoryWith(100, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0);
    expect(load(array(u32), memory, 100, 4)).to.deep.equal([1, 2, 3, 4]);
    expect(load(array(u16), memory, 102, 3)).to.deep.equal([0, 2, 0]);
    expect(load(array(point), memory, 100, 2)).to.deep.equal([
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ]);
    expect(load(array(u64), memory, PAGE, 0)).to.deep.equal([]);
    expect(array(point).wasm).to.deep.equal([I32, I32] satisfies ValType[]);
    expect(array(point).format([{ x: 1, y: 2 }])).to.equal("[{x: 1, y: 2}]");
    expect(array(u8).format(Array.from({ length: 100 }, () => 1))).to.equal(
      "[1, 1, 1, 1, 1, 1, 1, 1, …(100)]",
    );
  });

  it("trap for any range outside, before anything is made of it", () => {
    const types: [Param<unknown>, number][] = [
      [array(u32), 4],
      [array(mixed), mixed.size],
      [outArray(f64), 8],
      [bytes, 1],
      [bytesView, 1],
      [outBytes, 1],
      [string, 1],
    ];
    const word = fc.oneof(fc.integer(), fc.nat({ max: PAGE }), fc.constantFrom(-1, 0, PAGE));
    fc.assert(
      fc.property(word, word, (address, count) => {
        const memory = new Memory({ min: 1, max: 1 });
        for (const [type, size] of types) {
          const inside = (address >>> 0) + (count >>> 0) * size <= PAGE;
          if (inside) expect(() => load(type, memory, address, count)).not.to.throw();
          else expect(() => load(type, memory, address, count)).to.throw(Segfault);
        }
      }),
      { ...SEED, numRuns: 60 },
    );
  });

  it("can be filled in place", () => {
    const memory = memoryWith(0);
    const out = load(outArray(point), memory, 8, 2);
    expect(out.length).to.equal(2);
    out.set(1, { x: 5, y: 6 });
    expect(out.get(1)).to.deep.equal({ x: 5, y: 6 });
    expect(memory.view.getInt32(20, true)).to.equal(6);
    for (const index of [-1, 2, 0.5, Number.NaN]) {
      expect(() => out.get(index)).to.throw(RangeError);
      expect(() => out.set(index, { x: 0, y: 0 })).to.throw(RangeError);
    }
    expect(outArray(point).format(out)).to.equal("[2 of Point]");
  });

  it("of what takes no room cannot be declared: their length would be bounded by nothing", () => {
    const nothing: Stored<unknown> = struct("Nothing", {});
    expect(() => array(nothing)).to.throw(TypeError, "Nothing");
    expect(() => outArray(nothing)).to.throw(TypeError, "Nothing");
  });

  it("of bytes are copied, looked at or filled; text must be UTF-8", () => {
    const memory = memoryWith(40, 0x68, 0xc3, 0xa9, 0xff);
    const copy = load(bytes, memory, 40, 3);
    const view = load(bytesView, memory, 40, 3);
    load(outBytes, memory, 40, 1)[0] = 0x48;
    expect([copy[0], view[0]]).to.deep.equal([0x68, 0x48]);
    expect(load(string, memory, 40, 3)).to.equal("Hé");
    expect(() => load(string, memory, 40, 4))
      .to.throw(Trap)
      .with.property("code", "invalid-utf8");
    expect([bytes.format(copy), outBytes.format(copy), string.format("a\n")]).to.deep.equal([
      "0x68c3a9",
      "[3 bytes]",
      '"a\\n"',
    ]);
  });
});

describe("optional numbers and result codes", () => {
  const guest = { memory: new Memory({ min: 0, max: 0 }), hostCalls: 0 };

  it("have one number for none", () => {
    const type = optional(i64, -1n);
    const lanes = new Int32Array(2);
    type.store(undefined, { lanes, at: 0 }, guest);
    expect([...lanes]).to.deep.equal([-1, -1]);
    expect(type.load(lanes, 0, guest.memory)).to.equal(undefined);
    type.store(5n, { lanes, at: 0 }, guest);
    expect(type.load(lanes, 0, guest.memory)).to.equal(5n);
    expect([type.format(undefined), type.format(5n)]).to.deep.equal(["None", "5"]);
  });

  it("have values from 0 up and errors from -1 down, in either width", () => {
    const narrow = resultCode(i32, ["late", "broken"]);
    const wide = resultCode(i64, ["late", "broken"]);
    const lanes = new Int32Array(2);
    narrow.store({ error: "broken" }, { lanes, at: 0 }, guest);
    expect(lanes[0]).to.equal(-2);
    wide.store({ error: "late" }, { lanes, at: 0 }, guest);
    expect([...lanes]).to.deep.equal([-1, -1]);
    wide.store({ ok: 2n ** 33n }, { lanes, at: 0 }, guest);
    expect([...lanes]).to.deep.equal([0, 2]);
    expect([narrow.format({ ok: 3 }), narrow.format({ error: "late" })]).to.deep.equal(["3", "error late"]);
  });
});
