import { expect } from "chai";
import { I32, I64, load, type ValidModule } from "../../../src/decoder/index.ts";
import { ImportMap, instantiate, OPERATOR_1, Store, Trap, type WasmFunc } from "../../../src/interp/index.ts";
import { labelsAt, type ReferenceExecutor, reference } from "../../../src/interp/reference/index.ts";
import { observe } from "../../differential/observe.ts";
import { makeWorkload } from "../../differential/program.ts";
import { Random } from "../../differential/random.ts";
import { assemble, constant, EMPTY, type FunctionPart, op } from "../assemble.ts";

const get = (local: number) => [...op("local.get"), local];

/** A store's reference executor, at hand for stepping. */
function open(functions: readonly FunctionPart[], gasLimit?: bigint) {
  let executor: ReferenceExecutor | undefined;
  const store = new Store({
    ...(gasLimit === undefined ? {} : { gasLimit }),
    executor: (options) => {
      executor = reference(options) as ReferenceExecutor;
      return executor;
    },
  });
  const instance = instantiate(store, load(assemble({ functions })), new ImportMap());
  return { store, instance, executor: executor! };
}

/** f(n) = n == 0 ? 1 : n * f(n - 1) */
const FACTORIAL: FunctionPart = {
  params: [I64],
  results: [I64],
  code: [
    ...[...get(0), ...op("i64.eqz"), ...op("if"), I64, ...constant(I64, 1n), ...op("else")],
    ...[
      ...get(0),
      ...get(0),
      ...constant(I64, 1n),
      ...op("i64.sub"),
      ...op("call"),
      0,
      ...op("i64.mul"),
      ...op("end"),
    ],
  ],
  export: "factorial",
};

describe("reference executor", () => {
  it("executes exactly one operator a step, its whole state in its frames", () => {
    const { instance, executor } = open([FACTORIAL]);
    const { start } = instance.module.bodies[0]!;
    executor.start(instance.exportedFunction("factorial"), Int32Array.of(2, 0));
    const frame = executor.frames[0]!;
    expect(frame).to.include({ func: 0, isEntry: true, base: 0, offset: start });
    executor.step();
    expect([frame.locals, frame.operands, frame.offset - start]).to.deep.equal([[2n], [2n], 2]);
    executor.step();
    expect([frame.operands, frame.labels.length]).to.deep.equal([[0n], 1]);
    executor.step();
    // The else arm: the label of the if, and its operators are next.
    expect([frame.operands, frame.labels.length, frame.offset - start]).to.deep.equal([[], 2, 8]);
    let steps = 3;
    let deepest = 0;
    for (; executor.frames.length > 0; steps++) {
      deepest = Math.max(deepest, executor.frames.length);
      executor.step();
    }
    expect(executor.results).to.deep.equal([2n]);
    expect(deepest).to.equal(3);
    // Twice eleven operators with a call, once five; the gas leaves out `else` and `end`, one each way and one more.
    expect(steps).to.equal(2 * 11 + 6);
    expect(executor.gasUsed).to.equal(2n * 9n + 4n);
  });

  it("has labels that follow from where a frame stands", () => {
    let checked = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { modules, calls } = makeWorkload(seed);
      observe(
        { modules, calls },
        (options) => {
          const executor = reference(options) as ReferenceExecutor;
          const step = executor.step.bind(executor);
          executor.step = () => {
            for (const { instance, func, offset, labels } of executor.frames) {
              expect(labelsAt(instance.module, func, offset), `seed ${seed}`).to.deep.equal(labels);
              checked++;
            }
            step();
          };
          return executor;
        },
        { gasLimit: 200n, maxCallDepth: 10 },
      );
    }
    expect(checked).to.be.greaterThan(5000);
  });

  it("charges a block when its first operator is about to run, and nothing else of it runs if the gas is short", () => {
    const code = [
      ...[...get(0), ...op("if"), EMPTY, ...constant(I32, 5n), ...op("drop"), ...op("end")],
      ...op("nop"),
    ];
    const { instance, executor } = open([{ params: [I32], code, export: "f" }], 3n);
    executor.start(instance.exportedFunction("f"), Int32Array.of(1, 0));
    executor.step();
    executor.step();
    expect([executor.gasUsed, executor.isCharged]).to.deep.equal([2n, false]);
    const before = structuredClone({ ...executor.frames[0]!, instance: 0 });
    expect(() => executor.step()).to.throw(Trap, "out of gas");
    expect(executor.gasUsed).to.equal(2n);
    expect({ ...executor.frames[0]!, instance: 0, at: 0 }).to.deep.equal({ ...before, at: 0 });
  });

  it("can be used again after a trap, an error of the host, and in the middle of a call", () => {
    const { instance, executor, store } = open([
      FACTORIAL,
      { params: [], results: [], code: op("unreachable"), export: "trap" },
    ]);
    executor.start(instance.exportedFunction("factorial"), Int32Array.of(3, 0));
    for (let i = 0; i < 9; i++) executor.step();
    const depth = executor.frames.length;
    expect(() => instance.call("trap")).to.throw(Trap, "unreachable");
    expect(instance.call("factorial", 5n)).to.equal(120n);
    expect(executor.frames.length).to.equal(depth);
    while (executor.frames.length > 0) executor.step();
    expect(executor.results).to.deep.equal([6n]);
    expect(store.gasUsed).to.equal(executor.gasUsed);
  });

  it("recurses and nests as deep as the limits allow without JavaScript's stack", () => {
    const endless = { code: [...op("call"), 0], export: "endless" };
    const { instance } = open([endless]);
    expect(() => instance.call("endless")).to.throw(Trap, "call stack exhausted");
    const depth = 50_000;
    const nested = [...new Array<number[]>(depth).fill([...op("block"), EMPTY])].flat();
    const code = [
      ...nested,
      ...constant(I32, 1n),
      ...op("br_if"),
      ...[0xcf, 0x86, 0x03],
      ...new Array<number>(depth).fill(op("end")[0]!),
    ];
    expect(open([{ code, export: "f" }]).instance.call("f")).to.equal(undefined);
  });
});

describe("reference executor, going on from configurations", () => {
  /** All places where a call stands on its way, with what the rest of it gives. */
  function* positions(module: ValidModule, args: readonly bigint[]) {
    const store = new Store({ executor: reference });
    const instance = instantiate(store, module, new ImportMap());
    const func = instance.exportedFunction("factorial") as WasmFunc;
    const { start } = module.bodies[func.index]!;
    let configuration = {
      frames: [{ instance, func: func.index, offset: start, locals: [...args], operands: [] as bigint[] }],
      isCharged: false,
    };
    for (;;) {
      yield { store, configuration };
      const outcome = store.run(configuration, { operators: 1 });
      if (outcome.kind === "returned") return;
      if (outcome.kind !== "paused") throw new Error(`unexpected ${outcome.kind}`);
      configuration = outcome.configuration as typeof configuration;
    }
  }

  it("gives the same result from every place", () => {
    const module = load(assemble({ functions: [FACTORIAL] }));
    let places = 0;
    for (const { store, configuration } of positions(module, [4n])) {
      places++;
      expect(store.run(configuration, {})).to.deep.equal({ kind: "returned", results: [24n] });
    }
    expect(places).to.equal(4 * 11 + 6);
  });

  it("refuses what its code cannot be in", () => {
    const module = load(assemble({ functions: [FACTORIAL] }));
    const random = new Random(1);
    let refused = 0;
    for (const { store, configuration } of positions(module, [3n])) {
      const [first] = configuration.frames as [(typeof configuration.frames)[0]];
      const last = configuration.frames.at(-1)!;
      const others = configuration.frames.slice(0, -1);
      const wrong = [
        { ...last, operands: [...last.operands, 1n] },
        { ...last, locals: [] },
        { ...last, offset: first.instance.module.bodies[0]!.end },
        { ...last, offset: last.offset + 1, operands: [...last.operands, 0n, 0n, 0n] },
      ];
      const frames = [...others, random.pick(wrong)];
      expect(() => store.run({ frames, isCharged: true }, {}))
        .to.throw(Error)
        .with.property("name", "ConfigurationError");
      // A caller stands after a call of the function that is above it.
      expect(() => store.run({ frames: [first, first], isCharged: false }, {})).to.throw(Error);
      refused++;
    }
    expect(refused).to.be.greaterThan(20);
  });
});

describe("gas of other schedules", () => {
  it("counts what a schedule makes of else and end, where they are reached", () => {
    const classes = { ...OPERATOR_1.classes, free: 10 };
    const code = [
      ...get(0),
      ...op("if"),
      EMPTY,
      ...op("nop"),
      ...op("else"),
      ...op("nop"),
      ...op("nop"),
      ...op("end"),
    ];
    const used = [1, 0].map((argument) => {
      const store = new Store({ executor: reference, schedule: { ...OPERATOR_1, id: "ten", classes } });
      const module = load(assemble({ functions: [{ params: [I32], code, export: "f" }] }));
      instantiate(store, module, new ImportMap()).call("f", argument);
      return store.gasUsed;
    });
    // Two operators, then nop and else or two nops and the inner end, then the end of the body.
    expect(used).to.deep.equal([2n + 20n + 10n, 2n + 30n + 10n]);
  });
});
