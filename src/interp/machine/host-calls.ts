import type { Configuration } from "../execution/configuration.ts";
import type { ExecutorOptions } from "../executor.ts";
import type { HostCall, HostFunc } from "../func.ts";
import type { Instance } from "../instance.ts";
import type { References } from "../references.ts";
import { Trap } from "../trap.ts";
import { allBitsFromLanes, type Lanes, laneCount } from "../values.ts";
import type { Meter } from "./meter.ts";
import type { MachineState } from "./state.ts";

/** An asynchronous host function that has not answered yet. */
export interface Pending {
  readonly promise: Promise<void>;
  readonly func: HostFunc;
  /** Where it puts its results: not in the frames, which may serve others by then. */
  readonly lanes: Lanes;
}

/** Calls host functions, whose arguments and results are in the frames. */
export class HostCalls {
  private readonly state: MachineState;
  private readonly meter: Meter;
  private readonly options: ExecutorOptions;
  /** First lane above everything in use while a host function runs. */
  top = 0;
  mayAwait = false;
  pending: Pending | undefined;
  /** The function that threw the trap under way. */
  failed: string | undefined;

  constructor(state: MachineState, meter: Meter, options: ExecutorOptions) {
    this.state = state;
    this.meter = meter;
    this.options = options;
  }

  call(func: HostFunc, at: number, caller: Instance | undefined): void {
    const { state, top } = this;
    const { observer } = this.options;
    this.top = at + Math.max(laneCount(func.type.params), laneCount(func.type.results));
    observer?.hostCall?.(func, state.i32, at, this.meter.used);
    try {
      if (func.isAsync) this.callAsync(func, at, caller);
      else func.invoke(new MachineCall(state, at, caller, this.options.references));
    } catch (error) {
      this.failed = func.name;
      throw error;
    }
    this.top = top;
    if (this.pending === undefined) observer?.hostReturn?.(func, state.i32, at, this.meter.used);
  }

  private callAsync(func: HostFunc, at: number, caller: Instance | undefined): void {
    if (!this.mayAwait || caller === undefined) throw Trap.core("async-in-sync-call", ` ${func.name}`);
    const { params, results } = func.type;
    const lanes = new Int32Array(Math.max(laneCount(params), laneCount(results)));
    lanes.set(this.state.i32.subarray(at, at + laneCount(params)));
    const promise = func.invoke({ lanes, at: 0, caller, references: this.options.references });
    if (promise === undefined) this.state.i32.set(lanes.subarray(0, laneCount(results)), at);
    else this.pending = { promise, func, lanes };
  }
}

/**
 * What a host function sees. The frames may move while it runs, so `lanes` is read anew each time. A class, because an
 * object literal with a getter took 0.5 µs to make, half of a host call.
 */
class MachineCall implements HostCall {
  private readonly state: MachineState;
  readonly at: number;
  readonly caller: Instance | undefined;
  readonly references: References;

  constructor(state: MachineState, at: number, caller: Instance | undefined, references: References) {
    this.state = state;
    this.at = at;
    this.caller = caller;
    this.references = references;
  }

  get lanes(): Lanes {
    return this.state.i32;
  }
}

/** The configuration in which the host function's results are on the stack. */
export function withResults({ frames }: Configuration, { func, lanes }: Pending): Configuration {
  const caller = frames.at(-1)!;
  const results = allBitsFromLanes(func.type.results, lanes, 0);
  const last = { ...caller, operands: [...caller.operands, ...results] };
  return { frames: [...frames.slice(0, -1), last], isCharged: true };
}
