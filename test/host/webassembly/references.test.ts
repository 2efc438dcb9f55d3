import { expect } from "chai";
import {
  type Any,
  assemble,
  constant,
  EXTERNREF,
  F64,
  FUNCREF,
  I32,
  identity,
  namespace,
  op,
  rejectionOf,
  thrownBy,
} from "./support.ts";

const wasm = namespace();
const made = (parts: Parameters<typeof assemble>[0], imports?: object): Any =>
  new wasm.Instance(new wasm.Module(assemble(parts)), imports).exports;

const { ref, func, seven } = made({
  functions: [
    identity(EXTERNREF, "ref"),
    identity(FUNCREF, "func"),
    { results: [I32], code: constant(I32, 7n), export: "seven" },
  ],
});

const VALUES = [
  undefined,
  null,
  0,
  -0,
  Number.NaN,
  1n,
  "text",
  true,
  Symbol("s"),
  {},
  [],
  () => {},
  seven,
  wasm,
];

describe("host/webassembly: references", () => {
  it("of the host are any value, and come back as they were", () => {
    for (const value of VALUES) expect(Object.is(ref(value), value), String(value)).to.equal(true);
    expect(ref()).to.equal(undefined);
    const seen: unknown[] = [];
    const { pass } = made(
      {
        imports: [
          { module: "m", name: "f", kind: "func", params: [EXTERNREF, EXTERNREF], results: [EXTERNREF] },
        ],
        functions: [
          {
            params: [EXTERNREF, EXTERNREF],
            results: [EXTERNREF],
            code: [...op("local.get"), 1, ...op("local.get"), 0, ...op("call"), 0],
            export: "pass",
          },
        ],
      },
      {
        m: {
          f(...args: unknown[]) {
            seen.push(...args);
            return args[0];
          },
        },
      },
    );
    VALUES.forEach((value, i) => {
      const next = VALUES[(i + 1) % VALUES.length];
      expect(Object.is(pass(value, next), next)).to.equal(true);
      expect(Object.is(seen.at(-1), value) && Object.is(seen.at(-2), next)).to.equal(true);
    });
  });

  it("to functions are exported functions or null", () => {
    expect(func(null)).to.equal(null);
    expect(func(seven)).to.equal(seven);
    expect(func(func)).to.equal(func);
    for (const value of [undefined, 0, {}, () => {}, namespace, thrownBy]) {
      expect(thrownBy(() => func(value))).to.be.instanceOf(TypeError);
    }
  });

  it("survive calls back into the module while they are converted and passed", () => {
    const outer = made(
      {
        imports: [{ module: "m", name: "f", kind: "func", params: [EXTERNREF], results: [EXTERNREF] }],
        functions: [
          {
            params: [EXTERNREF, I32],
            results: [EXTERNREF],
            code: [...op("local.get"), 0, ...op("call"), 0, ...op("drop"), ...op("local.get"), 0],
            export: "outer",
          },
        ],
      },
      { m: { f: (value: unknown) => [ref({}), ref(value), ref({})] } },
    ).outer;
    const mine = {};
    expect(outer(mine, { valueOf: () => Number(ref({}) === mine) })).to.equal(mine);
  });

  it("are held by globals", () => {
    const global = new wasm.Global({ value: "externref", mutable: true }, seven);
    expect(global.value).to.equal(seven);
    global.value = undefined;
    expect(global.value).to.equal(undefined);
    expect(new wasm.Global({ value: "externref" }).value).to.equal(undefined);
    expect(new wasm.Global({ value: "anyfunc" }).value).to.equal(null);
    expect(new wasm.Global({ value: "anyfunc" }, seven).value).to.equal(seven);
    expect(thrownBy(() => new wasm.Global({ value: "anyfunc" }, 1))).to.be.instanceOf(TypeError);
    const { get, exported } = made(
      {
        imports: [{ module: "m", name: "g", kind: "global", type: EXTERNREF, mutable: false }],
        functions: [{ results: [EXTERNREF], code: [...op("global.get"), 0], export: "get" }],
        exports: [{ name: "exported", kind: "global", index: 0 }],
      },
      { m: { g: VALUES } },
    );
    expect(get()).to.equal(VALUES);
    expect(exported.value).to.equal(VALUES);
  });

  it("are held by tables, whose missing elements are their type's default", () => {
    const table = new wasm.Table({ element: "externref", initial: 2 }, "first");
    expect(table.get(1)).to.equal("first");
    table.set(1);
    expect(table.get(1)).to.equal(undefined);
    expect(table.grow(1)).to.equal(2);
    expect(table.get(2)).to.equal(undefined);
    expect(table.grow(1, null)).to.equal(3);
    expect(table.get(3)).to.equal(null);
    for (const value of VALUES) {
      table.set(0, value);
      expect(Object.is(table.get(0), value)).to.equal(true);
    }
    const empty = new wasm.Table({ element: "externref", initial: 1 });
    expect(empty.get(0)).to.equal(undefined);
    const wanted = assemble({ imports: [{ module: "m", name: "t", kind: "table", min: 1 }], functions: [] });
    expect(thrownBy(() => new wasm.Instance(new wasm.Module(wanted), { m: { t: table } }))).to.be.instanceOf(
      wasm.LinkError,
    );
  });
});

describe("host/webassembly: several results", () => {
  const swap = {
    params: [F64, I32],
    results: [I32, F64],
    code: [...op("local.get"), 1, ...op("local.get"), 0],
    export: "swap",
  };
  const asking = (f: () => unknown) =>
    made(
      {
        imports: [{ module: "m", name: "f", kind: "func", params: [], results: [I32, EXTERNREF] }],
        functions: [{ results: [I32, EXTERNREF], code: [...op("call"), 0], export: "ask" }],
      },
      { m: { f } },
    ).ask;

  it("are a list for scripts", () => {
    const result = made({ functions: [swap] }).swap(4.2, 7);
    expect(result).to.deep.equal([7, 4.2]);
    expect(Object.getPrototypeOf(result)).to.equal(Array.prototype);
  });

  it("are taken from whatever can be iterated, all before any is converted", () => {
    const order: string[] = [];
    const ask = asking(function* () {
      order.push("first");
      yield { valueOf: () => order.push("converted") };
      order.push("second");
      yield order;
    } as () => unknown);
    expect(ask()).to.deep.equal([3, order]);
    expect(order).to.deep.equal(["first", "second", "converted"]);
  });

  it("must be as many as there are", async () => {
    for (const result of [undefined, null, 1, {}, [], [1], [1, 2, 3], "x", { [Symbol.iterator]: 7 }]) {
      expect(
        thrownBy(() => asking(() => result)()),
        String(result),
      ).to.be.instanceOf(TypeError);
    }
    const mine = {};
    const throwing = {
      [Symbol.iterator]() {
        throw mine;
      },
    };
    expect(await rejectionOf((async () => asking(() => throwing)())())).to.equal(mine);
  });
});

describe("host/webassembly: modules of 2.0", () => {
  it("do not pass vectors to or from scripts", () => {
    const V128 = 0x7b;
    let called = false;
    const { give, take, call } = made(
      {
        imports: [{ module: "m", name: "f", kind: "func", params: [V128] }],
        functions: [
          { results: [V128], code: [...op("v128.const"), ...new Array(16).fill(0)], export: "give" },
          { params: [V128, I32], code: [], export: "take" },
          { code: [...op("v128.const"), ...new Array(16).fill(0), ...op("call"), 0], export: "call" },
        ],
      },
      {
        m: {
          f() {
            called = true;
          },
        },
      },
    );
    for (const action of [give, () => take(0, { valueOf: () => expect.fail() }), call]) {
      expect(thrownBy(() => action())).to.be.instanceOf(TypeError);
    }
    expect(called).to.equal(false);
  });

  it("trap where a segment does not fit, and leave those before it", async () => {
    const memory = new wasm.Memory({ initial: 1 });
    const module = new wasm.Module(
      assemble({
        imports: [{ module: "m", name: "memory", kind: "memory", min: 1 }],
        functions: [],
        data: [
          { offset: 0, bytes: [1, 2] },
          { offset: 65535, bytes: [3, 4] },
        ],
      }),
    );
    expect(thrownBy(() => new wasm.Instance(module, { m: { memory } }))).to.be.instanceOf(wasm.RuntimeError);
    expect([...new Uint8Array(memory.buffer, 0, 2)]).to.deep.equal([1, 2]);
    expect(await rejectionOf(wasm.instantiate(module, { m: { memory } }))).to.be.instanceOf(
      wasm.RuntimeError,
    );
  });
});
