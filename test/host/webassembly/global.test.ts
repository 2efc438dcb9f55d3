import { expect } from "chai";
import { assemble, I32, I64, namespace, op, thrownBy } from "./support.ts";

const wasm = namespace();

describe("host/webassembly: Global", () => {
  it("holds a value of its type, converted", () => {
    const value = (type: string, ...init: unknown[]) => new wasm.Global({ value: type }, ...init).value;
    expect(value("i32")).to.equal(0);
    expect(value("i64")).to.equal(0n);
    expect(value("i32", 2 ** 31)).to.equal(-(2 ** 31));
    expect(value("i64", 2n ** 63n)).to.equal(-(2n ** 63n));
    expect(value("f32", 0.1)).to.equal(Math.fround(0.1));
    expect(value("f64", "0.1")).to.equal(0.1);
    expect(value("f64", Number.NaN)).to.deep.equal(Number.NaN);
    for (const [type, init] of [
      ["i32", 1n],
      ["i64", 1],
      ["f32", Symbol("1")],
      ["f64", 1n],
      ["i64", null],
    ]) {
      expect(thrownBy(() => value(type as string, init))).to.be.instanceOf(TypeError);
    }
  });

  it("is shared with the code, in both directions", () => {
    const global = new wasm.Global({ value: "i64", mutable: true }, 5n);
    const { bump, global: exported } = new wasm.Instance(
      new wasm.Module(
        assemble({
          imports: [{ module: "g", name: "global", kind: "global", type: I64, mutable: true }],
          functions: [
            {
              code: [...op("global.get"), 0, ...op("i64.const"), 1, ...op("i64.add"), ...op("global.set"), 0],
              export: "bump",
            },
          ],
          exports: [{ name: "global", kind: "global", index: 0 }],
        }),
      ),
      { g: { global } },
    ).exports;
    expect(exported).to.equal(global);
    bump();
    expect(global.value).to.equal(6n);
    global.value = 40n;
    bump();
    expect(global.valueOf()).to.equal(41n);
  });

  it("cannot be set where it is immutable, nor with nothing", () => {
    const constant = new wasm.Global({ value: "i32" }, 1);
    let touched = false;
    const spy = {
      valueOf() {
        touched = true;
        return 2;
      },
    };
    expect(
      thrownBy(() => {
        constant.value = spy;
      }),
    ).to.be.instanceOf(TypeError);
    expect(touched).to.equal(false);
    const { set } = Object.getOwnPropertyDescriptor(wasm.Global.prototype, "value")!;
    const variable = new wasm.Global({ value: "i32", mutable: 1 });
    expect(thrownBy(() => (set as () => void).call(variable))).to.be.instanceOf(TypeError);
    set!.call(variable, spy);
    expect(variable.value).to.equal(2);
  });

  it("may be imported as a number where it is immutable", () => {
    const module = (type: number, mutable: boolean) =>
      new wasm.Module(
        assemble({
          imports: [{ module: "g", name: "x", kind: "global", type, mutable }],
          functions: [],
          exports: [{ name: "x", kind: "global", index: 0 }],
        }),
      );
    const imported = (type: number, x: unknown, mutable = false) =>
      new wasm.Instance(module(type, mutable), { g: { x } }).exports.x.value;
    expect(imported(I32, 2 ** 32 + 3)).to.equal(3);
    expect(imported(I64, -1n)).to.equal(-1n);
    const refused: [number, unknown, boolean?][] = [
      [I32, 1n],
      [I64, 1],
      [I32, "1"],
      [I32, undefined],
      [I32, new wasm.Global({ value: "i64" })],
      [I32, 1, true],
      [I32, new wasm.Global({ value: "i32" }), true],
    ];
    for (const [type, x, mutable] of refused) {
      expect(thrownBy(() => imported(type, x, mutable))).to.be.instanceOf(wasm.LinkError);
    }
  });
});
