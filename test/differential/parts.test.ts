import { expect } from "chai";
import { Execution, entryOf } from "../../src/interp/execution/execution.ts";
import type { StoreOptions, WasmFunc } from "../../src/interp/index.ts";
import { EXECUTORS, observe, type Perform } from "./observe.ts";
import { makeWorkload } from "./program.ts";
import { Random } from "./random.ts";

/** Calls in parts: a little gas, or a few operators stepped by the reference executor, then on again. */
function callInParts(random: Random, mayStep: boolean): Perform {
  return (instance, name, args) => {
    const func = instance.exportedFunction(name) as WasmFunc;
    const execution = new Execution(instance.store, entryOf(func, args));
    while (execution.status === "paused") {
      if (!mayStep || random.chance(40)) execution.run({ gas: BigInt(random.between(1, 60)) });
      else {
        for (let i = random.between(1, 6); i > 0 && execution.status === "paused"; i--) execution.step();
      }
    }
    if (execution.trap !== undefined) throw execution.trap;
    return execution.resultBits;
  };
}

const OPTIONS: StoreOptions = { gasLimit: 800n, maxCallDepth: 15, maxStackSlots: 200, maxLogicalStack: 150 };

describe("executions in parts", () => {
  for (const [name, executor] of Object.entries(EXECUTORS)) {
    it(`on the ${name} cannot be told from whole ones, paused by gas anywhere`, function () {
      this.timeout(60_000);
      for (let seed = 0; seed < 40; seed++) {
        const workload = makeWorkload(seed);
        const whole = observe(workload, executor, OPTIONS);
        const parts = observe(workload, executor, OPTIONS, callInParts(new Random(seed), false));
        expect(parts, `seed ${seed}`).to.deep.equal(whole);
      }
    });

    it(`on the ${name}, operators stepped by the reference executor in between`, function () {
      this.timeout(60_000);
      for (let seed = 0; seed < 40; seed++) {
        const workload = makeWorkload(seed);
        const whole = observe(workload, executor, OPTIONS);
        const parts = observe(workload, executor, OPTIONS, callInParts(new Random(seed), true));
        expect(parts, `seed ${seed}`).to.deep.equal(whole);
      }
    });
  }
});
