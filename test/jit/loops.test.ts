import { expect } from "chai";
import { importedSource } from "../../bench/suites/executors.ts";
import { aot, compileModule } from "../../src/aot/index.ts";
import {
  type ExecutorFactory,
  ImportMap,
  type Instance,
  instantiate,
  Store,
} from "../../src/interp/index.ts";
import { jit } from "../../src/jit/index.ts";
import { build } from "../interp/build.ts";
import { outcome } from "./observed.ts";

/**
 * Two loops that are left for gas, one in another loop and one in an `else`, around locals of all types: the float of
 * each width begins as a NaN with bits of its own. `once` is one long loop.
 */
const MODULE = build({
  functions: [
    {
      export: "mixed",
      type: "i32 > i64",
      locals: "i32 i64 f32 f64 i32 i64",
      code: `i32.const 2141192193 f32.reinterpret_i32 local.set 3
        i64.const 9221120237041090565 f64.reinterpret_i64 local.set 4
        loop
          i32.const 9 local.set 1
          loop
            local.get 2 i64.const 6364136223846793005 i64.mul local.get 1 i64.extend_i32_s i64.add local.set 2
            local.get 1 i32.const 3 i32.rem_u i32.eqz
            if local.get 6 local.get 4 i64.reinterpret_f64 i64.xor local.set 6 end
            local.get 1 i32.const 1 i32.sub local.tee 1 br_if 0
          end
          local.get 0 i32.const 1 i32.and
          if
            local.get 3 i32.reinterpret_f32 i64.extend_i32_u local.get 6 i64.add local.set 6
          else
            i32.const 5 local.set 5
            loop
              local.get 4 f64.const 0.5 f64.add f64.const 3 f64.div local.set 4
              local.get 3 f32.const 1.25 f32.mul local.set 3
              local.get 5 i32.const 1 i32.sub local.tee 5 br_if 0
            end
            local.get 0 i32.const 7 i32.rem_u i32.eqz
            if f32.const 2 local.set 3 f64.const 0.125 local.set 4 end
          end
          local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
        end
        local.get 2 local.get 6 i64.xor local.get 4 i64.reinterpret_f64 i64.add`,
    },
    {
      export: "once",
      type: "i32 > i32",
      locals: "i32",
      code: `loop local.get 1 i32.const 31 i32.mul local.get 0 i32.add local.set 1
        local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end local.get 1`,
    },
    {
      export: "outside",
      type: "i32 > i32",
      locals: "i32",
      code: `loop local.get 0 i32.load local.get 1 i32.add local.set 1
        local.get 0 i32.const 4 i32.add local.set 0 br 0 end local.get 1`,
    },
  ],
  memory: [1],
});

function make(executor?: ExecutorFactory, gasLimit?: bigint): Instance {
  const options = { ...(executor && { executor }), ...(gasLimit !== undefined && { gasLimit }) };
  return instantiate(new Store(options), MODULE, new ImportMap());
}

async function compiled(): Promise<ExecutorFactory> {
  const [file] = compileModule(MODULE, "loops.mjs").files;
  return aot(await importedSource(file!.source));
}

describe("loops that are left for gas", () => {
  let executors: readonly (readonly [string, ExecutorFactory])[];
  before(async () => {
    executors = [
      ["jit", jit({ samples: 0 })],
      ["aot", await compiled()],
    ];
  });

  it("run out of gas where the machine does", () => {
    for (const [name, executor] of executors) {
      for (let gas = 0n; gas < 700n; gas += 3n) {
        expect(outcome(make(executor, gas), "mixed", 3), `${name}, ${gas}`).deep.equal(
          outcome(make(undefined, gas), "mixed", 3),
        );
      }
    }
  });

  it("trap where the machine does, whatever gas there is", () => {
    for (const [name, executor] of executors) {
      for (let gas = 0n; gas < 400n; gas += 7n) {
        expect(outcome(make(executor, gas), "outside", 65_500), `${name}, ${gas}`).deep.equal(
          outcome(make(undefined, gas), "outside", 65_500),
        );
      }
    }
  });

  it("go on in other slices, paused or not", () => {
    const whole = outcome(make(), "mixed", 40);
    for (const [name, executor] of executors) {
      for (const step of [1n, 50n, 333n, 1000n]) {
        const instance = make(executor);
        const execution = instance.start("mixed", [40]);
        while (execution.run({ gas: step }) === "paused");
        expect({ result: execution.result, gas: instance.store.gasUsed }, `${name}, ${step}`).deep.equal(
          whole,
        );
      }
      const instance = make(executor);
      const execution = instance.start("mixed", [40_000]);
      let asked = 0;
      expect(execution.run({ isInterrupted: () => ++asked < 0 })).equal("returned");
      expect({ result: execution.result, gas: instance.store.gasUsed }, name).deep.equal(
        outcome(make(), "mixed", 40_000),
      );
      expect(asked, name).greaterThan(100);
    }
  });

  it("are entered in the middle of a call that turns out to be hot", () => {
    const sampled: string[] = [];
    const instance = make(jit());
    const execution = instance.start("once", [3_000_000]);
    const machine = outcome(make(), "once", 3_000_000);
    // Who asks: the machine at the end of its slices, or generated code that refills?
    const isInterrupted = (): boolean => {
      sampled.push(new Error().stack!.includes(".cover") ? "generated" : "machine");
      return false;
    };
    execution.run({ isInterrupted });
    expect({ result: execution.result, gas: instance.store.gasUsed }).deep.equal(machine);
    expect(sampled.filter((who) => who === "machine").length).lessThan(10);
    expect(sampled.filter((who) => who === "generated").length).greaterThan(100);
  });
});
