import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { chromeTrace } from "../../../src/cli/profile/chrome.ts";
import { foldedStacks } from "../../../src/cli/profile/folded.ts";
import { gzipStored } from "../../../src/cli/profile/gzip.ts";
import { pprof } from "../../../src/cli/profile/pprof.ts";
import { ProtoWriter } from "../../../src/cli/profile/protobuf.ts";
import { speedscope } from "../../../src/cli/profile/speedscope.ts";
import { profileLines, profileToJson } from "../../../src/cli/profile/summary.ts";
import { GasProfile } from "../../../src/interp/index.ts";
import { all, messages, numbers, readFields, uint } from "./protobuf-reader.ts";
import { smallInstance, smallProfile } from "./small-profile.ts";

describe("cli/profile: a small profile", () => {
  it("as folded stacks: one line each, whatever the names", () => {
    expect(foldedStacks(smallProfile())).to.equal("outer 5\nouter;in ner 20\n");
  });

  it("for speedscope: frames that open and close within each other", () => {
    expect(JSON.parse(speedscope(smallProfile(), "test"))).to.deep.equal({
      $schema: "https://www.speedscope.app/file-format-schema.json",
      exporter: "lockstep",
      name: "test",
      activeProfileIndex: 0,
      shared: { frames: [{ name: "outer" }, { name: "host; call" }, { name: "in\nner" }] },
      profiles: [
        {
          type: "evented",
          name: "test (gas)",
          unit: "none",
          startValue: 0,
          endValue: 25,
          events: [
            { type: "O", frame: 0, at: 0 },
            { type: "O", frame: 1, at: 5 },
            { type: "C", frame: 1, at: 5 },
            { type: "O", frame: 2, at: 5 },
            { type: "C", frame: 2, at: 25 },
            { type: "C", frame: 0, at: 25 },
          ],
        },
      ],
    });
  });

  it("for Chrome: complete events", () => {
    const place = { pid: 1, tid: 1 };
    expect(JSON.parse(chromeTrace(smallProfile(), "test"))).to.deep.equal({
      traceEvents: [
        { name: "process_name", ph: "M", ...place, args: { name: "lockstep test (1 µs = 1 gas)" } },
        { name: "outer", cat: "wasm", ph: "X", ts: 0, dur: 25, ...place, args: { calls: 1, self: 5 } },
        { name: "host; call", cat: "host", ph: "X", ts: 5, dur: 0, ...place, args: { calls: 1, self: 0 } },
        { name: "in\nner", cat: "wasm", ph: "X", ts: 5, dur: 20, ...place, args: { calls: 2, self: 20 } },
      ],
    });
  });

  it("for pprof: samples, locations, functions and strings that refer to each other", () => {
    const profile = readFields(gunzipSync(pprof(smallProfile())));
    const strings = all(profile, 6).map((bytes) => new TextDecoder().decode(bytes as Uint8Array));
    expect(strings[0]).to.equal("");
    const text = (fields: ReturnType<typeof readFields>, field: number) => strings[uint(fields, field)];
    expect(messages(profile, 1).map((type) => [text(type, 1), text(type, 2)])).to.deep.equal([
      ["calls", "count"],
      ["gas", "gas"],
    ]);
    const functions = new Map(messages(profile, 5).map((func) => [uint(func, 1), text(func, 2)]));
    const locations = new Map(
      messages(profile, 4).map((location) => [uint(location, 1), uint(messages(location, 4)[0]!, 1)]),
    );
    const samples = messages(profile, 2).map((sample) => ({
      stack: numbers(sample, 1).map((id) => functions.get(locations.get(id)!)),
      values: numbers(sample, 2),
    }));
    expect(samples).to.deep.equal([
      { stack: ["outer"], values: [1, 5] },
      { stack: ["host; call", "outer"], values: [1, 0] },
      { stack: ["in\nner", "outer"], values: [2, 20] },
    ]);
    // Wasm functions have the offset of their code for an address.
    expect(messages(profile, 4).map((location) => uint(location, 3) > 0)).to.deep.equal([true, false, true]);
    expect(strings[uint(profile, 14)]).to.equal("gas");
    expect([uint(profile, 9), uint(profile, 10)]).to.deep.equal([0, 0]);
  });

  it("for people and in JSON", () => {
    expect(profileLines(smallProfile(), 2)).to.deep.equal([
      "25 gas, 3 functions, 4 calls",
      "",
      "self         total          calls  function",
      "  20  80.0%     20   80.0%      2  in\\u{a}ner",
      "   5  20.0%     25  100.0%      1  outer",
      "and 1 more function: see --top",
    ]);
    expect(profileToJson(smallProfile())).to.deep.equal({
      gas: 25,
      functions: [
        { name: "in\nner", kind: "wasm", func: 2, calls: 2, self: 20, total: 20 },
        { name: "outer", kind: "wasm", func: 1, calls: 1, self: 5, total: 25 },
        { name: "host; call", kind: "host", func: null, calls: 1, self: 0, total: 0 },
      ],
    });
  });

  it("of nothing, and of what was cut off, is a profile too", () => {
    const empty = new GasProfile();
    expect(foldedStacks(empty)).to.equal("");
    expect(profileLines(empty, 5)).to.deep.equal([
      "0 gas, 0 functions, 0 calls",
      "",
      "self    total    calls  function",
    ]);
    expect(JSON.parse(speedscope(empty, "none")).profiles[0].events).to.deep.equal([]);
    expect(gunzipSync(pprof(empty)).length).to.be.above(0);
    const tiny = new GasProfile({ maxNodes: 2 });
    smallInstance(tiny).call("outer");
    expect(foldedStacks(tiny)).to.equal("outer 5\n(beyond the size of the profile);in ner 20\n");
  });
});

describe("cli/profile: encodings", () => {
  it("write gzip files that others read, byte for byte the same", () => {
    const long = Uint8Array.from({ length: 200_001 }, (_, i) => (i * i) >> 3);
    for (const bytes of [
      new Uint8Array(0),
      Uint8Array.of(1),
      long.subarray(0, 65_535),
      long.subarray(0, 65_536),
      long,
    ]) {
      expect(Buffer.compare(gunzipSync(gzipStored(bytes)), bytes)).to.equal(0);
    }
    expect([...gzipStored(Uint8Array.of(7)).subarray(0, 16)]).to.deep.equal([
      0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1, 1, 0, 0xfe, 0xff, 7,
    ]);
  });

  it("write protobuf numbers of any size", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 63n) - 1n), (value) => {
        const fields = readFields(new ProtoWriter().uint(3, value).finish());
        expect(fields).to.deep.equal(value === 0n ? [] : [[3, value]]);
      }),
      { seed: 3 },
    );
    // The example of the documentation: field 1 with 150 is 08 96 01.
    expect([...new ProtoWriter().uint(1, 150).finish()]).to.deep.equal([0x08, 0x96, 0x01]);
    expect([...new ProtoWriter().packed(6, [3, 270, 86942]).finish()]).to.deep.equal([
      0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05,
    ]);
  });
});
