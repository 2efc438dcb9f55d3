import { maxStackHeight } from "../../decoder/index.ts";
import type { FuncType } from "../../decoder/module.ts";
import type { Configuration, Outcome, PauseReason, Stop } from "../execution/configuration.ts";
import type { Executor, ExecutorOptions } from "../executor.ts";
import type { Func, HostFunc, WasmFunc } from "../func.ts";
import { logicalStackCosts } from "../gas/logical-stack.ts";
import type { GasSchedule } from "../gas/schedule.ts";
import type { Instance } from "../instance.ts";
import { functionOf } from "../observe.ts";
import type { References } from "../references.ts";
import { Trap } from "../trap.ts";
import { allBitsFromLanes, allBitsToLanes, type Lanes, laneCount } from "../values.ts";
import { captureFrames, restoreFrames } from "./configuration.ts";
import type { Frame } from "./frame.ts";
import { blockCostsOf } from "./gas.ts";
import { readInstruction } from "./instruction.ts";
import { type Context, ruleOf } from "./instructions/index.ts";
import { labelOf, structureOf } from "./structure.ts";
import { traceStack } from "./trace.ts";
import { slotsOf, typedValue, withoutMark } from "./vector.ts";

/** An asynchronous host function that has not answered yet. */
interface Pending {
  readonly promise: Promise<void>;
  readonly type: FuncType;
  readonly lanes: Lanes;
}

/**
 * Runs functions by the spec's reduction rules, one operator of the original binary at a time. Slow and plain: what
 * every other executor is held against. JavaScript's stack is used only by host functions that call back.
 */
export class ReferenceExecutor implements Executor, Context {
  readonly name = "reference";
  readonly gasLimit: bigint | undefined;
  gasUsed = 0n;
  /** Every active Wasm function, innermost last. */
  readonly frames: Frame[] = [];
  /** Whether the gas of the block in which the innermost frame stands has been charged. */
  isCharged = false;
  /** Results, as raw bits, of the last function that returned to the host. */
  results: readonly bigint[] = [];
  readonly references: References;
  private readonly options: ExecutorOptions;
  /** First slot above everything in use while a host function runs. */
  private top = 0;
  private nesting = 0;
  private stop: Stop = {};
  private pending: Pending | undefined;

  constructor(options: ExecutorOptions) {
    this.options = options;
    this.gasLimit = options.gasLimit;
    this.references = options.references;
  }

  invoke(func: Func, lanes: Lanes): void {
    this.guarded({}, (floor) => {
      this.start(func, lanes);
      while (this.frames.length > floor) this.step();
      allBitsToLanes(func.type.results, this.results, lanes, 0);
    });
  }

  run(configuration: Configuration, stop: Stop): Outcome {
    return this.guarded(stop, (floor): Outcome => {
      this.restore(configuration);
      const ended = this.proceed(floor);
      if (ended === "returned") return { kind: "returned", results: this.results.map(withoutMark) };
      const { isCharged, pending } = this;
      const frames = this.frames.slice(floor);
      if (ended !== "awaiting") {
        return { kind: "paused", reason: ended, configuration: captureFrames(frames, isCharged) };
      }
      return { kind: "awaiting", promise: pending!.promise, resume: () => withResults(frames, pending!) };
    });
  }

  /** Lets the host call `func`: a Wasm function then is a frame to step through, a host function has returned. */
  start(func: Func, args: Lanes): void {
    const values = valuesOf(func.type.params, args);
    if (func.kind === "host") this.results = this.callHost(func, values, this.top, undefined);
    else this.enter(func, values, this.top, true);
  }

  /**
   * Executes the operator that is next, in the innermost frame; the block that it starts, if it does, is charged
   * before. @throws Trap, and whatever a host function throws
   */
  step(): void {
    if (!this.isCharged) this.startBlock();
    this.execute();
  }

  chargeGas(amount: bigint): void {
    const used = this.gasUsed + amount;
    if (this.gasLimit !== undefined && used > this.gasLimit) throw Trap.core("out-of-gas");
    this.gasUsed = used;
  }

  // --- what the reduction rules ask for ----------------------------------------------------------------------

  call(frame: Frame, func: Func): void {
    const { locals, operands } = frame;
    const args = operands.splice(operands.length - func.type.params.length);
    const base = frame.base + slotsOf(locals) + slotsOf(operands);
    if (func.kind === "wasm") this.enter(func, args, base, false);
    else operands.push(...this.callHost(func, args, base, frame.instance));
  }

  return(frame: Frame): void {
    const { instance, func, operands, isEntry, labels } = frame;
    const { arity, continuation } = labels[0]!;
    const results = operands.slice(operands.length - arity);
    const { observer } = this.options;
    if (observer?.return !== undefined) {
      const lanes = lanesOf(functionOf(frame).type.results, results);
      observer.return({ instance, func, offset: continuation, lanes, at: 0 }, this.gasUsed);
    }
    this.frames.pop();
    if (isEntry) this.results = results;
    else this.frames.at(-1)!.operands.push(...results);
  }

  get schedule(): GasSchedule {
    return this.options.schedule;
  }

  growMemory({ instance }: Frame, pages: bigint): number {
    this.chargeGas(pages * BigInt(this.options.schedule.growPage));
    const memory = instance.memory!;
    const delta = Number(pages);
    const previous = memory.grow(delta);
    this.options.observer?.grow?.(memory, delta, previous, this.gasUsed);
    return previous;
  }

  // --- one operator ------------------------------------------------------------------------------------------

  /** Gas of the block that starts at the innermost frame's offset; undefined if none does. */
  private blockCost({ instance, func, offset }: Frame): number | undefined {
    return blockCostsOf(instance.module, func, this.options.schedule).get(offset);
  }

  /** Charges the block at whose start the innermost frame stands; at a function's, the limits are checked then. */
  private startBlock(): void {
    const frame = this.frames.at(-1)!;
    const { instance, func, offset } = frame;
    const { observer } = this.options;
    frame.at = offset;
    const blockGas = this.blockCost(frame)!;
    this.chargeGas(BigInt(blockGas));
    if (offset === instance.module.bodies[func]!.start) {
      this.checkLimits(frame);
      if (observer?.call !== undefined) {
        const lanes = lanesOf(functionOf(frame).type.params, frame.locals);
        observer.call({ instance, func, offset, lanes, at: 0, blockGas }, this.gasUsed);
      }
    } else {
      observer?.block?.({ instance, func, offset }, this.gasUsed);
    }
    this.isCharged = true;
  }

  private execute(): void {
    const frame = this.frames.at(-1)!;
    const instruction = readInstruction(frame.instance.module.bytes, frame.offset);
    frame.at = instruction.offset;
    frame.offset = instruction.next;
    ruleOf(instruction.operator.code)(frame, instruction, this);
    const next = this.frames.at(-1);
    this.isCharged = next !== undefined && this.blockCost(next) === undefined;
  }

  private checkLimits({ instance, func, base, logicalHeight, locals }: Frame): void {
    const { maxCallDepth, maxStackSlots, maxLogicalStack } = this.options;
    if (this.frames.length > maxCallDepth) throw Trap.core("call-stack-exhausted");
    // There is room for the results even where the body pushes nothing.
    const { results } = functionOf({ instance, func, offset: 0 }).type;
    const operands = Math.max(maxStackHeight(instance.module, func), laneCount(results) / 2);
    if (base + slotsOf(locals) + operands > maxStackSlots) throw Trap.core("call-stack-exhausted");
    if (maxLogicalStack !== undefined && logicalHeight > maxLogicalStack) {
      throw Trap.core("logical-stack-exhausted");
    }
  }

  private logicalHeight(instance: Instance, func: number, below: Frame | undefined): number {
    if (this.options.maxLogicalStack === undefined) return 0;
    return (below?.logicalHeight ?? 0) + logicalStackCosts(instance.module)[func]!;
  }

  /** Puts a frame for `func` on top; its arguments' slots begin at `base`. */
  private enter(func: WasmFunc, args: readonly bigint[], base: number, isEntry: boolean): void {
    const { instance, index } = func;
    const { module } = instance;
    const { start, locals } = module.bodies[index]!;
    const zeros = locals.flatMap(({ count, type }) => new Array<bigint>(count).fill(typedValue(type, 0n)));
    this.frames.push({
      instance,
      func: index,
      isEntry,
      base,
      logicalHeight: this.logicalHeight(instance, index, this.frames.at(-1)),
      at: start,
      offset: start,
      locals: args.concat(zeros),
      operands: [],
      labels: [labelOf(structureOf(module, index).body)],
    });
    this.isCharged = false;
  }

  // --- host functions ----------------------------------------------------------------------------------------

  private callHost(
    func: HostFunc,
    args: readonly bigint[],
    base: number,
    caller: Instance | undefined,
  ): bigint[] {
    const { params, results } = func.type;
    const { observer } = this.options;
    const { top } = this;
    const lanes = new Int32Array(Math.max(laneCount(params), laneCount(results)));
    lanes.set(lanesOf(params, args));
    this.top = base + lanes.length / 2;
    observer?.hostCall?.(func, lanes, 0, this.gasUsed);
    try {
      if (func.isAsync && !(this.stop.mayAwait && caller !== undefined)) {
        throw Trap.core("async-in-sync-call", ` ${func.name}`);
      }
      const promise = func.invoke({ lanes, at: 0, caller, references: this.references });
      if (func.isAsync && promise !== undefined) this.pending = { promise, type: func.type, lanes };
    } catch (error) {
      if (error instanceof Trap && error.wasmStack.length === 0) {
        error.wasmStack = traceStack(this.frames, func.name);
      }
      throw error;
    }
    this.top = top;
    if (this.pending !== undefined) return [];
    observer?.hostReturn?.(func, lanes, 0, this.gasUsed);
    return valuesOf(results, lanes);
  }

  // --- running -----------------------------------------------------------------------------------------------

  /** Runs until the frame above `floor` has returned, or something says stop. */
  private proceed(floor: number): "returned" | "awaiting" | PauseReason {
    const { frames, stop } = this;
    // Where a breakpoint stopped it, it goes on; and a step is made from a breakpoint, too.
    let mayBreak = !this.isCharged && stop.operators === undefined;
    for (let operators = 0; frames.length > floor; operators++) {
      if (operators === stop.operators) return "step";
      if (!this.isCharged) {
        const reason = this.pauseReason();
        if (reason !== undefined) return reason;
        this.startBlock();
      }
      const { instance, offset } = frames.at(-1)!;
      if (mayBreak && instance.code.probes.breakpoints.has(offset)) return "breakpoint";
      mayBreak = true;
      this.execute();
      if (this.pending !== undefined) return "awaiting";
    }
    return "returned";
  }

  /** Why to pause before the block that is next. Blocks without cost never pause. */
  private pauseReason(): "gas" | "interrupt" | undefined {
    if (this.blockCost(this.frames.at(-1)!) === 0) return undefined;
    const { gas, isInterrupted } = this.stop;
    if (gas !== undefined && this.gasUsed >= gas) return "gas";
    return isInterrupted?.() ? "interrupt" : undefined;
  }

  private restore(configuration: Configuration): void {
    const caller = this.frames.at(-1);
    const heightOf = ({ instance, func }: { instance: Instance; func: number }, below: Frame | undefined) =>
      this.logicalHeight(instance, func, below ?? caller);
    for (const frame of restoreFrames(configuration, this.top, heightOf)) {
      this.frames.push(frame);
      // Unless it is about to be entered: then its limits are checked when its first block has been charged.
      const isEntered = frame.offset !== frame.instance.module.bodies[frame.func]!.start;
      if (isEntered || configuration.isCharged) this.checkLimits(frame);
    }
    this.isCharged = configuration.isCharged;
  }

  /** Runs `action` with the number of frames below its own; afterwards the executor is as it was before. */
  private guarded<T>(stop: Stop, action: (floor: number) => T): T {
    const { frames, top, isCharged, stop: outer } = this;
    const floor = frames.length;
    if (this.nesting > this.options.maxHostNesting) throw Trap.core("call-stack-exhausted");
    this.nesting++;
    this.stop = stop;
    try {
      return action(floor);
    } catch (error) {
      if (error instanceof Trap) {
        if (error.wasmStack.length === 0) error.wasmStack = traceStack(frames);
        if (floor === 0) this.options.observer?.trap?.(error, this.gasUsed);
      }
      throw error;
    } finally {
      this.nesting--;
      this.stop = outer;
      this.top = top;
      this.isCharged = isCharged;
      this.pending = undefined;
      frames.length = floor;
    }
  }
}

function lanesOf(types: FuncType["params"], values: readonly bigint[]): Lanes {
  const lanes = new Int32Array(laneCount(types));
  allBitsToLanes(types, values, lanes, 0);
  return lanes;
}

function valuesOf(types: FuncType["results"], lanes: Lanes): bigint[] {
  return allBitsFromLanes(types, lanes, 0).map((bits, i) => typedValue(types[i]!, bits));
}

/** The configuration in which the host function's results are on the stack. */
function withResults(frames: readonly Frame[], { type, lanes }: Pending): Configuration {
  frames.at(-1)!.operands.push(...valuesOf(type.results, lanes));
  return captureFrames(frames, true);
}
