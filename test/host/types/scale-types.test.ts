import { expect } from "chai";
import fc from "fast-check";
import { ScaleError, ScaleReader, ScaleWriter } from "../../../src/host/scale/index.ts";
import {
  byteVec,
  type Codec,
  compactU32,
  fixedBytes,
  option,
  raw,
  record,
  result,
  returnedSpan,
  scaleBool,
  scaleSpan,
  tuple,
  u8le,
  u16le,
  u32le,
  u64le,
  unit,
  utf8,
  variant,
  vec,
} from "../../../src/host/types/index.ts";
import { Memory, Trap } from "../../../src/interp/index.ts";

const SEED = { seed: 20261121 };

function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const size = codec.size(value);
  expect(size).to.be.at.least(codec.minimum);
  const bytes = new Uint8Array(size + 2).fill(0xee);
  expect(codec.write(value, bytes, 1)).to.equal(size + 1);
  expect([bytes[0], bytes[size + 1]]).to.deep.equal([0xee, 0xee], "it wrote outside of its size");
  return bytes.slice(1, -1);
}

function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const reader = new ScaleReader(bytes, "test");
  const value = codec.read(reader);
  reader.end();
  return value;
}

const status = variant("Status", { missing: [0, unit], found: [3, u16le], named: [7, utf8] });
const account = record("Account", {
  nonce: compactU32,
  free: u64le,
  key: fixedBytes(4),
  tags: vec(tuple(u8le, utf8)),
  parent: option(byteVec),
  check: result(u32le, scaleBool),
  status,
});

const statuses: fc.Arbitrary<
  { kind: "missing"; value: undefined } | { kind: "found"; value: number } | { kind: "named"; value: string }
> = fc.oneof(
  fc.constant({ kind: "missing" as const, value: undefined }),
  fc.nat({ max: 65535 }).map((value) => ({ kind: "found" as const, value })),
  fc.string({ unit: "grapheme" }).map((value) => ({ kind: "named" as const, value })),
);
const accounts = fc.record({
  nonce: fc.nat({ max: 2 ** 32 - 1 }),
  free: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  key: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  tags: fc.array(fc.tuple(fc.nat({ max: 255 }), fc.string({ unit: "grapheme" })), { maxLength: 70 }),
  parent: fc.option(fc.uint8Array(), { nil: undefined }),
  check: fc.oneof(
    fc.nat().map((ok) => ({ ok })),
    fc.boolean().map((error) => ({ error })),
  ),
  status: statuses,
});

describe("SCALE codecs", () => {
  it("read what they write, to the last byte", () => {
    fc.assert(
      fc.property(accounts, (value) => {
        expect(decode(account, encode(account, value))).to.deep.equal(value);
      }),
      SEED,
    );
  });

  it("write what the writer of the library does", () => {
    fc.assert(
      fc.property(accounts, (value) => {
        const writer = new ScaleWriter().compact(value.nonce).u64(value.free).fixed(value.key);
        writer.vec(value.tags, (w, [tag, text]) => w.u8(tag).string(text));
        writer.option(value.parent, (w, bytes) => w.bytes(bytes));
        if ("ok" in value.check) writer.u8(0).u32(value.check.ok);
        else writer.u8(1).bool(value.check.error);
        const { kind, value: content } = value.status;
        if (kind === "missing") writer.u8(0);
        else if (kind === "found") writer.u8(3).u16(content as number);
        else writer.u8(7).string(content as string);
        expect(encode(account, value)).to.deep.equal(writer.finish());
      }),
      SEED,
    );
  });

  it("refuse every cut and wrong tag with a typed error", () => {
    fc.assert(
      fc.property(accounts, fc.nat(), (value, cut) => {
        const bytes = encode(account, value);
        expect(() => decode(account, bytes.slice(0, cut % bytes.length))).to.throw(ScaleError);
      }),
      SEED,
    );
    expect(() => decode(result(unit, unit), Uint8Array.of(2))).to.throw(ScaleError, "result tag is 2");
    expect(() => decode(status, Uint8Array.of(1))).to.throw(ScaleError, "1 is no Status");
    expect(() => decode(vec(account), Uint8Array.of(0xfe, 0xff, 0xff, 0xff))).to.throw(ScaleError);
    expect(() => decode(vec(unit), Uint8Array.of(0xfe, 0xff, 0xff, 0xff))).to.throw(ScaleError);
  });

  it("name and show themselves", () => {
    expect(vec(tuple(u8le, option(byteVec))).name).to.equal("Vec<(u8, Option<Bytes>)>");
    expect(result(raw, unit).name).to.equal("Result<raw, ()>");
    const value = decode(account, encode(account, fc.sample(accounts, { ...SEED, numRuns: 1 })[0]!));
    expect(account.format(value)).to.match(/^\{nonce: \d+, free: \d+, key: 0x\w{8}, tags: \[/);
    expect(status.format({ kind: "found", value: 200 })).to.equal("found(200)");
    expect(status.format({ kind: "missing", value: undefined })).to.equal("missing");
    expect(vec(u8le).format(Array.from({ length: 9 }, (_, i) => i))).to.match(/7, …\(9\)\]$/);
  });

  it("refuse bytes of another length than declared", () => {
    expect(() => encode(fixedBytes(4), new Uint8Array(3))).to.throw(TypeError);
  });
});

describe("SCALE values as arguments and results", () => {
  const type = scaleSpan(vec(u16le));
  const memory = new Memory({ min: 1, max: 1 });
  memory.bytes.set([8, 1, 0, 2, 0, 99], 10);

  it("are read from a span, whatever lies behind them", () => {
    expect(type.load(Int32Array.of(10, 5), 0, memory)).to.deep.equal([1, 2]);
    expect(type.load(Int32Array.of(10, 6), 0, memory)).to.deep.equal([1, 2]);
    expect(type.format([1, 2])).to.equal("[1, 2]");
  });

  it("trap where they do not decode", () => {
    expect(() => type.load(Int32Array.of(10, 4), 0, memory))
      .to.throw(Trap)
      .with.property("code", "invalid-argument");
    expect(() => type.load(Int32Array.of(65536, 1), 0, memory))
      .to.throw(Trap)
      .with.property("code", "segfault");
  });

  it("are returned in a buffer of their size", () => {
    const heap = { memory, hostCalls: 0, allocate: (size: number) => 200 + size };
    const lanes = new Int32Array(2);
    returnedSpan(vec(u16le)).store([7, 8], { lanes, at: 0 }, heap);
    expect([...lanes]).to.deep.equal([205, 5]);
    expect([...memory.bytes.slice(205, 210)]).to.deep.equal([8, 7, 0, 8, 0]);
  });

  it("go to the frame as it is after allocating", () => {
    const old = new Int32Array(2);
    const fresh = new Int32Array(2);
    const frame = { lanes: old, at: 0 };
    const heap = {
      memory,
      hostCalls: 0,
      allocate: () => {
        frame.lanes = fresh; // what running the guest's own allocator can do
        return 300;
      },
    };
    returnedSpan(raw).store(Uint8Array.of(1), frame, heap);
    expect([[...old], [...fresh]]).to.deep.equal([
      [0, 0],
      [300, 1],
    ]);
  });
});
