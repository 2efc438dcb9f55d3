import { expect } from "chai";
import {
  functionOf,
  ImportMap,
  instantiate,
  type Observer,
  Store,
  type StoreOptions,
  Trap,
} from "../../src/interp/index.ts";
import { reference } from "../../src/interp/reference/index.ts";
import { valueFromLanes } from "../../src/interp/values.ts";
import { jit } from "../../src/jit/index.ts";
import { build, type ModuleText } from "./build.ts";

/** Functions that return from every kind of place: a local, a constant, an operand, by a branch, by a table. */
const RETURNS: ModuleText = {
  functions: [
    { export: "local", type: "i32 i64 > i64", code: "local.get 1" },
    { export: "constant", type: "> f64", code: "f64.const 2.5" },
    { export: "sum", type: "i32 i32 > i32", code: "local.get 0 local.get 1 i32.add" },
    {
      export: "early",
      type: "i32 > i32",
      code: "block local.get 0 i32.eqz br_if 0 i32.const 7 return end i32.const 9",
    },
    {
      export: "table",
      type: "i32 > i32",
      code: "block i32 i32.const 11 local.get 0 br_table 1 0 end i32.const 2 i32.add",
    },
    { export: "nothing", type: "f32 >", code: "nop" },
    {
      export: "nested",
      type: "i32 > i32",
      locals: "i64",
      code: "local.get 0 i32.const 1 call 2 i32.const 5 call 2",
    },
    {
      export: "deep",
      type: "i32 > i32",
      code: "local.get 0 i32.eqz if unreachable end local.get 0 i32.const 1 i32.sub call 7",
    },
  ],
};

/** Reports as lines: `call 2 (1, 2) block 3 gas 3`. */
function watched(options: StoreOptions, name: string, ...args: (number | bigint)[]): string[] {
  const lines: string[] = [];
  const observer: Observer = {
    call(entry, gasUsed) {
      const { params } = functionOf(entry).type;
      const values = params.map((type, i) => valueFromLanes(type, entry.lanes, entry.at + 2 * i));
      lines.push(`call ${entry.func} (${values.join(", ")}) block ${entry.blockGas} gas ${gasUsed}`);
    },
    return(exit, gasUsed) {
      const values = functionOf(exit).type.results.map((type) => valueFromLanes(type, exit.lanes, exit.at));
      lines.push(`return ${exit.func} (${values.join(", ")}) gas ${gasUsed}`);
    },
    trap: ({ code }, gasUsed) => lines.push(`trap ${code} gas ${gasUsed}`),
  };
  const instance = instantiate(new Store({ ...options, observer }), build(RETURNS), new ImportMap());
  try {
    instance.call(name, ...args);
  } catch (error) {
    if (!(error instanceof Trap)) throw error;
  }
  expect(lines.at(-1)).match(new RegExp(`gas ${instance.store.gasUsed}$`));
  return lines;
}

for (const [name, options] of [
  ["machine", {}],
  ["reference", { executor: reference }],
  ["jit", { executor: jit({ samples: 0 }) }],
] as const) {
  describe(`observers of the ${name}`, () => {
    const expected: readonly (readonly [string, readonly (number | bigint)[], readonly string[]])[] = [
      ["local", [1, -2n], ["call 0 (1, -2) block 1 gas 1", "return 0 (-2) gas 1"]],
      ["constant", [], ["call 1 () block 1 gas 1", "return 1 (2.5) gas 1"]],
      ["sum", [3, 4], ["call 2 (3, 4) block 3 gas 3", "return 2 (7) gas 3"]],
      ["early", [1], ["call 3 (1) block 3 gas 3", "return 3 (7) gas 5"]],
      ["early", [0], ["call 3 (0) block 3 gas 3", "return 3 (9) gas 4"]],
      ["table", [0], ["call 4 (0) block 3 gas 3", "return 4 (11) gas 3"]],
      ["table", [9], ["call 4 (9) block 3 gas 3", "return 4 (13) gas 5"]],
      ["nothing", [1.5], ["call 5 (1.5) block 0 gas 0", "return 5 () gas 0"]],
      [
        "nested",
        [20],
        [
          "call 6 (20) block 5 gas 5",
          "call 2 (20, 1) block 3 gas 8",
          "return 2 (21) gas 8",
          "call 2 (21, 5) block 3 gas 11",
          "return 2 (26) gas 11",
          "return 6 (26) gas 11",
        ],
      ],
      ["deep", [1], ["call 7 (1) block 3 gas 3", "call 7 (0) block 3 gas 10", "trap unreachable gas 11"]],
    ];
    for (const [field, args, lines] of expected) {
      it(`are given arguments and results of ${field}(${args.join(", ")})`, () => {
        expect(watched(options, field, ...args)).deep.equal(lines);
      });
    }

    it("are told the gas at which a run ends", () => {
      const lines = watched({ ...options, gasLimit: 12n }, "deep", 5);
      expect(lines.at(-1)).equal("trap out-of-gas gas 10");
    });
  });
}
