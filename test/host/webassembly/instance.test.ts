import { expect } from "chai";
import { assemble, constant, EMPTY, I32, identity, namespace, op, rejectionOf, thrownBy } from "./support.ts";

const wasm = namespace();
const NEEDY = new wasm.Module(
  assemble({
    imports: [
      { module: "a", name: "f", kind: "func" },
      { module: "b", name: "g", kind: "global", type: I32, mutable: false },
      { module: "a", name: "f", kind: "func", params: [I32] },
    ],
    functions: [],
  }),
);

describe("host/webassembly: Instance", () => {
  it("is made in all ways with the same exports", async () => {
    const bytes = assemble({ functions: [identity(I32, "id")] });
    const module = new wasm.Module(bytes);
    const both = await wasm.instantiate(bytes);
    const instances = [new wasm.Instance(module), await wasm.instantiate(module), both.instance];
    expect(Object.keys(both)).to.deep.equal(["module", "instance"]);
    expect(both.module).to.be.instanceOf(wasm.Module);
    for (const instance of instances) {
      expect(instance).to.be.instanceOf(wasm.Instance);
      expect(instance.exports).to.equal(instance.exports);
      expect(Object.getPrototypeOf(instance.exports)).to.equal(null);
      expect(Object.isFrozen(instance.exports)).to.equal(true);
      expect(instance.exports.id(9)).to.equal(9);
    }
    expect(instances[0].exports.id).not.to.equal(instances[1].exports.id);
  });

  it("reads each import once, in order, even one that is there twice", () => {
    const order: string[] = [];
    const log = (what: string, value: unknown) => {
      order.push(what);
      return value;
    };
    const imports = {
      get a() {
        return log("a", {
          get f() {
            return log("f", () => {});
          },
        });
      },
      get b() {
        return log("b", {
          get g() {
            return log("g", 1);
          },
        });
      },
    };
    new wasm.Instance(NEEDY, imports);
    expect(order).to.deep.equal(["a", "f", "b", "g", "a", "f"]);
  });

  it("says which import is missing or wrong, and how", async () => {
    const cases: [unknown, unknown, RegExp][] = [
      [undefined, TypeError, /there must be an import object/],
      [null, TypeError, /import object must be an object/],
      [1, TypeError, /import object must be an object/],
      [{}, TypeError, /"a" is not an object/],
      [{ a: 1 }, TypeError, /"a" is not an object/],
      [{ a: {} }, wasm.LinkError, /import "a" "f" is not a function/],
      [{ a: { f() {} } }, TypeError, /"b" is not an object/],
      [{ a: { f() {} }, b: { g: "x" } }, wasm.LinkError, /import "b" "g" is neither/],
    ];
    for (const [imports, expected, message] of cases) {
      const errors = [
        thrownBy(() => new wasm.Instance(NEEDY, imports)),
        await rejectionOf(wasm.instantiate(NEEDY, imports)),
      ];
      for (const error of errors) {
        expect(error).to.be.instanceOf(expected as ErrorConstructor);
        expect(error.message).to.match(message);
      }
    }
  });

  it("lets through what a getter of the import object throws", () => {
    const error = new Error("mine");
    const imports = {
      get a() {
        throw error;
      },
    };
    expect(thrownBy(() => new wasm.Instance(NEEDY, imports))).to.equal(error);
  });

  it("links an exported function as what it is: no JavaScript in between", () => {
    const source = new wasm.Instance(new wasm.Module(assemble({ functions: [identity(I32, "id")] }))).exports;
    const through = assemble({
      imports: [{ module: "m", name: "f", kind: "func", params: [I32], results: [I32] }],
      functions: [],
    });
    const reexported = Uint8Array.from([
      ...through.slice(0, -3),
      7,
      5,
      1,
      1,
      102,
      0,
      0,
      ...through.slice(-3),
    ]);
    const module = new wasm.Module(reexported);
    expect(new wasm.Instance(module, { m: { f: source.id } }).exports.f).to.equal(source.id);
    const host = (x: number) => x + 1;
    const { f } = new wasm.Instance(module, { m: { f: host } }).exports;
    expect(f).not.to.equal(host);
    expect(f(1)).to.equal(2);
    expect([f.name, f.length]).to.deep.equal(["0", 1]);
    const wrong = new wasm.Module(
      assemble({ imports: [{ module: "m", name: "f", kind: "func" }], functions: [] }),
    );
    expect(thrownBy(() => new wasm.Instance(wrong, { m: { f: source.id } }))).to.be.instanceOf(
      wasm.LinkError,
    );
    expect(new wasm.Instance(wrong, { m: { f: namespace } })).to.be.instanceOf(wasm.Instance);
  });

  it("gives the errors of a start function as they are", async () => {
    const start = (code: number[], imports = [{ module: "m", name: "f", kind: "func" as const }]) => {
      const bytes = assemble({ imports, functions: [{ code }] });
      // The start section stands before the code section, which is the last one.
      const at = bytes.lastIndexOf(10, bytes.length - code.length - 4);
      return new wasm.Module(Uint8Array.from([...bytes.slice(0, at), 8, 1, 1, ...bytes.slice(at)]));
    };
    const mine = new Error("mine");
    const imports = {
      m: {
        f() {
          throw mine;
        },
      },
    };
    const calls = start([...op("call"), 0]);
    expect(thrownBy(() => new wasm.Instance(calls, imports))).to.equal(mine);
    expect(await rejectionOf(wasm.instantiate(calls, imports))).to.equal(mine);
    expect(thrownBy(() => new wasm.Instance(start(op("unreachable")), imports))).to.be.instanceOf(
      wasm.RuntimeError,
    );
  });

  it("has exports that are named by anything", () => {
    const names = ["__proto__", "constructor", "", "10", "2"];
    const functions = names.map((name, i) => ({
      results: [I32],
      code: constant(I32, BigInt(i)),
      export: name,
    }));
    const { exports } = new wasm.Instance(new wasm.Module(assemble({ functions })));
    expect(names.map((name) => exports[name]())).to.deep.equal([0, 1, 2, 3, 4]);
    expect(names.map((name) => exports[name].name)).to.deep.equal(["0", "1", "2", "3", "4"]);
  });

  it("takes no module but its own namespace's", () => {
    const other = new (namespace().Module)(EMPTY);
    expect(thrownBy(() => new wasm.Instance(other))).to.be.instanceOf(TypeError);
    expect(thrownBy(() => wasm.Instance(new wasm.Module(EMPTY)))).to.be.instanceOf(TypeError);
  });
});
