import { expect } from "chai";
import {
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  type FuncType,
  load,
  type ValidModule,
} from "../../src/decoder/index.ts";
import { isFunc } from "../../src/interp/execution/graph.ts";
import {
  type Execution,
  type ExecutorFactory,
  hostFunc,
  ImportMap,
  instantiate,
  restore,
  SnapshotError,
  Store,
  snapshot,
  Trap,
  type Value,
} from "../../src/interp/index.ts";
import type { Reference } from "../../src/interp/references.ts";
import { bitsToValue } from "../../src/interp/values.ts";
import { makeExtendedWorkload } from "./extended.ts";
import { digest, EXECUTORS, EXTENDED_HOST_TYPES, HOST_TYPES } from "./observe.ts";
import { Random } from "./random.ts";

/** A host without state: it gives its arguments back as far as they have the types of results. */
function hostImports(): ImportMap {
  const imports = new ImportMap();
  for (const [name, type] of Object.entries({ ...HOST_TYPES, ...EXTENDED_HOST_TYPES })) {
    const value = hostFunc(name, type, (...args) => {
      const given = type.results.map((result) => args[type.params.indexOf(result)] ?? zero(result));
      return given.length > 1 ? given : given[0];
    });
    imports.define("env", name, { kind: "func", value });
  }
  return imports;
}

function zero(type: FuncType["params"][number]): Value {
  if (type === FUNCREF || type === EXTERNREF) return null;
  return type === F32 || type === F64 ? 0.5 : 1n;
}

/** The last call of a workload, not begun; undefined where the modules cannot be instantiated. */
function start(modules: readonly ValidModule[], seed: number, executor: ExecutorFactory | undefined) {
  const options = { gasLimit: 3000n, maxCallDepth: 30, maxLogicalStack: 300 };
  const store = new Store(executor === undefined ? options : { ...options, executor });
  const imports = hostImports();
  try {
    const instances = modules.map((module, i) => {
      const instance = instantiate(store, module, imports);
      imports.defineInstance(`m${i}`, instance);
      return instance;
    });
    const { module, name, args } = makeExtendedWorkload(seed).calls.at(-1)!;
    const { params } = instances[module]!.exportedFunction(name).type;
    const values = args.map((bits, i) => {
      const isRef = params[i] === FUNCREF || params[i] === EXTERNREF;
      return isRef ? null : bitsToValue(params[i]!, bits);
    });
    return { imports, execution: instances[module]!.start(name, values) };
  } catch (error) {
    if (error instanceof Trap) return undefined;
    throw error;
  }
}

/** Runs to the end; everything that the instance called shows then. */
function outcomeOf(execution: Execution, modules: readonly ValidModule[]): unknown {
  const { instance } = execution.func;
  const describe = (reference: Reference): string => {
    if (!isFunc(reference)) return String(reference);
    return reference.kind === "host"
      ? reference.name
      : `m${modules.indexOf(reference.instance.module)}:${reference.index}`;
  };
  execution.run();
  const { trap, status, store } = execution;
  const { results } = execution.func.type;
  return {
    status,
    gas: store.gasUsed,
    trap: trap && [trap.code, trap.message, trap.wasmStack],
    results:
      trap === undefined &&
      execution.resultBits.map((bits, i) =>
        results[i] === FUNCREF || results[i] === EXTERNREF
          ? describe(store.references.referenceOf(Number(bits)))
          : bits,
      ),
    memories: instance.memories.map(digest),
    tables: instance.tables.map(({ elements }) => elements.map(describe).join()),
    globals: instance.globals.map(({ bits, type, reference }) =>
      type.type === FUNCREF || type.type === EXTERNREF ? describe(reference) : bits,
    ),
    dropped: [instance.droppedData, instance.droppedElements].map((dropped) => [...dropped]),
  };
}

/** Undefined where a table holds a host function whose only importer the execution cannot reach. */
function snapshotOf(execution: Execution): Uint8Array | undefined {
  try {
    return snapshot(execution);
  } catch (error) {
    if (error instanceof SnapshotError && error.kind === "unsupported") return undefined;
    throw error;
  }
}

describe("snapshots of programs of 2.0", () => {
  it("taken anywhere, restored on any executor, give what an uninterrupted run gives", function () {
    this.timeout(60_000);
    const executors = Object.values(EXECUTORS);
    let cuts = 0;
    let resumedOutcomes = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const modules = makeExtendedWorkload(seed).modules.map((bytes) => load(bytes, { features: "2.0" }));
      const whole = start(modules, seed, EXECUTORS.machine)?.execution;
      if (whole === undefined) continue;
      const before = whole.store.gasUsed;
      const expected = outcomeOf(whole, modules);
      const used = Number(whole.store.gasUsed - before);
      for (let i = 0; i < 4; i++) {
        const { imports, execution: begun } = start(modules, seed, random.pick(executors))!;
        let execution = begun;
        for (let k = random.between(1, 3); k > 0 && execution.status === "paused"; k--) {
          execution.run({ gas: BigInt(random.between(1, 2 + Math.floor(used / 2))) });
          for (let steps = random.below(5); steps > 0 && execution.status === "paused"; steps--)
            execution.step();
          if (execution.status !== "paused") break;
          const bytes = snapshotOf(execution);
          if (bytes === undefined) break;
          const executor = random.pick(executors);
          const restored = restore(bytes, { modules, imports, ...(executor && { executor }) }).execution;
          expect(snapshot(restored), `seed ${seed}, run ${i}: again`).to.deep.equal(bytes);
          execution = restored;
          cuts++;
        }
        if (execution.status === "paused") {
          expect(outcomeOf(execution, modules), `seed ${seed}, run ${i}`).to.deep.equal(expected);
          resumedOutcomes++;
        }
      }
    }
    expect(cuts).to.be.greaterThan(60);
    expect(resumedOutcomes).to.be.greaterThan(20);
  });
});
