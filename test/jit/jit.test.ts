import { expect } from "chai";
import { jitExecutor } from "../../spec-tests/jit.ts";
import { I32, I64, load } from "../../src/decoder/index.ts";
import {
  hostFunc,
  ImportMap,
  type Instance,
  instantiate,
  Store,
  type StoreOptions,
  Trap,
} from "../../src/interp/index.ts";
import { type JitPolicy, jit } from "../../src/jit/index.ts";
import { assemble, constant, type FunctionPart, op, unsigned } from "../interp/assemble.ts";
import { passesOfficialSuites } from "../spec-tests/official.ts";
import { outcome, watchingFunctions } from "./observed.ts";

describe("the official suite on generated code", () => {
  passesOfficialSuites(jitExecutor);
});

const get = (local: number) => [...op("local.get"), local];
const call = (func: number) => [...op("call"), func];

/** sum(n) adds 1 to n in a loop; down(n) recurses n deep; out(a) loads at a; ask(n) asks the host n times. */
const FUNCTIONS: FunctionPart[] = [
  {
    params: [I32],
    results: [I64],
    locals: [[1, I64]],
    export: "sum",
    code: [
      ...op("loop"),
      0x40,
      ...get(1),
      ...get(0),
      ...op("i64.extend_i32_u"),
      ...op("i64.add"),
      ...op("local.set"),
      1,
      ...get(0),
      ...constant(I32, 1n),
      ...op("i32.sub"),
      ...op("local.tee"),
      0,
      ...op("br_if"),
      0,
      ...op("end"),
      ...get(1),
    ],
  },
  {
    params: [I32],
    results: [I32],
    export: "down",
    code: [
      ...get(0),
      ...op("if"),
      0x7f,
      ...get(0),
      ...constant(I32, 1n),
      ...op("i32.sub"),
      ...call(2),
      ...constant(I32, 1n),
      ...op("i32.add"),
      ...op("else"),
      ...constant(I32, 0n),
      ...op("end"),
    ],
  },
  { params: [I32], results: [I32], export: "out", code: [...get(0), ...op("i32.load"), 0, ...unsigned(8)] },
  { params: [I32], results: [I32], export: "ask", code: [...get(0), ...call(0)] },
];

function make(options: StoreOptions, ask: (n: number) => number = (n) => n + 1): Instance {
  const bytes = assemble({
    imports: [{ module: "env", name: "ask", kind: "func", params: [I32], results: [I32] }],
    functions: FUNCTIONS,
    memory: { min: 1 },
  });
  const imports = new ImportMap().define("env", "ask", {
    kind: "func",
    value: hostFunc("ask", { params: [I32], results: [I32] }, (n) => ask(n as number)),
  });
  return instantiate(new Store(options), load(bytes), imports);
}

describe("jit", () => {
  const policies: readonly JitPolicy[] = [{ samples: 0 }, { samples: 1, calls: 1 }, {}];

  it("gives what the machine gives, whatever its policy, again and again", () => {
    const calls: readonly (readonly [string, number])[] = [
      ["sum", 100_000],
      ["down", 1000],
      ["out", 65524],
      ["out", 65525],
      ["ask", 7],
      ["down", 20_000],
      ["sum", 3],
    ];
    for (const policy of policies) {
      const machine = make({ gasLimit: 10_000_000n });
      const jitted = make({ gasLimit: 10_000_000n, executor: jit(policy) });
      for (let round = 0; round < 4; round++) {
        for (const [name, arg] of calls) {
          expect(outcome(jitted, name, arg), `${name}(${arg})`).to.deep.equal(outcome(machine, name, arg));
        }
      }
    }
  });

  it("runs out of gas at the same block for every limit", () => {
    const executor = jit({ samples: 0 });
    for (let gas = 0n; gas < 120n; gas++) {
      const machine = outcome(make({ gasLimit: gas }), "sum", 5);
      expect(outcome(make({ gasLimit: gas, executor }), "sum", 5), `${gas}`).to.deep.equal(machine);
      const deep = outcome(make({ gasLimit: gas }), "down", 9);
      expect(outcome(make({ gasLimit: gas, executor }), "down", 9), `${gas}`).to.deep.equal(deep);
    }
  });

  it("exhausts the call stack at the same depth, far beyond JavaScript's", () => {
    for (const maxCallDepth of [1, 2, 50, 159, 160, 161, 500, 16_384, 100_000]) {
      for (const depth of [maxCallDepth - 2, maxCallDepth - 1, maxCallDepth]) {
        const options = { maxCallDepth };
        const machine = outcome(make(options), "down", depth);
        const jitted = outcome(make({ ...options, executor: jit({ samples: 0 }) }), "down", depth);
        expect(jitted, `${depth} of ${maxCallDepth}`).to.deep.equal(machine);
      }
    }
  });

  it("has the whole stack in a trap of a nested call, and in one that the host throws", () => {
    const traps = (options: StoreOptions): unknown[] => {
      const instance: Instance = make(options, (n) => {
        if (n === 1) throw new Trap("host-trap", "no");
        return instance.call(n === 2 ? "out" : "ask", n === 2 ? -1 : n - 1) as number;
      });
      return [1, 2, 5, 40].map((n) => outcome(instance, "ask", n));
    };
    expect(traps({ executor: jit({ samples: 0 }) })).to.deep.equal(traps({}));
    expect(traps({ executor: jit({ samples: 0 }) })[3])
      .to.have.nested.property("result.stack")
      .with.length(40);
  });

  it("can be paused by gas anywhere, and interrupted", () => {
    const executor = jit({ samples: 0 });
    const whole = outcome(make({}), "sum", 500);
    for (const gas of [1n, 7n, 100n, 1999n]) {
      const instance = make({ executor });
      const execution = instance.start("sum", [500]);
      let pauses = 0;
      while (execution.run({ gas }) === "paused") pauses++;
      expect({ result: execution.result, gas: instance.store.gasUsed }).to.deep.equal(whole);
      expect(pauses).to.be.greaterThan(1);
    }
    const instance = make({ executor });
    const execution = instance.start("sum", [2_000_000]);
    let asked = 0;
    expect(execution.run({ isInterrupted: () => ++asked > 3 })).to.equal("paused");
    expect(execution.pauseReason).to.equal("interrupt");
    expect(instance.store.gasUsed < 5_000_000n).to.equal(true);
    expect(execution.run()).to.equal("returned");
  });

  it("leaves to the machine what it is told not to compile", () => {
    watchingFunctions((source) => {
      make({ executor: jit({ samples: 0, maxFunctionBytes: 10 }) }).call("sum", 10);
      expect(source).to.have.length(0);
      make({ executor: jit({ samples: 0, maxSourceLength: 100 }) }).call("sum", 10);
      make({ executor: jit({ samples: 0, maxFunctionSource: 100 }) }).call("sum", 10);
      expect(source).to.have.length(0);
      make({ executor: jit({ samples: 0 }) }).call("sum", 10);
      expect(source).to.have.length(1);
    });
  });
});
