import { expect } from "chai";
import { Store } from "../../../src/interp/index.ts";
import {
  type Any,
  assemble,
  constant,
  EXECUTORS,
  F32,
  F64,
  I32,
  I64,
  identity,
  namespace,
  op,
  thrownBy,
} from "./support.ts";

const TYPES = { i32: I32, i64: I64, f32: F32, f64: F64 };

for (const [executor, options] of EXECUTORS)
  describe(`host/webassembly: functions, on ${executor}`, () => {
    const wasm = namespace(options);
    const ids = new wasm.Instance(
      new wasm.Module(
        assemble({ functions: Object.entries(TYPES).map(([name, type]) => identity(type, name)) }),
      ),
    ).exports;

    /** A module with one imported function `f`, and an export that passes its arguments on to it. */
    function passing(params: number[], results: number[], f: unknown): Any {
      const code = [...params.flatMap((_, i) => [...op("local.get"), i]), ...op("call"), 0];
      const bytes = assemble({
        imports: [{ module: "m", name: "f", kind: "func", params, results }],
        functions: [{ params, results, code, export: "pass" }],
      });
      return new wasm.Instance(new wasm.Module(bytes), { m: { f } }).exports.pass;
    }

    it("convert arguments and results as the standard says", () => {
      const cases: [keyof typeof TYPES, unknown, unknown][] = [
        ["i32", 2 ** 32 + 1.9, 1],
        ["i32", "0x10", 16],
        ["i32", undefined, 0],
        ["i32", { valueOf: () => -1 }, -1],
        ["i64", 2n ** 64n + 1n, 1n],
        ["i64", "12", 12n],
        ["i64", true, 1n],
        ["f32", 0.1, Math.fround(0.1)],
        ["f32", null, 0],
        ["f64", "1e3", 1000],
        ["f64", -0, -0],
      ];
      for (const [type, value, expected] of cases) {
        expect(Object.is(ids[type](value), expected), `${type} ${String(value)}`).to.equal(true);
        const given: unknown[] = [];
        const spy = (x: unknown) => {
          given.push(x);
          return value;
        };
        expect(Object.is(passing([TYPES[type]], [TYPES[type]], spy)(value), expected)).to.equal(true);
        expect(Object.is(given[0], expected)).to.equal(true);
      }
      for (const [type, value] of [
        ["i32", 1n],
        ["i64", 1],
        ["i64", undefined],
        ["f32", 1n],
        ["f64", Symbol("x")],
      ]) {
        expect(thrownBy(() => ids[type as string](value))).to.be.instanceOf(TypeError);
        expect(thrownBy(() => passing([], [TYPES[type as "i32"]], () => value)())).to.be.instanceOf(
          TypeError,
        );
      }
      expect(thrownBy(() => ids.i64("x"))).to.be.instanceOf(SyntaxError);
    });

    it("are functions, but no constructors", () => {
      const { i32 } = ids;
      expect(Object.getPrototypeOf(i32)).to.equal(Function.prototype);
      expect(Object.hasOwn(i32, "prototype")).to.equal(false);
      expect([i32.name, i32.length]).to.deep.equal(["0", 1]);
      expect(thrownBy(() => new i32())).to.be.instanceOf(TypeError);
      expect(i32(1, 2, 3)).to.equal(1);
      expect(i32.call({}, 4)).to.equal(4);
      expect(ids.i64.name).to.equal("1");
    });

    it("call imported functions with no receiver, and ignore what they return where nothing is wanted", () => {
      let receiver: unknown = "none";
      const pass = passing([I32, I32], [], function (this: unknown) {
        receiver = this;
        return 1n;
      });
      expect(pass(1, 2)).to.equal(undefined);
      expect(receiver).to.equal(undefined);
    });

    it("let JavaScript exceptions through with their identity, nested to any depth", () => {
      for (const error of [new Error("x"), { not: "an error" }, undefined, "text"]) {
        const boom = passing([], [], () => {
          throw error;
        });
        const outer = passing([], [], () => boom());
        expect(thrownBy(() => outer())).to.equal(error);
      }
      expect(ids.i32(5)).to.equal(5);
    });

    it("go on after a caught exception, where the code calls again", () => {
      let calls = 0;
      const inner = passing([], [I32], () => {
        if (calls++ % 2 === 0) throw new Error("odd");
        return calls;
      });
      const outer = passing([], [I32], () => {
        try {
          return inner();
        } catch {
          return inner() + 100;
        }
      });
      expect(outer()).to.equal(102);
      expect(outer()).to.equal(104);
    });

    it("trap as a RuntimeError, with the trap as its cause and the module's frames in its stack", () => {
      const { boom } = new wasm.Instance(
        new wasm.Module(assemble({ functions: [{ code: op("unreachable"), export: "boom" }] })),
      ).exports;
      const error = thrownBy(() => boom());
      expect(error).to.be.instanceOf(wasm.RuntimeError);
      expect(error.message).to.equal("unreachable");
      expect(error.cause.code).to.equal("unreachable");
      expect(error.stack).to.match(
        /^RuntimeError: unreachable\n {4}at boom \(wasm-function\[0\]:0x[0-9a-f]+\)\n/,
      );
    });

    it("run out of stack as JavaScript does, and can be called again", () => {
      const { recurse, id } = new wasm.Instance(
        new wasm.Module(
          assemble({ functions: [{ code: [...op("call"), 0], export: "recurse" }, identity(I32, "id")] }),
        ),
      ).exports;
      expect(thrownBy(() => recurse())).to.be.instanceOf(RangeError);
      expect(id(3)).to.equal(3);
    });

    it("survive arguments and results that call back while they are converted", () => {
      const add = passing([I32, I32], [I32], (a: number, b: number) => a - b);
      const nested = { valueOf: () => add(10, 1) };
      expect(add(nested, { valueOf: () => add(4, 1) })).to.equal(6);
      const late = passing([I32, I32], [I32], () => nested);
      expect(late(1, 2)).to.equal(9);
    });

    it("obey the gas of the store that they run in", () => {
      const store = new Store({ gasLimit: 100n, ...options });
      const metered = namespace({ store });
      const { loop, answer } = new metered.Instance(
        new metered.Module(
          assemble({
            functions: [
              { code: [...op("loop"), 0x40, ...op("br"), 0, ...op("end")], export: "loop" },
              { results: [I32], code: constant(I32, 42n), export: "answer" },
            ],
          }),
        ),
      ).exports;
      expect(answer()).to.equal(42);
      expect(store.gasUsed > 0n).to.equal(true);
      expect(thrownBy(() => loop()).cause.code).to.equal("out-of-gas");
    });
  });
