import { expect } from "chai";
import fc from "fast-check";
import { executorOver } from "../../spec-tests/interpreter.ts";
import { type ExecutorFactory, ImportMap, instantiate, Store, Trap } from "../../src/interp/index.ts";
import { jit } from "../../src/jit/index.ts";
import { build } from "../interp/build.ts";
import { passesOfficialSuites } from "../spec-tests/official.ts";

/** Whatever calls nothing has its i64 in slots. */
const slots = (): ExecutorFactory => jit({ samples: 0, bigInts: "always" });

describe("the official suite on generated code with i64 in slots", () => {
  passesOfficialSuites(executorOver("jit", { executor: slots() }));
});

const EDGES = [
  "0",
  "1",
  "-1",
  "9223372036854775807",
  "-9223372036854775808",
  "4294967296",
  "-4294967296",
  "63",
];
const constant = fc.oneof(
  fc.constantFrom(...EDGES),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String),
  fc.integer({ min: -70, max: 70 }).map(String),
);
const BINARY = "add sub mul and or xor shl shr_s shr_u rotl rotr div_u rem_u div_s rem_s".split(" ");
const COMPARE = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u".split(" ");
const UNARY = ["clz", "ctz", "popcnt", "extend8_s", "extend16_s", "extend32_s"];

/** Text that leaves one i64; locals 1 to 4 are i64, 0 is i32. */
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    fc.integer({ min: 1, max: 4 }).map((local) => `local.get ${local}`),
    constant.map((text) => `i64.const ${text}`),
    fc.constant("local.get 0 i64.extend_i32_s"),
    fc.constant("local.get 0 i64.extend_i32_u"),
    fc.constant("local.get 0 i32.const 65535 i32.and i64.load"),
    fc.constant("local.get 0 i32.const 255 i32.and i64.load32_s"),
    fc
      .tuple(fc.constantFrom(...BINARY), tie("value"), tie("value"))
      .map(([name, a, b]) => `${a} ${b} i64.${name}`),
    fc
      .tuple(fc.constantFrom("shl", "shr_u", "shr_s", "rotl", "rotr"), tie("value"), constant)
      .map(([name, a, n]) => `${a} i64.const ${n} i64.${name}`),
    fc.tuple(fc.constantFrom(...UNARY), tie("value")).map(([name, a]) => `${a} i64.${name}`),
    fc
      .tuple(tie("value"), tie("value"), tie("value"), tie("value"), fc.constantFrom(...COMPARE))
      .map(([a, b, c, d, name]) => `${a} ${b} ${c} ${d} i64.${name} select`),
    fc.tuple(tie("value"), fc.integer({ min: 1, max: 4 })).map(([a, local]) => `${a} local.tee ${local}`),
    fc
      .tuple(tie("value"), tie("value"))
      .map(([a, b]) => `${a} i32.wrap_i64 if i64 ${b} else local.get 1 end`),
  ),
}));
const statement = fc.oneof(
  fc.tuple(value, fc.integer({ min: 1, max: 4 })).map(([a, local]) => `${a} local.set ${local}`),
  value.map((a) => `i32.const 64 ${a} i64.store`),
  value.map((a) => `${a} i64.eqz if ${"local.get 2 i64.const 3 i64.mul local.set 3"} end`),
  value.map((a) => `local.get 0 ${a} i32.wrap_i64 i32.add local.set 0`),
);
/** Goes round as often as its parameter says, and returns what is in its locals. */
const program = fc.array(statement, { minLength: 1, maxLength: 5 }).map(
  (statements) => `i64.const -7046029288634856825 local.set 1 i64.const 40503 local.set 2
    i32.const 0 i64.const -81985529216486896 i64.store
    loop ${statements.join("\n")}
      local.get 5 i32.const 1 i32.add local.tee 5 i32.const 3 i32.lt_u br_if 0 end
    local.get 1 local.get 2 i64.xor local.get 3 i64.add local.get 4 i64.sub`,
);

function outcome(
  module: ReturnType<typeof build>,
  arg: number,
  gasLimit: bigint,
  executor?: ExecutorFactory,
) {
  const store = new Store({ gasLimit, ...(executor && { executor }) });
  const instance = instantiate(store, module, new ImportMap());
  let result: unknown;
  try {
    result = instance.call("f", arg);
  } catch (error) {
    if (!(error instanceof Trap)) throw error;
    result = { code: error.code, stack: error.wasmStack };
  }
  return { result, gas: store.gasUsed, memory: instance.memory!.bytes.slice(0, 128).join() };
}

describe("generated code with i64 in slots", () => {
  it("gives what the machine gives: results, traps with their stacks, gas, memory", function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(program, fc.integer(), fc.nat(400), (code, arg, gas) => {
        const module = build({
          functions: [{ export: "f", type: "i32 > i64", locals: "i64 i64 i64 i64 i32", code }],
          memory: [1],
        });
        for (const limit of [1_000_000n, BigInt(gas)]) {
          expect(outcome(module, arg, limit, slots())).deep.equal(outcome(module, arg, limit));
        }
      }),
      { seed: 5, numRuns: 400 },
    );
  });

  it("goes on in other slices, and after others have used the slots", () => {
    const code = `i64.const 3 local.set 1 loop local.get 1 i64.const 6364136223846793005 i64.mul local.get 0
      i64.extend_i32_u i64.add local.set 1 local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end local.get 1`;
    const module = build({ functions: [{ export: "f", type: "i32 > i64", locals: "i64", code }] });
    const make = (executor?: ExecutorFactory) =>
      instantiate(new Store(executor && { executor }), module, new ImportMap());
    const machine = make();
    const whole = { result: machine.call("f", 30_000), gas: machine.store.gasUsed };

    const [instance, other] = [make(slots()), make(slots())];
    const execution = instance.start("f", [30_000]);
    const isInterrupted = (): boolean => other.call("f", 100) === undefined;
    expect(execution.run({ isInterrupted })).equal("returned");
    expect({ result: execution.result, gas: instance.store.gasUsed }).deep.equal(whole);

    const paused = make(slots());
    const parts = paused.start("f", [30_000]);
    while (parts.run({ gas: 1777n }) === "paused") other.call("f", 10);
    expect({ result: parts.result, gas: paused.store.gasUsed }).deep.equal(whole);
  });
});
