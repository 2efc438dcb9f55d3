import { expect } from "chai";
import { I32 } from "../../src/decoder/index.ts";
import {
  type Execution,
  hostFunc,
  ImportMap,
  type Instance,
  instantiate,
  Store,
  type StoreOptions,
  Trap,
} from "../../src/interp/index.ts";
import { reference } from "../../src/interp/reference/index.ts";
import { jit } from "../../src/jit/index.ts";
import { build, type ModuleText } from "./build.ts";

/** Sums i*i for i < n over a helper function, keeping a running sum in memory and a global. */
const WORK: ModuleText = {
  functions: [
    {
      export: "work",
      type: "i32 > i64",
      locals: "i32 i64",
      code: `block loop local.get 1 local.get 0 i32.ge_u br_if 1
        local.get 2 i64.const 3 local.get 1 i64.extend_i32_u call 1 i64.mul i64.add local.set 2
        i32.const 0 local.get 2 i64.store global.get 0 i32.const 1 i32.add global.set 0
        local.get 1 i32.const 1 i32.add local.set 1 br 0 end end local.get 2`,
    },
    { type: "i64 > i64", code: "local.get 0 local.get 0 i64.mul" },
  ],
  memory: [1],
  globals: [["i32", true, "i32.const 0"]],
  exportAll: true,
};
const make = (text: ModuleText, options: StoreOptions = {}, imports = new ImportMap()): Instance =>
  instantiate(new Store(options), build(text), imports);
const expected = (n: bigint): bigint => {
  let sum = 0n;
  for (let i = 0n; i < n; i++) sum += 3n * i * i;
  return sum;
};
const globalOf = (instance: Instance): unknown => {
  const item = instance.externs.get("global0");
  return item?.kind === "global" ? item.value.value : undefined;
};

for (const [name, executor] of [
  ["machine", undefined],
  ["reference", reference],
  ["jit", jit({ samples: 0 })],
] as const) {
  const options: StoreOptions = executor === undefined ? {} : { executor };
  describe(`executions on the ${name}`, () => {
    it("give the same result, gas and memory in parts of any size as in one", () => {
      const whole = make(WORK, options);
      expect(whole.call("work", 50)).equal(expected(50n));
      for (const gas of [1n, 2n, 7n, 50n, 333n]) {
        const parts = make(WORK, options);
        const execution = parts.start("work", [50]);
        let count = 0;
        for (; execution.run({ gas }) === "paused"; count++) {
          expect(execution.pauseReason).equal("gas");
          expect(parts.store.gasUsed >= gas * BigInt(count + 1)).equal(true);
        }
        expect(execution.status).equal("returned");
        expect(execution.result).equal(expected(50n));
        expect(count).above(1);
        expect(parts.store.gasUsed).equal(whole.store.gasUsed);
        expect(parts.memory?.bytes).deep.equal(whole.memory?.bytes);
        expect(globalOf(parts)).equal(50);
      }
    });

    it("let other calls run while they are paused", () => {
      const instance = make(WORK, options);
      const first = instance.start("work", [10]);
      const second = instance.start("work", [20]);
      while (first.status === "paused" || second.status === "paused") {
        if (first.status === "paused") first.run({ gas: 30n });
        if (second.status === "paused") second.run({ gas: 50n });
        expect(instance.call("work", 3)).equal(expected(3n));
      }
      expect([first.result, second.result]).deep.equal([expected(10n), expected(20n)]);
    });

    it("step operator by operator, with the gas of whole blocks", () => {
      const whole = make(WORK, options);
      whole.call("work", 4);
      const instance = make(WORK, options);
      const execution = instance.start("work", [4]);
      const mnemonics: string[] = [];
      while (execution.status === "paused") {
        mnemonics.push(execution.frames[0]!.operator);
        execution.step();
      }
      expect(mnemonics.slice(0, 6)).deep.equal([
        "block",
        "loop",
        "local.get",
        "local.get",
        "i32.ge_u",
        "br_if",
      ]);
      expect(mnemonics.filter((mnemonic) => mnemonic === "call")).length(4);
      expect(execution.result).equal(expected(4n));
      expect(instance.store.gasUsed).equal(whole.store.gasUsed);
    });

    it("go on at full speed from any operator", () => {
      const whole = make(WORK, options);
      whole.call("work", 3);
      for (let steps = 0; steps < 90; steps++) {
        const instance = make(WORK, options);
        const execution = instance.start("work", [3]);
        for (let i = 0; i < steps && execution.status === "paused"; i++) execution.step();
        if (execution.status === "paused") execution.run();
        expect(execution.result, `after ${steps} steps`).equal(expected(3n));
        expect(instance.store.gasUsed).equal(whole.store.gasUsed);
      }
    });

    it("stop at breakpoints, with locals and operands to read", () => {
      const instance = make(WORK, options);
      const { bytes, bodies } = instance.module;
      const multiply = bytes.indexOf(0x7e, bodies[1]!.start);
      const execution = instance.start("work", [4]);
      execution.addBreakpoint(instance, multiply);
      const seen: unknown[] = [];
      while (execution.run() === "paused") {
        const [inner, outer] = execution.frames;
        expect([execution.pauseReason, inner!.operator, outer!.operator]).deep.equal([
          "breakpoint",
          "i64.mul",
          "i64.mul",
        ]);
        seen.push([
          inner!.locals.map(({ value }) => value),
          inner!.operands,
          outer!.locals.map(({ value }) => value),
          outer!.operands,
        ]);
        if (seen.length === 3) execution.removeBreakpoint(instance, multiply);
      }
      expect(seen).deep.equal([
        [[0n], [0n, 0n], [4, 0, 0n], [0n, 3n]],
        [[1n], [1n, 1n], [4, 1, 0n], [0n, 3n]],
        [[2n], [2n, 2n], [4, 2, 3n], [3n, 3n]],
      ]);
      expect(execution.result).equal(expected(4n));
    });

    it("are interrupted from outside", () => {
      const instance = make(WORK, options);
      const execution = instance.start("work", [100_000]);
      const signal = { aborted: false };
      let asked = 0;
      execution.run({ signal, isInterrupted: () => ++asked === 3 });
      expect([execution.status, execution.pauseReason]).deep.equal(["paused", "interrupt"]);
      signal.aborted = true;
      execution.run({ signal });
      expect(execution.pauseReason).equal("interrupt");
    });

    it("end by a trap, with its stack", () => {
      const instance = make(
        { functions: [{ export: "f", code: "loop br 0 end" }] },
        { ...options, gasLimit: 1000n },
      );
      const execution = instance.start("f");
      expect(execution.run({ gas: 500n })).equal("paused");
      expect(execution.run()).equal("trapped");
      expect(execution.trap?.code).equal("out-of-gas");
      expect(execution.trap?.wasmStack[0]?.name).equal("f");
      expect(instance.store.gasUsed).equal(1000n);
      expect(() => execution.run()).throw(TypeError);
    });

    it("pause and resume inside functions of several instances", () => {
      const store = new Store(options);
      const inner = instantiate(
        store,
        build({
          functions: [
            {
              export: "f",
              type: "i32 > i32",
              locals: "i32",
              code: "loop local.get 1 i32.const 1 i32.add local.tee 1 local.get 0 i32.lt_u br_if 0 end local.get 1",
            },
          ],
        }),
        new ImportMap(),
      );
      const outer = instantiate(
        store,
        build({
          imports: [["inner", "f", "i32 > i32"]],
          functions: [{ export: "g", type: "i32 > i32", code: "i32.const 1000 local.get 0 call 0 i32.add" }],
        }),
        new ImportMap().defineInstance("inner", inner),
      );
      const execution = outer.start("g", [20]);
      let deepest = 0;
      while (execution.run({ gas: 9n }) === "paused") deepest = Math.max(deepest, execution.frames.length);
      expect([execution.result, deepest]).deep.equal([1020, 2]);
    });

    it("wait for asynchronous host functions", async () => {
      const log: number[] = [];
      const imports = new ImportMap().define("env", "wait", {
        kind: "func",
        value: {
          kind: "host",
          name: "wait",
          type: { params: [I32], results: [I32] },
          isAsync: true,
          async invoke(call) {
            const n = call.lanes[call.at]!;
            await Promise.resolve();
            log.push(n);
            if (n === 13) throw new Trap("unlucky", "13");
            call.lanes[call.at] = n * 2;
          },
        },
      });
      const text: ModuleText = {
        imports: [["env", "wait", "i32 > i32"]],
        functions: [
          { export: "f", type: "i32 > i32", code: "i32.const 100 local.get 0 call 0 call 0 i32.add" },
        ],
      };
      const instance = make(text, options, imports);
      const both = await Promise.all([instance.callAsync("f", 1), instance.callAsync("f", 5)]);
      expect(both).deep.equal([104, 120]);
      expect(log).deep.equal([1, 5, 2, 10]);
      expect(() => instance.call("f", 1))
        .throw(Trap)
        .property("code", "async-in-sync-call");
      let trap: unknown;
      try {
        await instance.callAsync("f", 13);
      } catch (error) {
        trap = error;
      }
      expect(trap).instanceOf(Trap).property("code", "unlucky");
      expect(await instance.callAsync("f", 2)).equal(108);
    });

    it("report calls, blocks, host calls and growth in the same order, at no cost in gas", () => {
      const events: string[] = [];
      const text: ModuleText = {
        imports: [["env", "log", "i32 >"]],
        functions: [
          {
            export: "f",
            type: "i32 > i32",
            code: "local.get 0 call 2 if i32.const 2 call 0 end i32.const 3 memory.grow",
          },
          { type: "i32 > i32", code: "local.get 0 i32.const 1 i32.and" },
        ],
        memory: [1, 2],
      };
      const imports = new ImportMap().define("env", "log", {
        kind: "func",
        value: hostFunc("log", { params: [I32], results: [] }, () => undefined),
      });
      const observer = {
        call: ({ func }: { func: number }, gas: bigint) => events.push(`call ${func} ${gas}`),
        return: ({ func }: { func: number }, gas: bigint) => events.push(`return ${func} ${gas}`),
        block: ({ func }: { func: number }, gas: bigint) => events.push(`block ${func} ${gas}`),
        hostCall: ({ name }: { name: string }, lanes: Int32Array, at: number) =>
          events.push(`host ${name} ${lanes[at]}`),
        hostReturn: ({ name }: { name: string }) => events.push(`back ${name}`),
        grow: (_: unknown, delta: number, previous: number) => events.push(`grow ${delta} ${previous}`),
        trap: ({ code }: Trap) => events.push(`trap ${code}`),
      };
      const instance = make(text, { ...options, observer }, imports);
      instance.call("f", 1);
      expect(events).deep.equal([
        "call 0 3",
        "call 1 6",
        "return 1 6",
        "block 0 8",
        "host log 2",
        "back log",
        "block 0 10",
        "grow 3 -1",
        `return 0 ${10 + 3 * 1024}`,
      ]);
      const silent = make(text, options, imports);
      silent.call("f", 1);
      expect(silent.store.gasUsed).equal(instance.store.gasUsed);
    });

    it("hold the logical stack height to its limit, at and past it", () => {
      const text: ModuleText = {
        functions: [
          {
            export: "f",
            type: "i32 > i32",
            locals: "i64",
            code: "local.get 0 if i32 local.get 0 i32.const 1 i32.sub call 0 else i32.const 5 end",
          },
        ],
      };
      // 1 declared local + 2 for the activation + at most 2 operands… the result of the first arm is counted in the second.
      const cost = 1 + 2 + 2;
      expect(make(text, { ...options, maxLogicalStack: cost * 4 }).call("f", 3)).equal(5);
      expect(() => make(text, { ...options, maxLogicalStack: cost * 4 - 1 }).call("f", 3))
        .throw(Trap)
        .property("code", "logical-stack-exhausted");
      const instance = make(text, { ...options, maxLogicalStack: cost * 4 });
      for (let i = 0; i < 3; i++) {
        expect(() => instance.call("f", 4))
          .throw(Trap)
          .property("code", "logical-stack-exhausted");
        expect(instance.call("f", 3)).equal(5);
      }
      const execution: Execution = instance.start("f", [3]);
      while (execution.run({ gas: 1n }) === "paused");
      expect(execution.result).equal(5);
    });
  });
}
