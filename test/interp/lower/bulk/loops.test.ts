import { expect } from "chai";
import fc from "fast-check";
import {
  type Execution,
  ImportMap,
  instantiate,
  restore,
  Store,
  type StoreOptions,
  snapshot,
} from "../../../../src/interp/index.ts";
import { reference } from "../../../../src/interp/reference/index.ts";
import { build } from "../../build.ts";
import { type LoopShape, loopModule, shapes, strideOf } from "./shapes.ts";

const SEED = 20_251_122;
/** Loops that never end, and those that wrap around, run out of it. */
const GAS_LIMIT = 20_000n;
const MEMORY = 65536;

interface Arguments {
  readonly target: number;
  readonly source: number;
  readonly iterations: number;
  readonly shift: number;
}

/** Places near each other, apart, at both ends of the memory and of the address space. */
function placesFor(shape: LoopShape): fc.Arbitrary<Arguments> {
  const near = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 300, max: 420 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 12 }) },
    { weight: 2, arbitrary: fc.integer({ min: MEMORY - 200, max: MEMORY }) },
    { weight: 1, arbitrary: fc.integer({ min: -80, max: -1 }) },
  );
  const distance = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 2000, max: 2100 }));
  return fc
    .record({
      target: near,
      source: fc.oneof(near, distance, distance),
      isDistance: fc.boolean(),
      iterations: fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 1, max: 40 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 300 }) },
      ),
      shift: fc.constantFrom(8, 8, 16, 24, 0, 7, 40),
    })
    .map(({ isDistance, ...places }) => {
      const source = isDistance ? places.target + places.source : places.source;
      return { ...places, source: shape.kind === "shift" ? source & -4 : source };
    });
}

const cases = shapes.chain((shape) => fc.tuple(fc.constant(shape), placesFor(shape)));

function start(
  shape: LoopShape,
  { target, source, iterations, shift }: Arguments,
  options: StoreOptions,
): Execution {
  const instance = instantiate(
    new Store({ gasLimit: GAS_LIMIT, ...options }),
    build(loopModule(shape)),
    new ImportMap(),
  );
  const { bytes } = instance.memory!;
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(i, 0x9e3779b1) >>> 23;
  return instance.start("run", [target, source, iterations, shift]);
}

const framesOf = ({ frames }: Execution): unknown =>
  frames.map(({ offset, locals, operands }) => [offset, locals.map(({ bits }) => bits), operands]);

/** Everything that can be seen of an execution. */
function stateOf(execution: Execution): unknown {
  const { instance } = execution.func;
  const globals = [...instance.externs.values()].flatMap((item) =>
    item.kind === "global" ? [item.value.bits] : [],
  );
  return {
    status: execution.status,
    reason: execution.status === "paused" ? execution.pauseReason : undefined,
    gas: execution.store.gasUsed,
    trap: execution.trap && [execution.trap.code, execution.trap.wasmStack],
    frames: execution.status === "paused" ? framesOf(execution) : undefined,
    globals,
    memory: Buffer.from(instance.memory!.bytes).toString("base64"),
  };
}

/** Code that reports its blocks has no bulk loops. */
const UNRECOGNISED: StoreOptions = { observer: { block: () => undefined } };

describe("loops that may be run in bulk", () => {
  it("do what they do one iteration at a time", () => {
    let recognised = 0;
    let total = 0;
    fc.assert(
      fc.property(cases, ([shape, places]) => {
        const execution = start(shape, places, {});
        execution.run();
        const ordinary = start(shape, places, UNRECOGNISED);
        ordinary.run();
        expect(ordinary.func.instance.code.bulks).length(0);
        expect(stateOf(execution)).deep.equal(stateOf(ordinary));
        total++;
        recognised += execution.func.instance.code.bulks.length;
      }),
      { seed: SEED, numRuns: 2000 },
    );
    expect(recognised / total, "share of loops that are recognised").above(0.3);
  });

  it("do what the reference executor does", () => {
    fc.assert(
      fc.property(cases, ([shape, places]) => {
        const execution = start(shape, places, {});
        execution.run();
        const expected = start(shape, places, { executor: reference });
        expected.run();
        expect(stateOf(execution)).deep.equal(stateOf(expected));
      }),
      { seed: SEED + 1, numRuns: 300 },
    );
  });

  it("run out of gas at the same block, with the same memory", () => {
    const limited = cases.chain(([shape, places]) =>
      fc.tuple(fc.constant(shape), fc.constant(places), fc.bigInt({ min: 1n, max: 1500n })),
    );
    fc.assert(
      fc.property(limited, ([shape, places, gasLimit]) => {
        const execution = start(shape, places, { gasLimit });
        execution.run();
        const ordinary = start(shape, places, { ...UNRECOGNISED, gasLimit });
        ordinary.run();
        expect(stateOf(execution)).deep.equal(stateOf(ordinary));
      }),
      { seed: SEED + 2, numRuns: 1000 },
    );
  });

  it("pause at the same blocks with the same locals, and go on from there", () => {
    const parts = cases.chain(([shape, places]) =>
      fc.tuple(
        fc.constant(shape),
        fc.constant(places),
        fc.array(fc.bigInt({ min: 1n, max: 700n }), { minLength: 1, maxLength: 4 }),
      ),
    );
    fc.assert(
      fc.property(parts, ([shape, places, gas]) => {
        const execution = start(shape, places, {});
        const expected = start(shape, places, { executor: reference });
        for (const part of gas) {
          if (execution.status !== "paused") break;
          execution.run({ gas: part });
          expected.run({ gas: part });
          expect(stateOf(execution)).deep.equal(stateOf(expected));
        }
        if (execution.status !== "paused") return;
        execution.run();
        expected.run();
        expect(stateOf(execution)).deep.equal(stateOf(expected));
      }),
      { seed: SEED + 3, numRuns: 400 },
    );
  });

  it("have the same snapshots, which go on the same", () => {
    fc.assert(
      fc.property(fc.tuple(cases, fc.bigInt({ min: 1n, max: 700n })), ([[shape, places], gas]) => {
        const execution = start(shape, places, {});
        const expected = start(shape, places, { executor: reference });
        execution.run({ gas });
        expected.run({ gas });
        if (execution.status !== "paused") return;
        const bytes = snapshot(execution);
        expect(bytes).deep.equal(snapshot(expected));
        const { module } = execution.func.instance;
        const resumed = restore(bytes, { modules: [module], imports: new ImportMap() }).execution;
        for (const each of [execution, resumed]) each.run();
        expect(stateOf(resumed)).deep.equal(stateOf(execution));
      }),
      { seed: SEED + 4, numRuns: 200 },
    );
  });

  it("are asked for interruption as often as without, and stop where told", () => {
    const shape: LoopShape = {
      kind: "copy",
      transfer: 0,
      unroll: 1,
      down: false,
      reversed: false,
      loadsFirst: false,
      indexed: false,
      distance: "offset",
      until: "ne",
      keeps: false,
      gap: 0,
      hole: false,
      mirrored: false,
      flipped: 0,
      constant: false,
    };
    const iterations = 30_000 / strideOf(shape);
    const places = { target: 0, source: 32_768, iterations, shift: 0 };
    const stops = [{}, UNRECOGNISED].map((options) => {
      const execution = start(shape, places, { ...options, gasLimit: 1n << 40n });
      let asked = 0;
      execution.run({ isInterrupted: () => ++asked === 10 });
      expect(execution.pauseReason).equal("interrupt");
      return stateOf(execution);
    });
    expect(stops[0]).deep.equal(stops[1]);
  });
});
