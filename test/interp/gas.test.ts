import { expect } from "chai";
import { costTable } from "../../src/interp/gas/schedule.ts";
import { ImportMap, instantiate, OPERATOR_1, Store, scheduleHash, Trap } from "../../src/interp/index.ts";
import { build, type ModuleText } from "./build.ts";

/** Gas of one call of export `f`, and the trap's code if it trapped. */
function gasOf(
  text: ModuleText,
  args: number[] = [],
  gasLimit?: bigint,
): { gas: bigint; trap: string | undefined } {
  const store = new Store(gasLimit === undefined ? {} : { gasLimit });
  const instance = instantiate(store, build(text), new ImportMap());
  let trap: string | undefined;
  try {
    instance.call("f", ...args);
  } catch (error) {
    if (!(error instanceof Trap)) throw error;
    trap = error.code;
  }
  return { gas: store.gasUsed, trap };
}
const f = (code: string, type = ">", more: Partial<ModuleText> = {}): ModuleText => ({
  functions: [{ export: "f", type, code }],
  ...more,
});

describe("gas, operator-1", () => {
  it("charges 1 for an operator and nothing for nop, block, loop, else and end", () => {
    expect(gasOf(f("nop block loop end end")).gas).equal(0n);
    expect(gasOf(f("i32.const 1 drop")).gas).equal(2n);
    expect(gasOf(f("i32.const 1 if nop else nop end")).gas).equal(2n);
    expect(gasOf(f("return")).gas).equal(1n);
  });

  it("charges only the blocks that are entered", () => {
    const text = f("local.get 0 if i32 i32.const 1 i32.const 2 i32.add else i32.const 1 end", "i32 > i32");
    expect(gasOf(text, [1]).gas).equal(2n + 3n);
    expect(gasOf(text, [0]).gas).equal(2n + 1n);
  });

  it("never charges dead code", () => {
    expect(gasOf(f("block br 0 i32.const 1 drop i32.const 1 drop end")).gas).equal(1n);
    expect(gasOf(f("return i32.const 1 drop")).gas).equal(1n);
  });

  it("does not split a block at a call, nor at an end that nothing branches to", () => {
    // The caller's 4 operators are one block: it is charged whole before the callee runs out of gas.
    const text: ModuleText = {
      functions: [{ export: "f", code: "block call 1 end i32.const 1 drop" }, { code: "i32.const 1 drop" }],
    };
    expect(gasOf(text).gas).equal(5n);
    expect(gasOf(text, [], 4n)).deep.equal({ gas: 3n, trap: "out-of-gas" });
  });

  it("starts a block after an end that a branch targets", () => {
    const text = f("block local.get 0 br_if 0 i32.const 1 drop end i32.const 1 drop", "i32 >");
    expect(gasOf(text, [1]).gas).equal(2n + 2n);
    expect(gasOf(text, [0]).gas).equal(2n + 2n + 2n);
    expect(gasOf(text, [1], 3n)).deep.equal({ gas: 2n, trap: "out-of-gas" });
  });

  it("charges a loop's body once per iteration, over many slices", () => {
    const text = f("loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end", "i32 >");
    expect(gasOf(text, [1]).gas).equal(5n);
    expect(gasOf(text, [100_000]).gas).equal(500_000n);
  });

  it("charges the whole block when a trap happens inside it", () => {
    expect(gasOf(f("i32.const 1 drop unreachable i32.const 1 drop"))).deep.equal({
      gas: 3n,
      trap: "unreachable",
    });
    expect(gasOf(f("i32.const 1 i32.const 0 i32.div_s drop i32.const 1 drop"))).deep.equal({
      gas: 6n,
      trap: "integer-divide-by-zero",
    });
  });

  it("stops exactly at the limit, with nothing of the next block run", () => {
    const text: ModuleText = {
      functions: [{ export: "f", code: "loop global.get 0 i32.const 1 i32.add global.set 0 br 0 end" }],
      globals: [["i32", true, "i32.const 0"]],
      exportAll: true,
    };
    for (const limit of [0n, 4n, 5n, 9n, 10n, 19_999n, 20_000n, 100_003n]) {
      const store = new Store({ gasLimit: limit });
      const instance = instantiate(store, build(text), new ImportMap());
      expect(() => instance.call("f"))
        .throw(Trap)
        .property("code", "out-of-gas");
      const counter = instance.externs.get("global0");
      expect(counter?.kind === "global" && counter.value.value).equal(Number(limit / 5n));
      expect(store.gasUsed).equal((limit / 5n) * 5n);
    }
  });

  it("charges memory.grow by the page, before it and also when it fails", () => {
    const text = f("local.get 0 memory.grow", "i32 > i32", { memory: [1, 2] });
    expect(gasOf(text, [0]).gas).equal(2n);
    expect(gasOf(text, [1]).gas).equal(2n + 1024n);
    expect(gasOf(text, [7]).gas).equal(2n + 7n * 1024n);
    expect(gasOf(text, [-1]).gas).equal(2n + 4294967295n * 1024n);
    expect(gasOf(text, [1], 1025n)).deep.equal({ gas: 2n, trap: "out-of-gas" });
    expect(gasOf(text, [1], 1026n)).deep.equal({ gas: 1026n, trap: undefined });
  });

  it("goes on counting in 64 bits over several calls", () => {
    const store = new Store();
    const instance = instantiate(
      store,
      build(f("local.get 0 memory.grow", "i32 > i32", { memory: [1, 2] })),
      new ImportMap(),
    );
    for (let i = 0; i < 3; i++) instance.call("f", -1);
    expect(store.gasUsed).equal(3n * (2n + 4294967295n * 1024n));
  });
});

describe("gas schedules", () => {
  it("are data: other costs give other gas and another hash", () => {
    const dear = { ...OPERATOR_1, id: "dear-add", operators: { "i32.add": 10 } };
    const store = new Store({ schedule: dear });
    const instance = instantiate(
      store,
      build(f("i32.const 1 i32.const 2 i32.add", "> i32")),
      new ImportMap(),
    );
    expect(instance.call("f")).equal(3);
    expect(store.gasUsed).equal(12n);
    expect(scheduleHash(dear)).not.deep.equal(scheduleHash(OPERATOR_1));
    expect(scheduleHash({ ...OPERATOR_1 })).deep.equal(scheduleHash(OPERATOR_1));
  });

  it("have the hash that others have stored: operator-1 never changes", () => {
    const hash = Buffer.from(scheduleHash(OPERATOR_1)).toString("hex");
    expect(hash).equal("89916a8f88c6fe4eb9ddecae1cab246ca9ee4a5a1e3bc2825c7d013622ae6684");
  });

  it("refuse costs that are not small integers", () => {
    for (const cost of [-1, 0.5, 257, Number.NaN]) {
      expect(() => costTable({ ...OPERATOR_1, operators: { "i32.add": cost } })).throw(RangeError);
    }
  });
});
