import { expect } from "chai";
import { I32, I64, load, OPERATORS, type Operator, type ValType } from "../../../src/decoder/index.ts";
import {
  type ExecutorFactory,
  ImportMap,
  type Instance,
  instantiate,
  Store,
  Trap,
} from "../../../src/interp/index.ts";
import { reference } from "../../../src/interp/reference/index.ts";
import { jit } from "../../../src/jit/index.ts";
import { assemble, constant, EMPTY, type FunctionPart, op } from "../assemble.ts";
import { MODELS, ModelTrap } from "./models.ts";
import { OPERANDS } from "./operands.ts";

type Code = number[];

// Those on vectors: see `vectors.test.ts`.
const NUMERIC = OPERATORS.filter(
  ({ immediates, params, feature }) => immediates === "none" && params !== undefined && feature !== "simd",
);

/** How the operands reach the operator: code, the parameters it reads, and which operands are left to be passed. */
interface Source {
  readonly name: string;
  readonly params: readonly ValType[];
  readonly code: Code;
  /** All operands, given those that are passed. */
  operands(args: readonly bigint[]): readonly bigint[];
}

/** What is done with the result: code after the operator, and what comes out of it for a result. */
interface Sink {
  readonly name: string;
  readonly before?: Code;
  readonly after: Code;
  readonly results: readonly ValType[];
  outcome(result: bigint): bigint;
}

const get = (local: number): Code => [...op("local.get"), local];

function sourcesOf(params: readonly ValType[]): Source[] {
  const [left, right] = params as [ValType, ValType | undefined];
  const sources: Source[] = [
    { name: "locals", params, code: params.flatMap((_, i) => get(i)), operands: (args) => args },
    {
      name: "globals",
      params,
      code: [
        ...params.flatMap((type, i) => [...get(i), ...op("global.set"), globalOf(type, i)]),
        ...params.flatMap((type, i) => [...op("global.get"), globalOf(type, i)]),
      ],
      operands: (args) => args,
    },
  ];
  if (right === undefined) {
    for (const a of valuesOf(left))
      sources.push({ name: `constant ${a}`, params: [], code: constant(left, a), operands: () => [a] });
    return sources;
  }
  for (const b of valuesOf(right)) {
    const code = [...get(0), ...constant(right, b)];
    sources.push({ name: `constant right ${b}`, params: [left], code, operands: (args) => [args[0]!, b] });
  }
  valuesOf(left).forEach((a, i, all) => {
    const code = [...constant(left, a), ...get(0)];
    sources.push({ name: `constant left ${a}`, params: [right], code, operands: (args) => [a, args[0]!] });
    const b = right === left ? all[(i * 5 + 3) % all.length]! : valuesOf(right)[i % valuesOf(right).length]!;
    const both = [...constant(left, a), ...constant(right, b)];
    sources.push({ name: `constants ${a} ${b}`, params: [], code: both, operands: () => [a, b] });
  });
  return sources;
}

const TYPE_ORDER: readonly ValType[] = [0x7f, 0x7e, 0x7d, 0x7c];
const globalOf = (type: ValType, i: number): number => 2 * TYPE_ORDER.indexOf(type) + i;
const valuesOf = (type: ValType): readonly bigint[] => OPERANDS.get(type)!;

function sinksOf(operator: Operator): Sink[] {
  const result = operator.results![0]!;
  // Locals after the parameters, of which there are two at most: see `functionOf`.
  const spare = LOCALS.indexOf(result);
  const same = (bits: bigint) => bits;
  const sinks: Sink[] = [
    { name: "returned", after: [], results: [result], outcome: same },
    {
      name: "set to a local",
      after: [...op("local.set"), FIRST_LOCAL + spare, ...get(FIRST_LOCAL + spare)],
      results: [result],
      outcome: same,
    },
    {
      name: "above another operand",
      before: constant(result, 1n),
      after: [
        ...op("local.tee"),
        FIRST_LOCAL + spare,
        ...op("drop"),
        ...op("drop"),
        ...get(FIRST_LOCAL + spare),
      ],
      results: [result],
      outcome: same,
    },
  ];
  if (result !== I32) return sinks;
  const truth = (bits: bigint) => (bits === 0n ? 0n : 1n);
  const not = (bits: bigint) => (bits === 0n ? 1n : 0n);
  const one = constant(I32, 1n);
  const zero = constant(I32, 0n);
  const fused: [string, Code, Code, (bits: bigint) => bigint][] = [
    ["eqz", [], op("i32.eqz"), not],
    ["eqz eqz", [], [...op("i32.eqz"), ...op("i32.eqz")], truth],
    [
      "br_if",
      [...op("block"), EMPTY],
      [...op("br_if"), 0, ...zero, ...op("return"), ...op("end"), ...one],
      truth,
    ],
    [
      "br_if with value",
      [...op("block"), I32, ...one],
      [...op("br_if"), 0, ...op("drop"), ...zero, ...op("end")],
      truth,
    ],
    [
      "br_if with value from above",
      [...op("block"), I32, ...zero, ...one],
      [...op("br_if"), 0, ...op("drop"), ...op("end")],
      truth,
    ],
    [
      "eqz br_if",
      [...op("block"), EMPTY],
      [...op("i32.eqz"), ...op("br_if"), 0, ...one, ...op("return"), ...op("end"), ...zero],
      truth,
    ],
    ["if", [], [...op("if"), I32, ...one, ...op("else"), ...zero, ...op("end")], truth],
    ["eqz if", [], [...op("i32.eqz"), ...op("if"), I32, ...one, ...op("else"), ...zero, ...op("end")], not],
    ["select", [...one, ...zero], op("select"), truth],
  ];
  for (const [name, before, after, outcome] of fused) {
    sinks.push({ name, before, after, results: [I32], outcome });
  }
  return sinks;
}

/** Every function has two parameters' worth of room before these locals, one of each type. */
const FIRST_LOCAL = 2;
const LOCALS = TYPE_ORDER;

function functionOf(operator: Operator, source: Source, sink: Sink, name: string): FunctionPart {
  const padding = FIRST_LOCAL - source.params.length;
  return {
    params: source.params,
    results: sink.results,
    locals: [...(padding > 0 ? [[padding, I64] as const] : []), ...LOCALS.map((type) => [1, type] as const)],
    code: [...(sink.before ?? []), ...source.code, ...op(operator.name), ...sink.after],
    export: name,
  };
}

/** Of the operands of a form that is not the plain one, one of so many is tried. */
const THINNING = 7;

/** All tuples of operands for the parameters. */
function argumentsFor(params: readonly ValType[]): bigint[][] {
  return params.reduce<bigint[][]>(
    (tuples, type) => tuples.flatMap((t) => valuesOf(type).map((v) => [...t, v])),
    [[]],
  );
}

function instanceOf(functions: readonly FunctionPart[], store: Store): Instance {
  const globals = TYPE_ORDER.flatMap((type) => [type, type]).map((type) => ({
    type,
    mutable: true,
    value: 0n,
  }));
  return instantiate(
    store,
    load(assemble({ functions, globals }), { features: "polkadot" }),
    new ImportMap(),
  );
}

/** Bits, or the code of a trap. */
function result(run: () => bigint): string {
  try {
    return run().toString(16);
  } catch (error) {
    if (error instanceof ModelTrap) return `trap ${error.message}`;
    if (error instanceof Trap) return `trap ${error.code}`;
    throw error;
  }
}

describe("numeric operators", () => {
  it("each has a model", () => {
    expect([...MODELS.keys()].sort()).to.deep.equal(NUMERIC.map(({ name }) => name).sort());
  });

  for (const operator of NUMERIC) {
    const model = MODELS.get(operator.name)!;
    const params = operator.params!;

    const everyForm = (executor: ExecutorFactory | undefined): void => {
      const cases = sourcesOf(params).flatMap((source) =>
        sinksOf(operator).map((sink) => ({ source, sink })),
      );
      const functions = cases.map(({ source, sink }, i) => functionOf(operator, source, sink, `${i}`));
      const instance = instanceOf(functions, new Store(executor === undefined ? {} : { executor }));
      const wrong: string[] = [];
      cases.forEach(({ source, sink }, i) => {
        // All operands once; of the many forms, each some, not the same ones.
        const isPlain = source.name === "locals" && sink.name === "returned";
        const tuples = argumentsFor(source.params);
        for (
          let k = isPlain ? 0 : i % Math.min(THINNING, tuples.length);
          k < tuples.length;
          k += isPlain ? 1 : THINNING
        ) {
          const args = tuples[k]!;
          const operands = source.operands(args);
          const expected = result(() => sink.outcome(model(...operands)));
          const actual = result(() => instance.callBits(`${i}`, args)[0]!);
          if (actual !== expected) {
            const shown = operands.map((bits) => `0x${bits.toString(16)}`).join(" ");
            wrong.push(`${shown} (${source.name}; ${sink.name}): ${actual}, not ${expected}`);
          }
        }
      });
      expect(wrong.slice(0, 5)).to.deep.equal([]);
    };

    for (const [name, executor] of [
      ["machine", undefined],
      ["jit", jit({ samples: 0 })],
    ] as const) {
      it(`${operator.name} on the ${name}, its operands and result in every form`, function () {
        this.timeout(20_000);
        everyForm(executor);
      });
    }

    it(`${operator.name} on the reference executor`, function () {
      this.timeout(10_000);
      const [locals] = sourcesOf(params) as [Source];
      const [returned] = sinksOf(operator) as [Sink];
      const instance = instanceOf(
        [functionOf(operator, locals, returned, "f")],
        new Store({ executor: reference }),
      );
      for (const args of argumentsFor(params)) {
        const actual = result(() => instance.callBits("f", args)[0]!);
        const shown = args.map((bits) => `0x${bits.toString(16)}`).join(" ");
        expect(actual, shown).to.equal(result(() => model(...args)));
      }
    });
  }
});
