import { expect } from "chai";
import fc from "fast-check";
import { I32 } from "../../src/decoder/index.ts";
import {
  type CallNode,
  GasProfile,
  type HostFunc,
  hostFunc,
  ImportMap,
  type Instance,
  instantiate,
  restore,
  Store,
  type StoreOptions,
  snapshot,
  Trap,
} from "../../src/interp/index.ts";
import { reference } from "../../src/interp/reference/index.ts";
import { jit } from "../../src/jit/index.ts";
import { build, type ModuleText } from "./build.ts";

/** `even` and `odd` call each other, `main` calls both and the host; `fail` traps below them. */
const MODULE: ModuleText = {
  imports: [
    ["env", "note", "i32 >"],
    ["env", "charge", "i32 >"],
    ["env", "attempt", "i32 >"],
  ],
  functions: [
    {
      export: "main",
      type: "i32 > i32",
      code: "local.get 0 call 0 local.get 0 call 4 local.get 0 call 5 i32.add",
    },
    {
      export: "even",
      type: "i32 > i32",
      code: "local.get 0 i32.eqz if i32 i32.const 1 else local.get 0 i32.const 1 i32.sub call 5 end",
    },
    {
      export: "odd",
      type: "i32 > i32",
      code: "local.get 0 i32.eqz if i32 i32.const 0 else local.get 0 i32.const 1 i32.sub call 4 end",
    },
    {
      export: "fail",
      type: "i32 > i32",
      code: "local.get 0 i32.eqz if unreachable end local.get 0 i32.const 1 i32.sub call 6",
    },
    { export: "charged", code: "i32.const 1000 call 1 i32.const 7 call 1" },
    { export: "attempts", type: "> i32", code: "i32.const 3 call 2 i32.const 1 call 4" },
    { export: "grow", type: "> i32", code: "i32.const 2 memory.grow" },
  ],
  memory: [0, 4],
};

/** The module in a store that `profile` observes. The host's `attempt` calls `fail` and catches its trap. */
function instanceOf(profile: GasProfile | undefined, options: StoreOptions): Instance {
  const store = new Store({ ...options, ...(profile && { observer: profile }) });
  const type = { params: [I32], results: [] } as const;
  const own = (name: string, invoke: HostFunc["invoke"]): HostFunc => ({ kind: "host", name, type, invoke });
  const imports = new ImportMap()
    .define("env", "note", { kind: "func", value: hostFunc("note", type, () => undefined) })
    .define("env", "charge", {
      kind: "func",
      value: own("charge", ({ lanes, at }) => store.chargeGas(BigInt(lanes[at]!))),
    })
    .define("env", "attempt", {
      kind: "func",
      value: own("attempt", ({ lanes, at }) => {
        expect(() => instance.call("fail", lanes[at]!)).throw(Trap);
      }),
    });
  const instance = instantiate(store, build(MODULE), imports);
  return instance;
}

interface Tree {
  readonly [line: string]: Tree;
}

/** `{"main 1 calls 5+20": {…}}`: the gas of its own and of what it called. */
function treeOf(node: CallNode): Tree {
  return Object.fromEntries(
    node.children.map((child) => {
      const { func, calls, self, total } = child;
      return [`${func?.name} ${calls} ${self}+${total - self}`, treeOf(child)];
    }),
  );
}

function profiled(options: StoreOptions, name: string, ...args: number[]) {
  const profile = new GasProfile();
  const instance = instanceOf(profile, options);
  try {
    instance.call(name, ...args);
  } catch (error) {
    if (!(error instanceof Trap)) throw error;
  }
  return { profile, gasUsed: instance.store.gasUsed };
}

const row = (profile: GasProfile, name: string) => {
  const { calls, self, total } = profile.functions.find((func) => func.name === name)!;
  return [calls, self, total];
};

for (const [executor, options] of [
  ["machine", {}],
  ["reference", { executor: reference }],
  ["jit", { executor: jit({ samples: 0 }) }],
] as const) {
  describe(`gas profiles on the ${executor}`, () => {
    it("give every function the gas of its own operators, callees apart", () => {
      const { profile, gasUsed } = profiled(options, "main", 1);
      // main: 3 × local.get, 3 × call, i32.add. even(0) and odd(0) take 4, with more they take 7.
      expect(treeOf(profile.root)).deep.equal({
        "main 1 7+22": {
          "note 1 0+0": {},
          "even 1 7+4": { "odd 1 4+0": {} },
          "odd 1 7+4": { "even 1 4+0": {} },
        },
      });
      expect(profile.root.total).equal(gasUsed);
      expect(profile.root.self).equal(0n);
    });

    it("count a function that calls itself, however indirectly, once in its total", () => {
      const { profile, gasUsed } = profiled(options, "even", 10);
      expect(row(profile, "even")).deep.equal([6, 39n, gasUsed]);
      expect(row(profile, "odd")).deep.equal([5, 35n, gasUsed - 7n]);
      expect(profile.functions.map(({ name }) => name)).deep.equal(["even", "odd"]);
    });

    it("close every frame at a trap, the gas up to there accounted for", () => {
      const { profile, gasUsed } = profiled(options, "fail", 2);
      expect(row(profile, "fail")).deep.equal([3, gasUsed, gasUsed]);
      expect(profile.root.total).equal(gasUsed);
    });

    it("account for a run that ends by its gas", () => {
      const { profile, gasUsed } = profiled({ ...options, gasLimit: 40n }, "even", 100);
      expect(gasUsed <= 40n).equal(true);
      expect(profile.root.total).equal(gasUsed);
      expect(row(profile, "even")[2]).equal(gasUsed);
    });

    it("give host functions the gas that they charge, and memory.grow its own to who grows", () => {
      const { profile } = profiled(options, "charged");
      expect(row(profile, "charge")).deep.equal([2, 1007n, 1007n]);
      expect(row(profile, "charged")).deep.equal([1, 4n, 1011n]);
      expect(row(profiled(options, "grow").profile, "grow")).deep.equal([1, 2050n, 2050n]);
    });

    it("go on rightly after a trap that a host function caught", () => {
      const { profile, gasUsed } = profiled(options, "attempts");
      expect(treeOf(profile.root)).deep.equal({
        "attempts 1 4+36": {
          "attempt 1 0+25": { "fail 1 7+18": { "fail 1 7+11": { "fail 1 7+4": { "fail 1 4+0": {} } } } },
          "even 1 7+4": { "odd 1 4+0": {} },
        },
      } satisfies Tree);
      expect(profile.root.total).equal(gasUsed);
    });

    it("go on over several runs, in one store and in another", () => {
      const profile = new GasProfile();
      let total = 0n;
      for (let i = 0; i < 2; i++) {
        const instance = instanceOf(profile, options);
        instance.call("even", 2);
        instance.call("even", 4);
        total += instance.store.gasUsed;
      }
      expect(profile.root.total).equal(total);
      // Each store has a module of its own here, and with it functions of its own.
      expect(profile.functions.map(({ calls }) => calls)).deep.equal([5, 5, 3, 3]);
    });

    it("give what ran before the observing began to the root", () => {
      const instance = instanceOf(undefined, options);
      const execution = instance.start("even", [6]);
      execution.run({ gas: 15n });
      const before = instance.store.gasUsed;
      const profile = new GasProfile();
      const restored = restore(snapshot(execution), {
        ...options,
        modules: [instance.module],
        imports: new ImportMap(),
        observer: profile,
      });
      restored.execution.run();
      const { gasUsed } = restored.store;
      expect([restored.execution.status, gasUsed]).deep.equal(["returned", 46n]);
      expect(profile.root.total).equal(gasUsed);
      expect(profile.root.self >= before).equal(true);
      // Of seven calls three had been made: their frames return without having been seen to begin.
      expect(profile.functions.reduce((sum, { calls }) => sum + calls, 0)).equal(4);
    });

    it("stay small however deep or wide the calls are", () => {
      const narrow = new GasProfile({ maxDepth: 5 });
      const instance = instanceOf(narrow, options);
      instance.call("even", 1000);
      let deepest = 0;
      const nodes: CallNode[] = [narrow.root];
      for (const node of nodes) {
        deepest = Math.max(deepest, node.depth);
        nodes.push(...node.children);
      }
      expect([deepest, nodes.length]).deep.equal([5, 7]);
      expect(narrow.root.total).equal(instance.store.gasUsed);

      const small = new GasProfile({ maxNodes: 3 });
      const other = instanceOf(small, options);
      other.call("main", 5);
      expect(small.root.total).equal(other.store.gasUsed);
      expect(row(small, "main")[2]).equal(other.store.gasUsed);
      expect(small.root.children.map(({ func }) => func?.name)).deep.equal(["main", undefined]);
    });
  });
}

describe("gas profiles", () => {
  it("are the same on both executors, whatever the run", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("main", "even", "odd", "fail", "charged", "attempts"),
        fc.nat(40),
        fc.bigInt(0n, 300n),
        (name, n, gasLimit) => {
          const args = name === "charged" || name === "attempts" ? [] : [n];
          const machine = profiled({ gasLimit }, name, ...args);
          const slow = profiled({ gasLimit, executor: reference }, name, ...args);
          expect(treeOf(machine.profile.root)).deep.equal(treeOf(slow.profile.root));
          expect(machine.profile.root.total).equal(machine.gasUsed);
          const self = machine.profile.functions.reduce((sum, func) => sum + func.self, 0n);
          expect(self).equal(machine.gasUsed);
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  it("close what an error of the host's has left open", () => {
    const profile = new GasProfile();
    const instance = instantiate(
      new Store({ observer: profile }),
      build({
        imports: [["env", "broken", ">"]],
        functions: [{ export: "f", code: "i32.const 1 drop call 0" }],
      }),
      new ImportMap().define("env", "broken", {
        kind: "func",
        value: hostFunc("broken", { params: [], results: [] }, () => {
          throw new RangeError("a bug");
        }),
      }),
    );
    expect(() => instance.call("f")).throw(RangeError);
    profile.end();
    expect(row(profile, "f")).deep.equal([1, 3n, 3n]);
    expect(row(profile, "broken")).deep.equal([1, 0n, 0n]);
  });
});
