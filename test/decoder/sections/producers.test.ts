import { expect } from "chai";
import { decode } from "../../../src/decoder/index.ts";
import { bytesOf, name, section, unsigned, vector } from "../assemble.ts";

const moduleWith = (custom: string, ...content: readonly number[][]) =>
  decode(bytesOf(...content.map((bytes) => section(0, [...name(custom), ...bytes]))));
const pair = (tool: string, version: string) => [...name(tool), ...name(version)];

const CONTENT = vector([
  [...name("language"), ...vector([pair("Rust", ""), pair("C99", "")])],
  [...name("processed-by"), ...vector([pair("rustc", "1.75.0 (82e1608df 2023-12-21)")])],
]);

describe("decoder: producers section", () => {
  it("is read in order; only the first one counts", () => {
    const { producers } = moduleWith("producers", CONTENT, vector([]));
    expect(producers).to.deep.equal([
      { field: "language", name: "Rust", version: "" },
      { field: "language", name: "C99", version: "" },
      { field: "processed-by", name: "rustc", version: "1.75.0 (82e1608df 2023-12-21)" },
    ]);
    expect(decode(bytesOf()).producers).to.deep.equal([]);
  });

  it("gives what stands before an error, wherever it is cut off", () => {
    const seen = new Set<number>();
    for (let length = 0; length <= CONTENT.length; length++) {
      seen.add(moduleWith("producers", CONTENT.slice(0, length)).producers.length);
    }
    expect([...seen]).to.deep.equal([0, 1, 2, 3]);
  });

  it("drops what is no UTF-8, and does not believe counts", () => {
    const broken = [2, 0xc0, 0x80];
    const values = vector([[...broken, ...name("1")], pair("ok", "2"), [...name("x"), ...broken]]);
    expect(moduleWith("producers", vector([[...name("sdk"), ...values]])).producers).to.deep.equal([
      { field: "sdk", name: "ok", version: "2" },
    ]);
    const huge = unsigned(0xffff_ffff);
    const lies = [...huge, ...name("sdk"), ...huge, ...pair("a", "b")];
    expect(moduleWith("producers", lies).producers).to.have.length(1);
  });
});

describe("decoder: target_features section", () => {
  it("tells used, disallowed and required features", () => {
    const content = vector([
      [0x2b, ...name("sign-ext")],
      [0x2d, ...name("atomics")],
      [0x3d, ...name("simd128")],
      [0x3f, ...name("with a prefix that nobody knows")],
      [0x2b, 1, 0xff],
      [0x2b, ...name("last")],
    ]);
    const features = [
      { use: "used", name: "sign-ext" },
      { use: "disallowed", name: "atomics" },
      { use: "required", name: "simd128" },
      { use: "used", name: "last" },
    ];
    expect(moduleWith("target_features", content).targetFeatures).to.deep.equal(features);
    const seen = new Set<number>();
    for (let length = 0; length <= content.length; length++) {
      seen.add(moduleWith("target_features", content.slice(0, length)).targetFeatures.length);
    }
    expect([...seen]).to.deep.equal([0, 1, 2, 3, 4]);
    expect(decode(bytesOf()).targetFeatures).to.deep.equal([]);
  });
});
