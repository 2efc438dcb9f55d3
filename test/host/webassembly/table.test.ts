import { expect } from "chai";
import { Store } from "../../../src/interp/index.ts";
import { assemble, constant, I32, identity, namespace, op, thrownBy } from "./support.ts";

const wasm = namespace();
const seven = { results: [I32], code: constant(I32, 7n), export: "seven" };
const { id, seven: fn } = new wasm.Instance(
  new wasm.Module(assemble({ functions: [identity(I32, "id"), seven] })),
).exports;

/** A module that imports a table and calls functions of type `() -> i32` in it. */
const CALLER = new wasm.Module(
  assemble({
    types: [{ params: [], results: [I32] }],
    imports: [{ module: "t", name: "table", kind: "table", min: 1 }],
    functions: [
      {
        params: [I32],
        results: [I32],
        code: [...op("local.get"), 0, ...op("call_indirect"), 0, 0],
        export: "call",
      },
    ],
    exports: [{ name: "table", kind: "table", index: 0 }],
  }),
);

describe("host/webassembly: Table", () => {
  it("holds exported functions and null, and gives back the same objects", () => {
    const table = new wasm.Table({ element: "anyfunc", initial: 3, maximum: 5 });
    expect(table.length).to.equal(3);
    table.set(0, fn);
    table.set(1, id);
    expect([table.get(0), table.get(1), table.get(2)]).to.deep.equal([fn, id, null]);
    expect(table.get(0)).to.equal(fn);
    table.set(0);
    expect(table.get(0)).to.equal(null);
    expect(table.grow(2, fn)).to.equal(3);
    expect([table.get(3), table.get(4)]).to.deep.equal([fn, fn]);
    expect(new wasm.Table({ element: "anyfunc", initial: 2 }, fn).get(1)).to.equal(fn);
  });

  it("is what code calls through, and sees every change", () => {
    const table = new wasm.Table({ element: "anyfunc", initial: 1 });
    const { call, table: exported } = new wasm.Instance(CALLER, { t: { table } }).exports;
    expect(exported).to.equal(table);
    expect(thrownBy(() => call(0))).to.be.instanceOf(wasm.RuntimeError);
    table.set(0, fn);
    expect(call(0)).to.equal(7);
    expect(thrownBy(() => call(1))).to.be.instanceOf(wasm.RuntimeError);
    table.grow(1, fn);
    expect(call(1)).to.equal(7);
    table.set(0, id);
    expect(thrownBy(() => call(0)).message).to.equal("indirect call type mismatch");
  });

  it("refuses indices and elements that are none", () => {
    const table = new wasm.Table({ element: "anyfunc", initial: 1, maximum: 2 });
    for (const index of [undefined, -1, Number.NaN, 2 ** 32, 0n, Symbol("0")]) {
      expect(thrownBy(() => table.get(index))).to.be.instanceOf(TypeError);
      expect(thrownBy(() => table.set(index, null))).to.be.instanceOf(TypeError);
    }
    for (const element of [undefined, 1, {}, () => 7, thrownBy, wasm.Module]) {
      expect(thrownBy(() => table.set(0, element))).to.be.instanceOf(TypeError);
      expect(thrownBy(() => table.grow(1, element === undefined ? 0 : element))).to.be.instanceOf(TypeError);
    }
    expect(thrownBy(() => table.get(1))).to.be.instanceOf(RangeError);
    expect(thrownBy(() => table.set(1, fn))).to.be.instanceOf(RangeError);
    expect(thrownBy(() => table.grow(2))).to.be.instanceOf(RangeError);
    expect(table.length).to.equal(1);
  });

  it("checks its descriptor, and the store's limit", () => {
    for (const descriptor of [
      undefined,
      {},
      { initial: 1 },
      { element: "i32", initial: 1 },
      { element: "anyfunc" },
    ]) {
      expect(thrownBy(() => new wasm.Table(descriptor))).to.be.instanceOf(TypeError);
    }
    expect(thrownBy(() => new wasm.Table({ element: "anyfunc", initial: 2, maximum: 1 }))).to.be.instanceOf(
      RangeError,
    );
    const bounded = namespace({ store: new Store({ maxTableElements: 3 }) });
    const table = new bounded.Table({ element: "anyfunc", initial: 3 });
    expect(thrownBy(() => table.grow(1))).to.be.instanceOf(RangeError);
    expect(thrownBy(() => new bounded.Table({ element: "anyfunc", initial: 4 }))).to.be.instanceOf(
      RangeError,
    );
  });
});
