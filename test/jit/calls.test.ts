import { expect } from "chai";
import { importedSource } from "../../bench/suites/executors.ts";
import { aot, compileModule } from "../../src/aot/index.ts";
import { I32 } from "../../src/decoder/index.ts";
import {
  type ExecutorFactory,
  hostFunc,
  ImportMap,
  type Instance,
  instantiate,
  Store,
} from "../../src/interp/index.ts";
import { jit } from "../../src/jit/index.ts";
import { build } from "../interp/build.ts";
import { outcome } from "./observed.ts";

/**
 * `pick(n)` calls element n of a table: three of its type, one of which traps, another one's, a host function, null.
 * `deep(n)` calls itself n times, then loads where its parameter has led.
 */
const MODULE = build({
  imports: [["env", "host", "i32 > i32"]],
  functions: [
    { type: "i32 > i32", code: "local.get 0 i32.const 3 i32.mul" },
    { type: "i32 > i32", code: "i32.const 100 local.get 0 i32.const 1 i32.sub i32.div_u" },
    {
      type: "i32 > i32",
      code: "local.get 0 if i32 local.get 0 i32.const 1 i32.sub call 3 else i32.const 9 end",
    },
    { type: "i64 > i32", code: "local.get 0 i32.wrap_i64" },
    {
      export: "pick",
      type: "i32 > i32",
      locals: "i32",
      code: `local.get 0 i32.const 16 i32.shr_u local.tee 1 local.get 0 i32.const 65535 i32.and call_indirect 0
        local.get 1 i32.const 1 i32.add local.get 0 i32.const 65535 i32.and call_indirect 0 i32.add`,
    },
    {
      export: "deep",
      type: "i32 i32 > i32",
      locals: "i32",
      code: `loop local.get 1 i32.eqz if i32.const 65536 local.get 0 i32.sub i32.load return end
        local.get 0 local.get 1 i32.const 1 i32.sub call 6 local.get 2 i32.add local.set 2
        local.get 1 i32.const 2 i32.sub local.tee 1 i32.const 0 i32.gt_s br_if 0 end local.get 2`,
    },
  ],
  memory: [1],
  table: [8],
  elements: [[0, [1, 2, 3, 4, 0]]],
  exportAll: true,
});

function make(
  executor?: ExecutorFactory,
  options: { gasLimit?: bigint; maxCallDepth?: number } = {},
): Instance {
  const host = hostFunc("host", { params: [I32], results: [I32] }, (n) => (n as number) + 1000);
  const imports = new ImportMap().define("env", "host", { kind: "func", value: host });
  return instantiate(new Store({ ...options, ...(executor && { executor }) }), MODULE, imports);
}

describe("calls of generated code", () => {
  const executors: (readonly [string, () => ExecutorFactory])[] = [
    ["jit, all at once", () => jit({ samples: 0 })],
    ["jit, one by one", () => jit({ samples: 1, calls: 2 })],
  ];
  before(async () => {
    for (const functions of [undefined, [4, 5]]) {
      const [file] = compileModule(MODULE, "calls.mjs", functions && { functions }).files;
      const module = await importedSource(file!.source);
      executors.push([`aot of ${functions ?? "all"}`, () => aot(module)]);
    }
  });

  it("go by what is in the table now", () => {
    for (const [name, executor] of executors) {
      const [machine, generated] = [make(), make(executor())];
      for (let round = 0; round < 3; round++) {
        for (const element of [0, 1, 2, 3, 4, 5, 8, 65535]) {
          for (const n of [0, 1, 2, 7]) {
            expect(outcome(generated, "pick", (n << 16) | element), `${name}: ${element}, ${n}`).deep.equal(
              outcome(machine, "pick", (n << 16) | element),
            );
          }
        }
        for (const instance of [machine, generated]) {
          const table = instance.tables[0]!;
          const [first, ...rest] = table.elements.slice(0, 5);
          [...rest, first].forEach((func, i) => {
            table.set(i, func!);
          });
        }
      }
    }
  });

  it("run out of gas, of depth and of memory where the machine does", () => {
    for (const [name, executor] of executors) {
      for (let gas = 0n; gas < 260n; gas += 3n) {
        for (const [func, args] of [
          ["deep", [4, 5]],
          ["pick", [(4 << 16) | 2]],
          ["deep", [2, 3]],
        ] as const) {
          expect(outcome(make(executor(), { gasLimit: gas }), func, ...args), `${name}, ${gas}`).deep.equal(
            outcome(make(undefined, { gasLimit: gas }), func, ...args),
          );
        }
      }
      for (const maxCallDepth of [1, 4, 5, 6, 7, 8]) {
        expect(
          outcome(make(executor(), { maxCallDepth }), "deep", 8, 6),
          `${name}, ${maxCallDepth}`,
        ).deep.equal(outcome(make(undefined, { maxCallDepth }), "deep", 8, 6));
      }
    }
  });
});
