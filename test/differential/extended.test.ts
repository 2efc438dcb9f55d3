import { expect } from "chai";
import { OPERATORS } from "../../src/decoder/opcodes.ts";
import { Execution, entryOf } from "../../src/interp/execution/execution.ts";
import { type GasSchedule, OPERATOR_1, type StoreOptions, type WasmFunc } from "../../src/interp/index.ts";
import { bitsToValue, valueToBits } from "../../src/interp/values.ts";
import { compare, count } from "./compare.ts";
import { makeExtendedWorkload } from "./extended.ts";
import { EXECUTORS, observe, type Perform } from "./observe.ts";
import { Random } from "./random.ts";

/** The classes of 2.0 at prices of their own. */
const UNEVEN: GasSchedule = {
  ...OPERATOR_1,
  id: "uneven",
  classes: { ...OPERATOR_1.classes, bulk: 5, table: 3, reference: 2, vector: 7, branch: 4 },
  operators: { "i32x4.splat": 11, "table.get": 1, "v128.const": 2, loop: 0 },
  growPage: 17,
  bulkByte: 2,
  bulkElement: 3,
};

/** Ample limits, and hardly any or other prices. */
function limitsFor(seed: number): StoreOptions[] {
  return [
    { gasLimit: 3000n, maxCallDepth: 40, maxLogicalStack: 400 },
    seed % 2 === 0
      ? {
          gasLimit: BigInt(20 + ((seed * 7) % 300)),
          maxCallDepth: 12,
          maxStackSlots: 120,
          maxMemoryPages: 2,
          maxTableElements: 14,
        }
      : { gasLimit: 5000n, schedule: UNEVEN, maxCallDepth: 30, maxStackSlots: 300 },
  ];
}

/** With JavaScript values, after which the store gives up the numbers of references. */
const byValue: Perform = (instance, name, args) => {
  const { params, results } = instance.exportedFunction(name).type;
  const { references } = instance.store;
  const given = args.map((bits, i) => bitsToValue(params[i]!, bits, references));
  const result = instance.call(name, ...given);
  const values = results.length > 1 ? (result as unknown as (typeof result)[]) : [result];
  return results.map((type, i) => valueToBits(type, values[i]!, references));
};

/** In parts of a little gas, with operators stepped by the reference executor in between. */
function inParts(random: Random): Perform {
  return (instance, name, args) => {
    const execution = new Execution(
      instance.store,
      entryOf(instance.exportedFunction(name) as WasmFunc, args),
    );
    while (execution.status === "paused") {
      if (random.chance(50)) execution.run({ gas: BigInt(random.between(1, 60)) });
      else execution.step();
    }
    if (execution.trap !== undefined) throw execution.trap;
    return execution.resultBits;
  };
}

const SEEDS = 50;

describe("all executors on programs of 2.0", () => {
  it("agree on results, traps with their stacks, gas, memory, tables, globals, host calls", function () {
    this.timeout(60_000);
    const seen = new Map<string, number>();
    for (let seed = 0; seed < SEEDS; seed++) {
      const workload = makeExtendedWorkload(seed);
      limitsFor(seed).forEach((options, i) => {
        const perform = seed % 3 === 0 ? byValue : undefined;
        count(seen, compare(`seed ${seed}, limits ${i}`, workload, options, perform));
      });
    }
    expect([...seen.keys()]).to.include.members([
      "returned",
      "out-of-gas",
      "call-stack-exhausted",
      "unreachable",
      "out-of-bounds-memory",
      "out-of-bounds-table",
      "undefined-element",
      "uninitialized-element",
      "indirect-call-type-mismatch",
    ]);
    expect(seen.get("returned")).to.be.greaterThan(300);
  });

  it("are given every operator there is", () => {
    const used = new Set<string>();
    for (let seed = 0; seed < 3 * SEEDS; seed++) makeExtendedWorkload(seed, used);
    const missing = OPERATORS.map(({ name }) => name).filter((name) => !used.has(name));
    expect(missing).to.deep.equal([]);
  });

  for (const [name, executor] of Object.entries(EXECUTORS)) {
    it(`in parts cannot be told from whole, on the ${name}`, function () {
      this.timeout(60_000);
      for (let seed = 0; seed < 15; seed++) {
        const workload = makeExtendedWorkload(seed);
        const options = { gasLimit: 800n, maxCallDepth: 15, maxStackSlots: 200, maxLogicalStack: 150 };
        const whole = observe(workload, executor, options);
        const parts = observe(workload, executor, options, inParts(new Random(seed)));
        expect(parts, `seed ${seed}`).to.deep.equal(whole);
      }
    });
  }
});
