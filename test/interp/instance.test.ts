import { expect } from "chai";
import type { ValidModule } from "../../src/decoder/index.ts";
import { decode, F32, F64, I32, I64 } from "../../src/decoder/index.ts";
import {
  type ExportedFunction,
  Global,
  hostFunc,
  ImportMap,
  type Instance,
  instantiate,
  LinkError,
  Memory,
  Store,
  Table,
  Trap,
} from "../../src/interp/index.ts";
import { binary, build, type ModuleText } from "./build.ts";

const make = (text: ModuleText, imports = new ImportMap(), store = new Store()): Instance =>
  instantiate(store, build(text), imports);
const func = (type: string, code: string, name = "f"): ModuleText => ({
  functions: [{ export: name, type, code }],
});

describe("values at the edge", () => {
  it("i64 is a signed BigInt, i32 a signed number", () => {
    expect(make(func("i64 > i64", "local.get 0")).call("f", 2n ** 63n)).equal(-(2n ** 63n));
    expect(make(func("i32 > i32", "local.get 0")).call("f", 0xffffffff)).equal(-1);
  });

  it("a NaN given as a number enters as the canonical one; the bits form keeps every NaN", () => {
    const f32 = make(func("f32 > f32", "local.get 0"));
    const f64 = make(func("f64 > f64", "local.get 0"));
    expect(f32.callBits("f", [0x7fa00001n])).deep.equal([0x7fa00001n]);
    expect(f64.callBits("f", [0xfff4000000000001n])).deep.equal([0xfff4000000000001n]);
    const bits = make(func("f64 > i64", "local.get 0 i64.reinterpret_f64"));
    expect(bits.call("f", Number.NaN)).equal(0x7ff8000000000000n);
  });

  it("arithmetic on a NaN gives the canonical NaN whatever its payload and sign", () => {
    const add = make(func("f64 f64 > f64", "local.get 0 local.get 1 f64.add"));
    expect(add.callBits("f", [0xfff4000000000001n, 0n])).deep.equal([0x7ff8000000000000n]);
    const demote = make(func("f64 > f32", "local.get 0 f32.demote_f64"));
    expect(demote.callBits("f", [0xffffffffffffffffn])).deep.equal([0x7fc00000n]);
  });

  it("refuses the wrong number of arguments and unknown functions", () => {
    const instance = make(func("i32 > i32", "local.get 0"));
    expect(() => instance.call("f")).throw(TypeError);
    expect(() => instance.call("g")).throw(TypeError);
  });
});

describe("exports as JavaScript has them", () => {
  it("are functions to call, memories and globals, on an object without a prototype", () => {
    const instance = make({
      functions: [
        { export: "double", type: "i64 > i64", code: "local.get 0 i64.const 2 i64.mul" },
        { export: "half", type: "> f64", code: "f64.const 1.5" },
        { export: "__proto__", code: "global.get 0 i32.const 1 i32.add global.set 0" },
      ],
      memory: [1],
      globals: [["i32", true, "i32.const 7"]],
      exportAll: true,
    });
    const { double, half, memory, global0, missing } = instance.exports;
    expect((double as ExportedFunction)(21n)).equal(42n);
    expect((half as ExportedFunction)()).equal(1.5);
    const named: string = "__proto__";
    (instance.exports[named] as ExportedFunction)();
    expect(memory).equal(instance.memory);
    expect((global0 as Global).value).equal(8);
    expect(missing).equal(undefined);
    expect(Object.getPrototypeOf(instance.exports)).equal(null);
    expect(() => (double as ExportedFunction)()).throw(TypeError);
  });
});

describe("functions", () => {
  const text: ModuleText = {
    imports: [["host", "f", "> i32"]],
    functions: [
      { export: "one", type: "> i32", code: "i32.const 1" },
      { type: "> i32", code: "i32.const 2" },
      { type: "> i32", code: "i32.const 3" },
    ],
    table: [2],
    elements: [[0, [2, 1]]],
    exportAll: true,
  };
  const f = hostFunc("f", { params: [], results: [I32] }, () => 9);
  const imports = new ImportMap().define("host", "f", { kind: "func", value: f });

  it("are the same objects whoever asks, and made only when somebody does", () => {
    const { funcs, externs, tables } = make(text, imports);
    expect([...funcs.asked()].map(({ index }) => index)).deep.equal([0, 1]);
    expect(funcs.at(0)).equal(f);
    expect(funcs.at(1)).equal(externs.get("one")!.value);
    expect(tables[0]!.elements).deep.equal([funcs.at(2), funcs.at(1)]);
    expect(funcs.at(2)).equal(tables[0]!.elements[0]);
    expect(funcs.at(3)).equal(funcs.defined(2));
    expect([...funcs.asked()]).have.length(3);
  });

  it("are as many as the module has", () => {
    const { funcs } = make(text, imports);
    expect([funcs.length, funcs.at(4), funcs.at(-1), funcs.defined(3)]).deep.equal([
      4,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("linking", () => {
  it("lists every import that is missing or of another type", () => {
    const text: ModuleText = {
      imports: [
        ["a", "missing", ">"],
        ["a", "wrong", "i32 >"],
        ["a", "right", ">"],
      ],
      importMemory: ["a", "memory", 2],
    };
    const imports = new ImportMap()
      .define("a", "wrong", {
        kind: "func",
        value: hostFunc("wrong", { params: [I64], results: [] }, () => undefined),
      })
      .define("a", "right", {
        kind: "func",
        value: hostFunc("right", { params: [], results: [] }, () => undefined),
      })
      .define("a", "memory", { kind: "memory", value: new Memory({ min: 1, max: undefined }) });
    expect(() => make(text, imports))
      .throw(LinkError)
      .property("problems")
      .deep.equal([
        { module: "a", name: "missing", reason: "unknown import" },
        { module: "a", name: "wrong", reason: "incompatible import type" },
        { module: "a", name: "memory", reason: "incompatible import type" },
      ]);
  });

  it("onMissing trap: a missing function traps by name, and only when it is called", () => {
    const module = build({
      imports: [["env", "gone", ">"]],
      functions: [{ export: "f", type: "i32 >", code: "local.get 0 if call 0 end" }],
    });
    const instance = instantiate(new Store(), module, new ImportMap(), { onMissing: "trap" });
    instance.call("f", 0);
    expect(() => instance.call("f", 1))
      .throw(Trap, "env.gone")
      .property("code", "missing-import");
    expect(() => instantiate(new Store(), module, new ImportMap())).throw(LinkError);
  });

  it("refuses modules that were not validated", () => {
    const module = decode(binary(func(">", "nop"))) as ValidModule;
    expect(() => instantiate(new Store(), module, new ImportMap())).throw(TypeError);
  });

  it("writes no segment if one of them does not fit (1.0)", () => {
    const memory = new Memory({ min: 1, max: undefined });
    const table = new Table({ element: 0x70, min: 1, max: undefined });
    const imports = new ImportMap()
      .define("a", "m", { kind: "memory", value: memory })
      .define("a", "t", { kind: "table", value: table });
    const text: ModuleText = {
      ...func(">", "nop"),
      importMemory: ["a", "m", 1],
      importTable: ["a", "t", 1],
      data: [
        [0, [1, 2, 3]],
        [65534, [1, 2, 3]],
      ],
      elements: [[0, [0]]],
    };
    expect(() => make(text, imports)).throw(LinkError, "data segment");
    expect(memory.bytes[0]).equal(0);
    expect(table.elements[0]).equal(null);
  });

  it("shares mutable globals, memory and tables between instances", () => {
    const store = new Store();
    const owner = make(
      {
        functions: [{ export: "get", type: "> i64", code: "global.get 0" }],
        globals: [["i64", true, "i64.const 5"]],
        memory: [1],
        table: [2],
        exportAll: true,
      },
      new ImportMap(),
      store,
    );
    const user = make(
      {
        importGlobals: [["o", "global0", "i64", true]],
        importMemory: ["o", "memory", 1],
        importTable: ["o", "table", 2],
        functions: [
          {
            export: "set",
            type: "i64 >",
            code: "local.get 0 global.set 0 i32.const 0 i32.const 1 memory.grow i32.store8",
          },
          { export: "twice", type: "i32 > i32", code: "local.get 0 i32.const 2 i32.mul" },
        ],
        elements: [[1, [1]]],
      },
      new ImportMap().defineInstance("o", owner),
      store,
    );
    user.call("set", -9n);
    expect(owner.call("get")).equal(-9n);
    expect(owner.memory?.pages).equal(2);
    expect(owner.memory?.bytes[0]).equal(1);
    const caller = make(
      {
        importTable: ["o", "table", 2],
        // Type 0 is the function's own: i32 i32 > i32; type 1 is i32 > i32.
        functions: [
          { export: "at", type: "i32 i32 > i32", code: "local.get 1 local.get 0 call_indirect 1" },
          { type: "i32 > i32", code: "local.get 0" },
        ],
      },
      new ImportMap().defineInstance("o", owner),
      store,
    );
    expect(caller.call("at", 1, 21)).equal(42);
    expect(() => caller.call("at", 0, 21))
      .throw(Trap)
      .property("code", "uninitialized-element");
    expect(() => caller.call("at", 2, 21))
      .throw(Trap)
      .property("code", "undefined-element");
  });

  it("checks indirect calls by structure, across instances too", () => {
    const store = new Store();
    const owner = make(
      {
        functions: [{ type: "i64 > i64", code: "local.get 0" }],
        table: [1],
        elements: [[0, [0]]],
        exportAll: true,
      },
      new ImportMap(),
      store,
    );
    const caller = make(
      {
        importTable: ["o", "table", 1],
        functions: [
          { export: "right", type: "i64 > i64", code: "local.get 0 i32.const 0 call_indirect 0" },
          { export: "wrong", type: "i32 > i32", code: "local.get 0 i32.const 0 call_indirect 1" },
        ],
      },
      new ImportMap().defineInstance("o", owner),
      store,
    );
    expect(caller.call("right", 3n)).equal(3n);
    expect(() => caller.call("wrong", 3))
      .throw(Trap)
      .property("code", "indirect-call-type-mismatch");
  });
});

describe("host functions", () => {
  const logType = { params: [I32, I64, F32, F64], results: [F64] } as const;

  it("get typed values and return one", () => {
    const seen: unknown[] = [];
    const imports = new ImportMap().define("env", "log", {
      kind: "func",
      value: hostFunc("log", logType, (...args) => {
        seen.push(args);
        return 0.5;
      }),
    });
    const instance = make(
      {
        imports: [["env", "log", "i32 i64 f32 f64 > f64"]],
        functions: [
          {
            export: "f",
            type: "> f64",
            code: "i32.const -1 i64.const -2 f32.const 1.5 f64.const 2.5 call 0 f64.const 1 f64.add",
          },
        ],
      },
      imports,
    );
    expect(instance.call("f")).equal(1.5);
    expect(seen).deep.equal([[-1, -2n, 1.5, 2.5]]);
  });

  it("may call back into Wasm, whose frames stay where they are", () => {
    let instance: Instance;
    const imports = new ImportMap().define("env", "again", {
      kind: "func",
      value: hostFunc("again", { params: [I32], results: [I32] }, (n) =>
        instance.call("f", (n as number) - 1),
      ),
    });
    instance = make(
      {
        imports: [["env", "again", "i32 > i32"]],
        functions: [
          {
            export: "f",
            type: "i32 > i32",
            code: "local.get 0 i32.eqz if i32 i32.const 0 else local.get 0 local.get 0 call 0 i32.add end",
          },
        ],
      },
      imports,
    );
    expect(instance.call("f", 20)).equal(210);
    expect(() => instance.call("f", 1000))
      .throw(Trap)
      .property("code", "call-stack-exhausted");
    expect(instance.call("f", 20)).equal(210);
  });

  it("an error they throw passes through, and the instance remains usable", () => {
    const imports = new ImportMap().define("env", "fail", {
      kind: "func",
      value: hostFunc("fail", { params: [], results: [] }, () => {
        throw new SyntaxError("host");
      }),
    });
    const instance = make(
      {
        imports: [["env", "fail", ">"]],
        functions: [
          { export: "f", code: "call 0" },
          { export: "g", type: "> i32", code: "i32.const 3" },
        ],
      },
      imports,
    );
    expect(() => instance.call("f")).throw(SyntaxError, "host");
    expect(instance.call("g")).equal(3);
  });

  it("see globals that the host made", () => {
    const global = Global.of({ type: F64, mutable: true }, 1.25);
    const instance = make(
      {
        importGlobals: [["h", "g", "f64", true]],
        functions: [{ export: "f", code: "global.get 0 f64.const 2 f64.mul global.set 0" }],
      },
      new ImportMap().define("h", "g", { kind: "global", value: global }),
    );
    instance.call("f");
    expect(global.value).equal(2.5);
    expect(() => {
      Global.of({ type: F32, mutable: false }, 1).value = 2;
    }).throw(TypeError);
  });
});

describe("traps", () => {
  it("carry the Wasm stack, innermost frame first, with byte offsets of the operators", () => {
    const text: ModuleText = {
      functions: [
        { export: "outer", code: "nop call 1" },
        { code: "i32.const 1 call 2", type: ">" },
        { type: "i32 >", code: "local.get 0 i32.const 0 i32.div_u drop" },
      ],
    };
    const instance = make(text);
    const { bytes, bodies } = instance.module;
    try {
      instance.call("outer");
      expect.fail("it did not trap");
    } catch (error) {
      expect(error).instanceOf(Trap);
      const { code, message, wasmStack } = error as Trap;
      expect([code, message]).deep.equal(["integer-divide-by-zero", "integer divide by zero"]);
      expect(wasmStack.map(({ func, name }) => [func, name])).deep.equal([
        [2, undefined],
        [1, undefined],
        [0, "outer"],
      ]);
      expect(wasmStack.map(({ offset }) => bytes[offset!])).deep.equal([0x6e, 0x10, 0x10]);
      expect(wasmStack[2]!.offset).equal(bodies[0]!.start + 1);
    }
  });

  it("out-of-bounds stores write nothing, and 33-bit addresses never wrap", () => {
    const instance = make({
      functions: [
        { export: "store", type: "i32 i64 >", code: "local.get 0 local.get 1 i64.store" },
        { export: "far", type: "i32 > i32", code: "local.get 0 i32.load 4294967295" },
        { export: "constant", code: "i32.const 65532 i64.const -1 i64.store" },
      ],
      memory: [1],
      exportAll: true,
    });
    for (const address of [65529, 65535, -1, -8]) {
      expect(() => instance.call("store", address, -1n))
        .throw(Trap)
        .property("code", "out-of-bounds-memory");
    }
    expect(() => instance.call("constant"))
      .throw(Trap)
      .property("code", "out-of-bounds-memory");
    expect(() => instance.call("far", 1))
      .throw(Trap)
      .property("code", "out-of-bounds-memory");
    expect(instance.memory?.bytes.every((byte) => byte === 0)).equal(true);
    instance.call("store", 65528, -1n);
    expect(instance.memory?.bytes[65535]).equal(255);
  });
});
