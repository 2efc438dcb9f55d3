import type { Configuration, Outcome, Stop } from "./execution/configuration.ts";
import type { Executor, ExecutorFactory, ExecutorOptions } from "./executor.ts";
import type { Func } from "./func.ts";
import { type GasSchedule, OPERATOR_1 } from "./gas/schedule.ts";
import { NO_PROBES, type Probes } from "./lower/probes.ts";
import { Machine } from "./machine/machine.ts";
import { MAX_PAGES } from "./memory.ts";
import type { Observer } from "./observe.ts";
import { References } from "./references.ts";
import {
  allBitsFromLanes,
  allBitsToLanes,
  type Lanes,
  laneCount,
  resultOf,
  type Value,
  valuesFromLanes,
  valuesToLanes,
} from "./values.ts";

/**
 * A level took up to 1.8 KB of JavaScript's stack (V8, unoptimised), and generated code below it once up to 420 KB: together
 * 870 KB of the 984 that V8 has where nobody asks for more. Lua, the deepest nesting that was found, stops at 200.
 */
export const DEFAULT_HOST_NESTING = 256;

export interface StoreOptions {
  /** Most gas that all calls of this store may use together; absent for no limit. */
  readonly gasLimit?: bigint;
  /** What operators cost. Default: `OPERATOR_1`. */
  readonly schedule?: GasSchedule;
  /** Wasm calls that may be active at once. Default 16,384. */
  readonly maxCallDepth?: number;
  /** 8-byte slots that locals and operands of all active calls may take. Default 1,048,576 (8 MiB). */
  readonly maxStackSlots?: number;
  /** Pages of 64 KiB that each memory may have, beside its own maximum. Default 65,536 (4 GiB). */
  readonly maxMemoryPages?: number;
  /** Elements that each table may have. Default 10,000,000. */
  readonly maxTableElements?: number;
  /**
   * Greatest logical stack height as wasm-instrument's stack limiter counts it; Polkadot holds validation functions
   * to 65,536. Absent for no limit. See `gas/logical-stack.ts`.
   */
  readonly maxLogicalStack?: number;
  /**
   * How deep host functions may call back into Wasm that calls host functions…: the next call traps. Each level takes
   * some of JavaScript's stack, which is the engine's: with more than the default, see that there is enough. Default 256.
   */
  readonly maxHostNesting?: number;
  /** Is told what happens while functions run. */
  readonly observer?: Observer;
  /** How functions are run. Default: the register machine. */
  readonly executor?: ExecutorFactory;
}

/**
 * What instances that know each other share: the machine that runs them, their gas and their limits
 * (spec: Execution, Runtime Structure, Store).
 */
export class Store {
  readonly schedule: GasSchedule;
  readonly maxMemoryPages: number;
  readonly maxTableElements: number;
  /** What code is lowered to report, for the observer and the logical stack. */
  readonly probes: Probes;
  /** What stands for references in frames and in bits form. */
  readonly references = new References();
  /** What the executor was made with. */
  readonly executorOptions: ExecutorOptions;
  private readonly executor: Executor;
  /** Calls by `call` that have not returned: host functions may call back. */
  private nesting = 0;

  /** @throws RangeError for options out of range. */
  constructor(options: StoreOptions = {}) {
    const { gasLimit } = options;
    if (gasLimit !== undefined && gasLimit < 0n) throw new RangeError("gasLimit is negative");
    this.schedule = options.schedule ?? OPERATOR_1;
    this.maxMemoryPages = within("maxMemoryPages", options.maxMemoryPages ?? MAX_PAGES, 0, MAX_PAGES);
    this.maxTableElements = within("maxTableElements", options.maxTableElements ?? 10_000_000, 0, 0xffffffff);
    const { observer, maxLogicalStack } = options;
    this.probes = {
      ...NO_PROBES,
      calls: observer?.call !== undefined || observer?.return !== undefined,
      blocks: observer?.block !== undefined,
      logicalStack: maxLogicalStack !== undefined,
    };
    const factory = options.executor ?? ((settings) => new Machine(settings));
    this.executorOptions = {
      schedule: this.schedule,
      gasLimit,
      maxCallDepth: within("maxCallDepth", options.maxCallDepth ?? 16384, 1, 0x1000000),
      maxStackSlots: within("maxStackSlots", options.maxStackSlots ?? 1048576, 1, 0x10000000),
      maxLogicalStack:
        maxLogicalStack === undefined ? undefined : within("maxLogicalStack", maxLogicalStack, 0, 0x7fffffff),
      maxHostNesting: within("maxHostNesting", options.maxHostNesting ?? DEFAULT_HOST_NESTING, 0, 0x10000),
      observer,
      references: this.references,
    };
    this.executor = factory(this.executorOptions);
  }

  /** Gas used by everything that ran in this store, exact after a return and after a trap. */
  get gasUsed(): bigint {
    return this.executor.gasUsed;
  }
  get gasLimit(): bigint | undefined {
    return this.executor.gasLimit;
  }

  /** Charges gas beside the operators', for host functions that cost some. @throws Trap out-of-gas, with nothing charged. */
  chargeGas(amount: bigint): void {
    this.executor.chargeGas(amount);
  }

  /** Goes on from a configuration; see `Execution`, which is the comfortable way. */
  run(configuration: Configuration, stop: Stop): Outcome {
    this.references.retain();
    return this.executor.run(configuration, stop);
  }

  /**
   * Calls a function with JavaScript values; several results are an array. @throws Trap; TypeError for the wrong number of
   * arguments.
   */
  call(func: Func, args: readonly Value[]): Value | undefined {
    const { params, results } = func.type;
    const { references } = this;
    const lanes = lanesFor(func, args.length);
    this.nesting++;
    try {
      valuesToLanes(params, args, lanes, 0, references);
      this.executor.invoke(func, lanes);
      return resultOf(valuesFromLanes(results, lanes, 0, references));
    } finally {
      if (--this.nesting === 0) references.release();
    }
  }

  /**
   * The same with raw bits (unsigned BigInts): loses no NaN. Those of references are their numbers among `references`, good
   * until the next `call` returns. @throws Trap; TypeError for the wrong number of arguments.
   */
  callBits(func: Func, args: readonly bigint[]): bigint[] {
    const { params, results } = func.type;
    const lanes = lanesFor(func, args.length);
    allBitsToLanes(params, args, lanes, 0);
    this.nesting++;
    try {
      this.executor.invoke(func, lanes);
      return allBitsFromLanes(results, lanes, 0);
    } finally {
      this.nesting--;
    }
  }

  /**
   * The same with lanes, two per value and four per vector, for callers that count allocations. The results take the place
   * of the arguments: there must be room for either. @throws Trap
   */
  callLanes(func: Func, lanes: Lanes): void {
    this.nesting++;
    try {
      this.executor.invoke(func, lanes);
    } finally {
      this.nesting--;
    }
  }
}

/** For arguments and results. */
function lanesFor({ type: { params, results } }: Func, given: number): Lanes {
  const wanted = params.length;
  if (given !== wanted) throw new TypeError(`the function takes ${wanted} arguments, ${given} given`);
  return new Int32Array(Math.max(laneCount(params), laneCount(results)));
}

function within(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be an integer from ${min} to ${max}`);
  }
  return value;
}
