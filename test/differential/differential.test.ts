import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { FuncType } from "../../src/decoder/index.ts";
import {
  type ExecutorFactory,
  type GasSchedule,
  type HostFunc,
  type Lanes,
  OPERATOR_1,
  type StoreOptions,
} from "../../src/interp/index.ts";
import type { Observer, Place } from "../../src/interp/observe.ts";
import { bitsFromLanes } from "../../src/interp/values.ts";
import { compare, count } from "./compare.ts";
import { EXECUTORS, observe, type Workload } from "./observe.ts";
import { makeWorkload } from "./program.ts";

/** Every class at a price of its own, the operators that are free by default too. */
const UNEVEN: GasSchedule = {
  id: "uneven",
  classes: {
    free: 3,
    control: 2,
    branch: 5,
    call: 7,
    parametric: 1,
    variable: 1,
    load: 4,
    store: 6,
    memory: 9,
    const: 1,
    integer: 2,
    division: 8,
    float: 3,
    conversion: 2,
  },
  operators: { "i32.add": 11, else: 1, loop: 0 },
  growPage: 17,
};

/** Limits under which a workload is run: ample, hardly any, and other prices. */
function limitsFor(seed: number): StoreOptions[] {
  return [
    { gasLimit: 3000n, maxCallDepth: 40, maxLogicalStack: 400 },
    { gasLimit: BigInt(20 + (seed % 300)), maxCallDepth: 12, maxStackSlots: 90, maxMemoryPages: 2 },
    { gasLimit: 5000n, schedule: UNEVEN, maxCallDepth: 30, maxStackSlots: 300 },
  ];
}

describe("all executors", () => {
  it("agree on generated programs: results, traps with their stacks, gas, memory, globals, host calls", function () {
    this.timeout(60_000);
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 150; seed++) {
      const workload = makeWorkload(seed);
      limitsFor(seed).forEach((options, i) => {
        count(seen, compare(`seed ${seed}, limits ${i}`, workload, options));
      });
    }
    // The generator is worth something only as long as programs end in every way there is.
    expect([...seen.keys()]).to.include.members([
      "returned",
      "out-of-gas",
      "call-stack-exhausted",
      "logical-stack-exhausted",
      "unreachable",
      "out-of-bounds-memory",
      "undefined-element",
      "uninitialized-element",
      "indirect-call-type-mismatch",
      "integer-divide-by-zero",
      "integer-overflow",
      "invalid-conversion",
      "host-trap",
      "HostFailure",
    ]);
    expect(seen.get("returned")).to.be.greaterThan(1000);
  });
});

describe("observers of machine and reference executor", () => {
  /** Everything an observer is told in a run, in order. */
  function events(workload: Workload, executor: ExecutorFactory | undefined): string[] {
    const told: string[] = [];
    const at = ({ instance, func, offset }: Place) => `${instance.module.bodies.length}:${func}@${offset}`;
    const values = (func: HostFunc, lanes: Lanes, from: number, types: FuncType["params"]) =>
      `${func.name}(${types.map((type, i) => bitsFromLanes(type, lanes, from + 2 * i)).join()})`;
    const observer: Observer = {
      call: (place, gas) => told.push(`call ${at(place)} ${gas}`),
      return: (place, gas) => told.push(`return ${at(place)} ${gas}`),
      block: (place, gas) => told.push(`block ${at(place)} ${gas}`),
      hostCall: (func, lanes, from, gas) =>
        told.push(`> ${values(func, lanes, from, func.type.params)} ${gas}`),
      hostReturn: (func, lanes, from, gas) =>
        told.push(`< ${values(func, lanes, from, func.type.results)} ${gas}`),
      grow: (_, delta, previous) => told.push(`grow ${delta} ${previous}`),
      trap: ({ code, wasmStack }) => told.push(`trap ${code} ${wasmStack.length}`),
    };
    const observation = observe(workload, executor, { gasLimit: 1000n, maxCallDepth: 20, observer });
    // Being observed changes nothing.
    expect(observation).to.deep.equal(observe(workload, executor, { gasLimit: 1000n, maxCallDepth: 20 }));
    return told;
  }

  it("are told the same in the same order", function () {
    this.timeout(60_000);
    let count = 0;
    for (let seed = 0; seed < 40; seed++) {
      const workload = makeWorkload(seed);
      const told = events(workload, EXECUTORS.reference);
      expect(events(workload, EXECUTORS.machine), `seed ${seed}`).to.deep.equal(told);
      count += told.length;
    }
    expect(count).to.be.greaterThan(2000);
  });
});

const KERNELS = resolve(dirname(fileURLToPath(import.meta.url)), "../../../../shared/bench/wasm");
/** Arguments small enough for the reference executor. */
const ARGUMENTS: { readonly [kernel: string]: number } = {
  fib32: 10,
  fib64: 10,
  icall: 500,
  nbody: 3,
  u128: 30,
  blake2b: 5,
};

describe("all executors on the benchmark kernels", () => {
  it("agree on results, gas and memory, finished or out of gas", function () {
    if (!existsSync(KERNELS)) {
      console.log(`      no kernels at ${KERNELS}`);
      this.skip();
    }
    this.timeout(120_000);
    const files = readdirSync(KERNELS).filter((name) => name.endsWith(".wasm"));
    expect(files).to.have.length(13);
    for (const file of files) {
      const kernel = file.slice(0, -".wasm".length);
      const workload: Workload = {
        modules: [new Uint8Array(readFileSync(join(KERNELS, file)))],
        calls: [{ module: 0, name: "run", args: [BigInt(ARGUMENTS[kernel] ?? 1)] }],
      };
      compare(kernel, workload, { gasLimit: 300_000n });
      compare(kernel, workload, { gasLimit: 12_345n, schedule: { ...OPERATOR_1, id: "half", growPage: 1 } });
    }
  });
});
