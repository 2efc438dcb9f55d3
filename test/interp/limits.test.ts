import { expect } from "chai";
import { ImportMap, instantiate, Memory, Store, Trap } from "../../src/interp/index.ts";
import { build, type ModuleText } from "./build.ts";

function outcome(text: ModuleText, options: object, ...args: number[]): unknown {
  const instance = instantiate(new Store(options), build(text), new ImportMap());
  try {
    return instance.call("f", ...args);
  } catch (error) {
    if (error instanceof Trap) return error.code;
    throw error;
  }
}

/** f(n) = n levels of calls below the first. */
const RECURSION: ModuleText = {
  functions: [
    {
      export: "f",
      type: "i32 > i32",
      code: "local.get 0 i32.eqz if i32 i32.const 7 else local.get 0 i32.const 1 i32.sub call 0 end",
    },
  ],
};

describe("limits", () => {
  it("call depth: at the limit it returns, past it the trap is call-stack-exhausted", () => {
    expect(outcome(RECURSION, { maxCallDepth: 10 }, 9)).equal(7);
    expect(outcome(RECURSION, { maxCallDepth: 10 }, 10)).equal("call-stack-exhausted");
  });

  it("stack slots: at the limit it returns, past it the trap is call-stack-exhausted", () => {
    // Each frame: 1 parameter, at most 2 operands; the callee's begins at the caller's operand: n + 3 slots in all.
    expect(outcome(RECURSION, { maxStackSlots: 13 }, 10)).equal(7);
    expect(outcome(RECURSION, { maxStackSlots: 12 }, 10)).equal("call-stack-exhausted");
  });

  it("grows the frame buffer while values are in it", () => {
    const sum: ModuleText = {
      functions: [
        {
          export: "f",
          type: "i32 > i32",
          locals: "i64 i64 i64 i64 i64 i64 i64 i64",
          code: "local.get 0 i32.eqz if i32 i32.const 0 else local.get 0 local.get 0 i32.const 1 i32.sub call 0 i32.add end",
        },
      ],
    };
    expect(outcome(sum, {}, 16000)).equal((16000 * 16001) / 2);
  });

  it("endless recursion ends at the default limits, and the instance remains usable", () => {
    const instance = instantiate(new Store(), build(RECURSION), new ImportMap());
    for (let i = 0; i < 3; i++) {
      expect(() => instance.call("f", -1))
        .throw(Trap)
        .property("code", "call-stack-exhausted");
      expect(instance.call("f", 100)).equal(7);
    }
  });

  it("memory pages: the store's limit beside the memory's own", () => {
    const text: ModuleText = {
      functions: [{ export: "f", type: "i32 > i32", code: "local.get 0 memory.grow" }],
      memory: [1, 5],
    };
    expect(outcome(text, {}, 4)).equal(1);
    expect(outcome(text, {}, 5)).equal(-1);
    expect(outcome(text, { maxMemoryPages: 3 }, 2)).equal(1);
    expect(outcome(text, { maxMemoryPages: 3 }, 3)).equal(-1);
    expect(() => instantiate(new Store({ maxMemoryPages: 0 }), build(text), new ImportMap())).throw(
      RangeError,
    );
  });

  it("table elements", () => {
    const text: ModuleText = { table: [100] };
    expect(() => instantiate(new Store({ maxTableElements: 99 }), build(text), new ImportMap())).throw(
      RangeError,
    );
    instantiate(new Store({ maxTableElements: 100 }), build(text), new ImportMap());
  });

  it("refuses options out of range", () => {
    for (const options of [
      { maxCallDepth: 0 },
      { maxStackSlots: 0.5 },
      { maxMemoryPages: 65537 },
      { gasLimit: -1n },
    ]) {
      expect(() => new Store(options)).throw(RangeError);
    }
  });
});

describe("Memory", () => {
  it("keeps its bytes when it grows, zeroes the new ones, and replaces its views", () => {
    const memory = new Memory({ min: 1, max: undefined });
    const { view } = memory;
    memory.bytes.fill(255);
    for (let pages = 1; pages < 20; pages++) expect(memory.grow(1)).equal(pages);
    expect(memory.view).not.equal(view);
    expect(memory.view.byteLength).equal(20 * 65536);
    expect(memory.bytes.subarray(0, 65536).every((byte) => byte === 255)).equal(true);
    expect(memory.bytes.subarray(65536).every((byte) => byte === 0)).equal(true);
    expect(memory.grow(65536)).equal(-1);
    expect(memory.grow(0)).equal(20);
  });
});
