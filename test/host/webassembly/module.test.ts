import { expect } from "chai";
import { assemble, custom, EMPTY, I32, identity, namespace, rejectionOf, thrownBy } from "./support.ts";

const wasm = namespace();
const BROKEN = EMPTY.slice(0, 7);

describe("host/webassembly: Module", () => {
  it("is made from any source of bytes, which may change afterwards", async () => {
    const bytes = EMPTY.slice();
    const padded = new Uint8Array([9, 9, ...EMPTY, 9]);
    expect(new wasm.Module(bytes.buffer)).to.be.instanceOf(wasm.Module);
    expect(new wasm.Module(padded.subarray(2, 10))).to.be.instanceOf(wasm.Module);
    expect(new wasm.Module(new DataView(padded.buffer, 2, 8))).to.be.instanceOf(wasm.Module);
    const shared = new SharedArrayBuffer(EMPTY.length);
    new Uint8Array(shared).set(EMPTY);
    expect(new wasm.Module(shared)).to.be.instanceOf(wasm.Module);
    const detached = new DataView(EMPTY.slice().buffer);
    structuredClone(detached.buffer, { transfer: [detached.buffer as ArrayBuffer] });
    for (const empty of [detached, detached.buffer]) expect(wasm.validate(empty)).to.equal(false);
    const promise = wasm.compile(bytes);
    bytes.fill(1);
    expect(await promise).to.be.instanceOf(wasm.Module);
  });

  it("refuses what is no source of bytes, before anything else", async () => {
    const sources = [undefined, null, 1, "bytes", {}, [...EMPTY], ArrayBuffer];
    for (const source of sources) {
      expect(thrownBy(() => new wasm.Module(source))).to.be.instanceOf(TypeError);
      expect(thrownBy(() => wasm.validate(source))).to.be.instanceOf(TypeError);
      expect(await rejectionOf(wasm.compile(source))).to.be.instanceOf(TypeError);
      expect(await rejectionOf(wasm.instantiate(source))).to.be.instanceOf(TypeError);
    }
  });

  it("is a CompileError where the bytes are no module, with Lockstep's own as the cause", async () => {
    for (const error of [thrownBy(() => new wasm.Module(BROKEN)), await rejectionOf(wasm.compile(BROKEN))]) {
      expect(error).to.be.instanceOf(wasm.CompileError);
      expect(error.cause).to.include({ kind: "malformed", offset: 7 });
    }
    expect(thrownBy(() => new wasm.Module(BROKEN)).message).to.match(
      /^WebAssembly\.Module\(\): malformed module/,
    );
    expect(wasm.validate(BROKEN)).to.equal(false);
    expect(wasm.validate(EMPTY)).to.equal(true);
  });

  it("takes only the features that it is given", () => {
    const extend = assemble({
      functions: [{ params: [I32], results: [I32], code: [0x20, 0, 0xc0], export: "extend" }],
    });
    expect(wasm.validate(extend)).to.equal(true);
    expect(namespace({ features: "mvp" }).validate(extend)).to.equal(false);
    expect(thrownBy(() => namespace({ features: "no such" as "mvp" }))).to.be.instanceOf(TypeError);
  });

  it("lists imports and exports anew each time", () => {
    const module = new wasm.Module(
      assemble({
        imports: [
          { module: "a", name: "f", kind: "func" },
          { module: "a", name: "f", kind: "global", type: I32, mutable: false },
          { module: "", name: "m", kind: "memory", min: 1 },
          { module: "t", name: "", kind: "table", min: 1 },
        ],
        functions: [identity(I32, "id")],
        exports: [{ name: "mem", kind: "memory", index: 0 }],
      }),
    );
    expect(wasm.Module.imports(module)).to.deep.equal([
      { module: "a", name: "f", kind: "function" },
      { module: "a", name: "f", kind: "global" },
      { module: "", name: "m", kind: "memory" },
      { module: "t", name: "", kind: "table" },
    ]);
    expect(wasm.Module.exports(module)).to.deep.equal([
      { name: "id", kind: "function" },
      { name: "mem", kind: "memory" },
    ]);
    expect(wasm.Module.exports(module)).not.to.equal(wasm.Module.exports(module));
    for (const list of [wasm.Module.imports, wasm.Module.exports]) {
      for (const other of [
        undefined,
        {},
        wasm.Module,
        wasm.Module.prototype,
        new (namespace().Module)(EMPTY),
      ]) {
        expect(thrownBy(() => list(other))).to.be.instanceOf(TypeError);
      }
    }
  });

  it("gives copies of custom sections by name", () => {
    const bytes = [...EMPTY, ...custom("a", [1, 2]), ...custom("undefined", []), ...custom("a", [3])];
    const module = new wasm.Module(Uint8Array.from(bytes));
    const sections = (name: unknown) =>
      wasm.Module.customSections(module, name).map((buffer: ArrayBuffer) => [...new Uint8Array(buffer)]);
    expect(sections("a")).to.deep.equal([[1, 2], [3]]);
    expect(sections(undefined)).to.deep.equal([[]]);
    expect(sections("b")).to.deep.equal([]);
    new Uint8Array(wasm.Module.customSections(module, "a")[0]).fill(9);
    expect(sections("a")).to.deep.equal([[1, 2], [3]]);
    expect(thrownBy(() => wasm.Module.customSections(module))).to.be.instanceOf(TypeError);
  });
});
