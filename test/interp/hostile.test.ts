import { expect } from "chai";
import {
  type Execution,
  ImportMap,
  instantiate,
  restore,
  Store,
  type StoreOptions,
  snapshot,
  Trap,
} from "../../src/interp/index.ts";
import { reference } from "../../src/interp/reference/index.ts";
import { build, type ModuleText } from "./build.ts";

/** Programs that would never end, or take all there is, and the limits that stop them. */
const PROGRAMS: readonly (readonly [name: string, text: ModuleText, options: StoreOptions, code: string])[] =
  [
    [
      "an endless loop",
      {
        functions: [{ export: "f", code: "loop global.get 0 i32.const 1 i32.add global.set 0 br 0 end" }],
        globals: [["i32", true, "i32.const 0"]],
      },
      { gasLimit: 50_001n },
      "out-of-gas",
    ],
    [
      "an empty endless loop",
      { functions: [{ export: "f", code: "loop br 0 end" }] },
      { gasLimit: 50_001n },
      "out-of-gas",
    ],
    [
      "endless recursion",
      { functions: [{ export: "f", code: "call 0" }] },
      { gasLimit: 1_000_000n, maxCallDepth: 500 },
      "call-stack-exhausted",
    ],
    [
      "recursion over two functions and a table",
      {
        functions: [{ export: "f", code: "call 1" }, { code: "i32.const 0 call_indirect 0" }],
        table: [1],
        elements: [[0, [0]]],
      },
      { gasLimit: 1_000_000n, maxCallDepth: 501 },
      "call-stack-exhausted",
    ],
    [
      "recursion with large frames",
      { functions: [{ export: "f", locals: "i64 ".repeat(400), code: "call 0" }] },
      { gasLimit: 1_000_000n, maxStackSlots: 50_000 },
      "call-stack-exhausted",
    ],
    [
      "a memory bomb",
      {
        functions: [
          { export: "f", code: "loop i32.const 1 memory.grow i32.const -1 i32.ne br_if 0 end unreachable" },
        ],
        memory: [1],
      },
      { gasLimit: 1_000_000n, maxMemoryPages: 40 },
      "unreachable",
    ],
    [
      "a memory bomb in one go",
      { functions: [{ export: "f", code: "i32.const -1 memory.grow drop" }], memory: [1] },
      { gasLimit: 1_000_000n },
      "out-of-gas",
    ],
  ];

interface Ending {
  readonly code: string | undefined;
  readonly stack: unknown;
  readonly gas: bigint;
  readonly pages: number | undefined;
}

function endingOf(execution: Execution): Ending {
  execution.run();
  const { trap, store, func } = execution;
  return { code: trap?.code, stack: trap?.wasmStack, gas: store.gasUsed, pages: func.instance.memory?.pages };
}

describe("hostile programs", () => {
  for (const [name, text, options, code] of PROGRAMS) {
    it(`${name}: the same end on both executors, and after a snapshot in the middle`, () => {
      const module = build(text);
      const begin = (executor: StoreOptions): Execution =>
        instantiate(new Store({ ...options, ...executor }), module, new ImportMap()).start("f");
      const ending = endingOf(begin({}));
      expect(ending.code).equal(code);
      expect(endingOf(begin({ executor: reference }))).deep.equal(ending);
      for (const [from, to] of [
        [{}, {}],
        [{}, { executor: reference }],
        [{ executor: reference }, {}],
      ]) {
        const execution = begin(from!);
        if (execution.run({ gas: ending.gas / 2n + 1n }) !== "paused") continue;
        const restored = restore(snapshot(execution), { modules: [module], imports: new ImportMap(), ...to });
        expect(endingOf(restored.execution)).deep.equal(ending);
      }
    });
  }

  it("a call by the host ends the same way", () => {
    for (const [, text, options, code] of PROGRAMS) {
      const instance = instantiate(new Store(options), build(text), new ImportMap());
      expect(() => instance.call("f"))
        .throw(Trap)
        .property("code", code);
    }
  });
});
