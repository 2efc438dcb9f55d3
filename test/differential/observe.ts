import {
  EXTERNREF,
  F32,
  F64,
  type FeatureSet,
  FUNCREF,
  type FuncType,
  I32,
  I64,
  load,
  V128,
  type ValType,
} from "../../src/decoder/index.ts";
import {
  type ExecutorFactory,
  type Func,
  Global,
  type HostFunc,
  ImportMap,
  type Instance,
  instantiate,
  LinkError,
  Memory,
  type StackFrame,
  Store,
  type StoreOptions,
  Table,
  Trap,
} from "../../src/interp/index.ts";
import { reference } from "../../src/interp/reference/index.ts";
import type { Reference } from "../../src/interp/references.ts";
import { allBitsFromLanes, allBitsToLanes } from "../../src/interp/values.ts";
import { jit } from "../../src/jit/index.ts";
import { chained } from "./chained.ts";

/** A call of an export of one of the modules, with raw bits; of references, what `TestHost.reference` makes one of. */
export interface Call {
  readonly module: number;
  readonly name: string;
  readonly args: readonly bigint[];
}

/** Modules that are linked in order (each sees the exports of those before as "m0", "m1", …), and calls of them. */
export interface Workload {
  readonly modules: readonly Uint8Array[];
  readonly calls: readonly Call[];
  readonly features?: FeatureSet;
}

export type Outcome =
  | { readonly results: readonly string[] }
  | { readonly trap: string; readonly message: string; readonly stack: readonly StackFrame[] };

/** Everything of a run that a program, its host or its user could tell two executors apart by. */
export interface Observation {
  readonly outcomes: readonly {
    readonly call: string;
    readonly outcome: Outcome;
    readonly gasUsed: string;
  }[];
  readonly hostCalls: readonly string[];
  readonly memories: readonly string[];
  readonly tables: readonly string[];
  /** Segments that instances have dropped. */
  readonly dropped: readonly string[];
  readonly globals: readonly string[];
}

/** Stores run on the register machine unless told otherwise. */
export const EXECUTORS = {
  machine: undefined,
  "machine with chains": chained,
  reference,
  /** Everything generated, hence calls between generated functions, and leaving in the middle of many. */
  jit: jit({ samples: 0 }),
  /** What is called again is generated, hence calls between generated code and the machine, both ways. */
  "jit of what is hot": jit({ samples: 1, calls: 2 }),
} as const satisfies { readonly [name: string]: ExecutorFactory | undefined };

/** Host functions of module "env": they log what they get, call back, trap and change the shared memory. */
export const HOST_TYPES: { readonly [name: string]: FuncType } = {
  note: { params: [I32], results: [] },
  mix: { params: [I64, F32, I32], results: [I64] },
  real: { params: [F64], results: [F64] },
  fail: { params: [I32], results: [I32] },
  back: { params: [I32], results: [I32] },
  poke: { params: [I32, I64], results: [] },
  five: { params: [], results: [F32] },
};

/** Those for programs of 2.0, beside the others. */
export const EXTENDED_HOST_TYPES: { readonly [name: string]: FuncType } = {
  wide: { params: [V128, I32], results: [V128] },
  several: { params: [I64, F64], results: [F64, V128, I64] },
  name: { params: [I32], results: [EXTERNREF] },
  swap: { params: [EXTERNREF, FUNCREF], results: [FUNCREF, EXTERNREF] },
  apply: { params: [FUNCREF], results: [I32] },
};

/** How an exported function is called. */
export type Perform = (instance: Instance, name: string, args: readonly bigint[]) => readonly bigint[];

const callWhole: Perform = (instance, name, args) => instance.callBits(name, args);

export function observe(
  workload: Workload,
  executor: ExecutorFactory | undefined,
  options: StoreOptions,
  perform: Perform = callWhole,
): Observation {
  const store = new Store(executor === undefined ? options : { ...options, executor });
  const host = new TestHost(store);
  const modules = workload.modules.map((bytes) => load(bytes, { features: workload.features ?? "polkadot" }));
  const instances: (Instance | undefined)[] = [];
  const outcomes: Observation["outcomes"][number][] = [];
  const record = (call: string, run: () => readonly string[]): void => {
    const outcome = outcomeOf(run);
    outcomes.push({ call, outcome, gasUsed: String(store.gasUsed) });
  };
  modules.forEach((module, i) => {
    record(`instantiate ${i}`, () => {
      const instance = instantiate(store, module, host.imports);
      instances[i] = instance;
      host.imports.defineInstance(`m${i}`, instance);
      return [];
    });
    host.instances = instances;
  });
  for (const { module, name, args } of workload.calls) {
    const instance = instances[module];
    if (instance === undefined) continue;
    const item = instance.externs.get(name);
    if (item?.kind !== "func") throw new Error(`no function ${name}`);
    const { params, results } = item.value.type;
    record(`m${module}.${name}(${args.map((bits) => bits.toString(16)).join()})`, () => {
      const given = args.map((bits, i) => host.argument(params[i]!, bits));
      return perform(instance, name, given).map((bits, i) => host.show(results[i]!, bits));
    });
  }
  const alive = instances.filter((instance) => instance !== undefined);
  return {
    outcomes,
    hostCalls: host.log,
    memories: alive.flatMap((instance) => instance.memories.map(digest)),
    tables: alive.flatMap(({ tables }) => tables.map(({ elements }) => elements.map(host.describe).join())),
    dropped: alive.map(
      ({ droppedData, droppedElements }) => `${droppedData.join()};${droppedElements.join()}`,
    ),
    globals: alive.flatMap(({ globals }) =>
      globals.map(({ type, bits, reference }) =>
        isReference(type.type) ? host.describe(reference) : bits.toString(16),
      ),
    ),
  };
}

const isReference = (type: ValType): boolean => type === FUNCREF || type === EXTERNREF;

function outcomeOf(run: () => readonly string[]): Outcome {
  try {
    return { results: run() };
  } catch (error) {
    if (error instanceof Trap) return { trap: error.code, message: error.message, stack: error.wasmStack };
    // The host's own errors, and modules that do not link: the same on every executor.
    if (error instanceof LinkError || error instanceof HostFailure) {
      return { trap: error.name, message: error.message, stack: [] };
    }
    throw error;
  }
}

class HostFailure extends Error {
  override readonly name = "HostFailure";
}

class TestHost {
  readonly log: string[] = [];
  readonly imports = new ImportMap();
  instances: readonly (Instance | undefined)[] = [];
  private readonly store: Store;
  private readonly memory = new Memory({ min: 1, max: 3 });

  constructor(store: Store) {
    this.store = store;
    this.function("note", () => undefined);
    this.function("mix", ([a, b, c]) => (a! * 3n) ^ (b! << 7n) ^ c!);
    this.function("real", ([a]) => a! ^ 1n);
    this.function("fail", ([a]) => {
      if (a! % 7n === 3n) throw new Trap("host-trap", `host refuses ${a}`);
      if (a! % 5n === 4n) throw new HostFailure(`host breaks on ${a}`);
      return a! + 1n;
    });
    this.function("back", ([a]) => this.callBack(a!));
    this.function("poke", ([a, b]) => {
      this.memory.view.setBigUint64(Number(a! % 65528n), b!, true);
      return undefined;
    });
    this.function("five", () => 0x40a00000n);
    const { references } = store;
    this.function("wide", ([a, b]) => (a! << 8n) ^ b!);
    this.function("several", ([a, b]) => [b! ^ 1n, (a! << 64n) | b!, a! + 1n]);
    this.function("name", ([a]) => BigInt(references.numberOf(a! % 4n === 0n ? null : `h${a! % 16n}`)));
    this.function("swap", ([a, b]) => [b!, a!]);
    this.function("apply", ([a]) => {
      const func = references.referenceOf(Number(a)) as Func | null;
      return func === null ? 0n : this.callWith(func, 12n);
    });
    this.imports.define("env", "memory", { kind: "memory", value: this.memory });
    this.imports.define("env", "table", {
      kind: "table",
      value: new Table({ element: FUNCREF, min: 12, max: 12 }),
    });
    for (const [name, type, value] of GLOBALS) {
      this.imports.define("env", name, {
        kind: "global",
        value: Global.of({ type, mutable: name.startsWith("var") }, value),
      });
    }
  }

  /** Calls function "f0" of the first module, or a host function, and may swallow a trap. */
  private callBack(argument: bigint): bigint {
    const target = this.instances[Number(argument % 2n)]?.externs.get("f0");
    if (target?.kind !== "func") return 0n;
    try {
      return this.callWith(target.value, argument);
    } catch (error) {
      if (!(error instanceof Trap) || argument % 4n === 0n) throw error;
      this.log.push(`swallowed ${error.code}`);
      return 2n;
    }
  }

  private callWith(func: Func, argument: bigint): bigint {
    const { params, results } = func.type;
    const args = params.map((type, i) => (isReference(type) ? 0n : argument >> BigInt(i + 1)));
    const [result] = this.store.callBits(func, args);
    // The number of a reference is the executor's own matter.
    return isReference(results[0]!) ? BigInt(result !== 0n) : BigInt.asUintN(32, result ?? 1n);
  }

  /** Raw bits of an argument: a small number says which reference, 0 null. */
  argument(type: ValType, bits: bigint): bigint {
    return isReference(type) ? BigInt(this.store.references.numberOf(this.reference(type, bits))) : bits;
  }

  private reference(type: ValType, bits: bigint): Reference {
    if (bits === 0n) return null;
    if (type === EXTERNREF) return `x${bits}`;
    const item = this.instances[0]?.externs.get(`f${bits}`);
    return item?.kind === "func" ? item.value : null;
  }

  /** Text that is the same for the same value on all executors. */
  show(type: ValType, bits: bigint): string {
    return isReference(type)
      ? this.describe(this.store.references.referenceOf(Number(bits)))
      : bits.toString(16);
  }

  readonly describe = (reference: Reference): string => {
    if (reference === null || typeof reference !== "object") return String(reference);
    const func = reference as Func;
    return func.kind === "host" ? func.name : `m${this.instances.indexOf(func.instance)}:${func.index}`;
  };

  private function(
    name: string,
    implementation: (args: readonly bigint[]) => bigint | readonly bigint[] | undefined,
  ): void {
    const type = (HOST_TYPES[name] ?? EXTENDED_HOST_TYPES[name])!;
    const value: HostFunc = {
      kind: "host",
      name: `env.${name}`,
      type,
      invoke: (call) => {
        const args = allBitsFromLanes(type.params, call.lanes, call.at);
        const caller = this.instances.indexOf(call.caller);
        const shown = args.map((bits, i) => this.show(type.params[i]!, bits)).join();
        this.log.push(`${name}(${shown}) from ${caller} at ${this.store.gasUsed}`);
        const result = implementation(args);
        if (result === undefined) return;
        allBitsToLanes(type.results, typeof result === "bigint" ? [result] : result, call.lanes, call.at);
      },
    };
    this.imports.define("env", name, { kind: "func", value });
  }
}

/** Globals of module "env"; those called `var…` are mutable. */
export const GLOBALS: readonly (readonly [name: string, type: ValType, value: number | bigint])[] = [
  ["const32", I32, 77],
  ["const64", I64, -5n],
  ["var32", I32, 8],
  ["var64", I64, 1n << 40n],
  ["varf64", F64, 1.5],
];

/** A hash of the words that are not 0, with their places, and the size: enough to see a difference. */
export function digest({ bytes }: Memory): string {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) {
    if (words[i] === 0) continue;
    hash = Math.imul(hash ^ i, 0x01000193);
    hash = Math.imul(hash ^ words[i]!, 0x01000193);
    hash ^= hash >>> 15;
  }
  return `${bytes.length}:${(hash >>> 0).toString(16)}`;
}
