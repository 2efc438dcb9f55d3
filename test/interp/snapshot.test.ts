import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { blake2b } from "@noble/hashes/blake2.js";
import { expect } from "chai";
import { I32, I64, load, type ValidModule } from "../../src/decoder/index.ts";
import {
  type Execution,
  Global,
  hostFunc,
  ImportMap,
  type Imports,
  instantiate,
  Memory,
  OPERATOR_1,
  restore,
  SnapshotError,
  Store,
  type StoreOptions,
  snapshot,
} from "../../src/interp/index.ts";
import { reference } from "../../src/interp/reference/index.ts";
import { Random } from "../differential/random.ts";
import { assemble, constant, EMPTY, op } from "./assemble.ts";
import { binary, build, type ModuleText } from "./build.ts";

const SEED = 20_261_121;
/** Everything a state has: calls, indirect calls, a host call, memory that grows, globals, a table with holes. */
const WORK: ModuleText = {
  imports: [["env", "note", "i32 > i64"]],
  functions: [
    {
      export: "work",
      type: "i32 > i64",
      locals: "i64 f64 f32",
      code: `loop
          local.get 1
          local.get 0 i32.const 3 i32.and call_indirect 2
          i64.add
          local.get 0 call 0 i64.xor local.set 1
          local.get 2 f64.const 1.5 f64.add local.set 2
          local.get 0 i32.const 7 i32.and i32.eqz if i32.const 1 memory.grow drop end
          memory.size i32.const 16 i32.shl i32.const 8 i32.sub local.get 1 i64.store
          local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
        end
        local.get 1 local.get 2 i64.trunc_f64_s i64.add`,
    },
    { type: "> i64", code: "global.get 0 i64.const 3 i64.add global.set 0 global.get 0" },
    { type: "> i64", code: "call 2 call 2 i64.mul" },
    { type: "> i64", code: "i64.const 9 call 3 i64.sub" },
  ],
  table: [4],
  elements: [
    [0, [2, 3, 4]],
    [3, [3]],
  ],
  memory: [1, 20],
  globals: [["i64", true, "i64.const 1"]],
  exportAll: true,
};

const notes: number[] = [];
const IMPORTS = new ImportMap().define("env", "note", {
  kind: "func",
  value: hostFunc("note", { params: [I32], results: [I64] }, (n) => {
    notes.push(n as number);
    return BigInt(n as number) * 1_000_003n;
  }),
});

const hash = (bytes: Uint8Array): string => Buffer.from(blake2b(bytes, { dkLen: 16 })).toString("hex");
const outcomeOf = (execution: Execution): unknown => {
  execution.run();
  const { instance } = { instance: execution.func.instance };
  return {
    status: execution.status,
    result: execution.result,
    gas: execution.store.gasUsed,
    memory: instance.memory && hash(instance.memory.bytes),
  };
};

function startWork(
  module: ValidModule,
  name: string,
  arg: number,
  options: StoreOptions,
  imports: Imports,
): Execution {
  return instantiate(new Store(options), module, imports).start(name, [arg]);
}

describe("snapshots", () => {
  const module = build(WORK);

  it("taken anywhere and restored, give what an uninterrupted run gives, across executors too", () => {
    const whole = outcomeOf(startWork(module, "work", 40, {}, IMPORTS));
    const total = Number((whole as { gas: bigint }).gas);
    const random = new Random(SEED);
    for (let i = 0; i < 60; i++) {
      const from = i % 2 === 0 ? {} : { executor: reference };
      const to = i % 3 === 0 ? {} : { executor: reference };
      notes.length = 0;
      let execution = startWork(module, "work", 40, from, IMPORTS);
      // Up to three cuts, some of them in the middle of a block.
      for (let cuts = 0; cuts < 3; cuts++) {
        execution.run({ gas: BigInt(random.between(1, Math.floor(total / 2))) });
        if (execution.status !== "paused") break;
        for (let steps = random.below(6); steps > 0 && execution.status === "paused"; steps--)
          execution.step();
        if (execution.status !== "paused") break;
        execution = restore(snapshot(execution), { modules: [module], imports: IMPORTS, ...to }).execution;
      }
      const outcome = execution.status === "paused" ? outcomeOf(execution) : undefined;
      if (outcome !== undefined) expect(outcome, `case ${i} of seed ${SEED}`).deep.equal(whole);
      expect(notes, `host calls of case ${i}`).deep.equal(Array.from({ length: 40 }, (_, n) => 40 - n));
    }
  });

  it("are equal for equal states, whatever executor made them", () => {
    for (const gas of [1n, 100n, 1001n, 3001n]) {
      const [a, b] = [{}, { executor: reference }].map((options) => {
        const execution = startWork(module, "work", 40, options, IMPORTS);
        execution.run({ gas });
        return snapshot(execution);
      });
      expect(hash(a!)).equal(hash(b!));
    }
  });

  it("keep instances that share memories, tables and globals, and memories of the host", () => {
    const run = (cut: boolean): unknown => {
      const store = new Store();
      const memory = new Memory({ min: 1, max: 4 });
      const global = Global.of({ type: I64, mutable: true }, 5n);
      const host = new ImportMap()
        .define("h", "m", { kind: "memory", value: memory })
        .define("h", "g", { kind: "global", value: global });
      const owner = build({
        importMemory: ["h", "m", 1],
        importGlobals: [["h", "g", "i64", true]],
        functions: [
          {
            export: "bump",
            type: "> i64",
            code: "global.get 0 i64.const 2 i64.mul global.set 0 i32.const 1 memory.grow drop i32.const 100 global.get 0 i64.store global.get 0",
          },
        ],
        table: [2],
        elements: [[1, [0]]],
        exportAll: true,
      });
      const first = instantiate(store, owner, host);
      const user = build({
        imports: [["o", "bump", "> i64"]],
        importTable: ["o", "table", 2],
        functions: [
          {
            export: "f",
            type: "> i64",
            code: "call 0 i32.const 1 call_indirect 0 i64.add i32.const 1 call_indirect 0 i64.add",
          },
        ],
      });
      const second = instantiate(store, user, new ImportMap().defineInstance("o", first));
      let execution = second.start("f");
      while (cut && execution.run({ gas: 3n }) === "paused") {
        const restored = restore(snapshot(execution), { modules: [user, owner], imports: new ImportMap() });
        execution = restored.execution;
        if (restored.instances.length > 1)
          expect(restored.instances.some((i) => i.memory !== undefined)).equal(true);
      }
      if (!cut) execution.run();
      return [execution.result, execution.store.gasUsed];
    };
    expect(run(true)).deep.equal(run(false));
    expect((run(false) as unknown[])[0]).equal(10n + 20n + 40n);
  });

  it("keep tables that have grown, up to the limit of the store", () => {
    const grows = load(
      assemble({
        table: { min: 2 },
        functions: [
          {
            results: [I32],
            code: [
              ...[...op("ref.func"), 0, ...constant(I32, 3n), ...op("table.grow"), 0, ...op("drop")],
              ...[...op("loop"), EMPTY, ...op("end"), ...op("table.size"), 0],
            ],
            export: "f",
          },
        ],
      }),
      { features: "2.0" },
    );
    const execution = instantiate(new Store({ maxTableElements: 5 }), grows, new ImportMap()).start("f");
    for (let i = 0; i < 4; i++) execution.step();
    expect(execution.status).equal("paused");
    const bytes = snapshot(execution);
    const restored = restore(bytes, { modules: [grows], imports: new ImportMap() });
    const [table] = restored.instances[0]!.tables;
    expect(table!.elements.map((element) => element !== null)).deep.equal([false, false, true, true, true]);
    expect(table!.maxElements).equal(5);
    expect(snapshot(restored.execution)).deep.equal(bytes);
    restored.execution.run();
    expect(restored.execution.result).equal(5);
  });

  it("go on in another process", () => {
    const execution = startWork(module, "work", 40, {}, IMPORTS);
    execution.run({ gas: 777n });
    const input = {
      snapshot: Buffer.from(snapshot(execution)).toString("base64"),
      module: Buffer.from(binary(WORK)).toString("base64"),
    };
    const root = new URL("../../src/", import.meta.url).href;
    const script = `
      const { load, I32, I64 } = await import("${root}decoder/index.js");
      const { restore, ImportMap, hostFunc } = await import("${root}interp/index.js");
      const input = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
      const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
      const imports = new ImportMap().define("env", "note", { kind: "func",
        value: hostFunc("note", { params: [I32], results: [I64] }, (n) => BigInt(n) * 1000003n) });
      const { execution, store } = restore(bytes(input.snapshot), { modules: [load(bytes(input.module))], imports });
      execution.run();
      console.log(execution.status, String(execution.result), String(store.gasUsed));`;
    const output = execFileSync(
      process.execPath,
      [
        "--no-expose-wasm",
        "--input-type=module",
        "-e",
        `import { createRequire } from "node:module"; const require = createRequire("file:///"); ${script}`,
      ],
      {
        input: JSON.stringify(input),
        encoding: "utf8",
      },
    );
    const whole = outcomeOf(startWork(module, "work", 40, {}, IMPORTS)) as { result: bigint; gas: bigint };
    expect(output.trim()).equal(`returned ${whole.result} ${whole.gas}`);
  });

  it("are refused with a reason when they do not fit", () => {
    const execution = startWork(module, "work", 40, {}, IMPORTS);
    execution.run({ gas: 500n });
    const bytes = snapshot(execution);
    const kindOf = (input: Uint8Array, options: object = {}): string => {
      try {
        restore(input, { modules: [module], imports: IMPORTS, ...options });
      } catch (error) {
        if (error instanceof SnapshotError) return error.kind;
        throw error;
      }
      return "accepted";
    };
    expect(kindOf(bytes)).equal("accepted");
    expect(kindOf(new Uint8Array(0))).equal("malformed");
    expect(kindOf(bytes.subarray(0, 100))).equal("malformed");
    expect(kindOf(bytes, { modules: [] })).equal("missing-module");
    expect(kindOf(bytes, { modules: [build({ functions: [{ code: "nop" }] })] })).equal("missing-module");
    expect(kindOf(bytes, { schedule: { ...OPERATOR_1, operators: { "i32.add": 2 } } })).equal("mismatch");
    expect(kindOf(bytes, { gasLimit: 10n })).equal("mismatch");
    const other = bytes.slice();
    other[4] = 9;
    expect(kindOf(other)).equal("version");
    expect(() => snapshot(restoreAndFinish(bytes))).throw(TypeError);
  });

  function restoreAndFinish(bytes: Uint8Array): Execution {
    const { execution } = restore(bytes, { modules: [module], imports: IMPORTS });
    execution.run();
    return execution;
  }

  it("never believe their bytes: every damaged one is refused, or runs to an end", () => {
    const execution = startWork(module, "work", 10, { gasLimit: 100_000n, maxMemoryPages: 64 }, IMPORTS);
    execution.run({ gas: 200n });
    const bytes = snapshot(execution);
    const random = new Random(SEED);
    const seen = new Map<string, number>();
    for (let i = 0; i < 500; i++) {
      const damaged = bytes.slice();
      // Anywhere but in the long runs of memory: header, links and frames are what can do harm.
      const tail = 700;
      const at = random.chance(40) ? 36 + random.below(200) : damaged.length - 32 - random.below(tail) - 1;
      damaged[at] = random.below(256);
      damaged.set(blake2b(damaged.subarray(0, -32), { dkLen: 32 }), damaged.length - 32);
      let outcome: string;
      try {
        const restored = restore(damaged, { modules: [module], imports: IMPORTS, gasLimit: 1_000_000n });
        outcome = restored.execution.run({ gas: 100_000n });
      } catch (error) {
        expect(error, `damage ${i} of seed ${SEED}`).instanceOf(SnapshotError);
        outcome = (error as SnapshotError).kind;
      }
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }
    expect([...seen.keys()]).include.members(["malformed", "mismatch", "returned"]);
  });

  it("work on the benchmark kernels", function () {
    const folder = new URL("../../../bench/kernels/wasm/", import.meta.url);
    if (!existsSync(folder)) this.skip();
    const random = new Random(SEED);
    for (const [name, arg] of [
      ["qsort", 1],
      ["blake2b", 20],
      ["nbody", 20],
      ["hashmap", 1],
      ["icall", 2000],
      ["fib32", 12],
    ] as const) {
      const kernel = load(readFileSync(new URL(`${name}.wasm`, folder)));
      const none = new ImportMap();
      const whole = outcomeOf(startWork(kernel, "run", arg, {}, none)) as { gas: bigint };
      for (let cut = 0; cut < 8; cut++) {
        const execution = startWork(kernel, "run", arg, {}, none);
        execution.run({ gas: BigInt(random.between(1, Math.floor(Number(whole.gas) * 0.99))) });
        if (execution.status !== "paused") continue;
        const restored = restore(snapshot(execution), { modules: [kernel], imports: none }).execution;
        expect(outcomeOf(restored), `${name}, cut ${cut} of seed ${SEED}`).deep.equal(whole);
      }
    }
  });
});
