import { maxStackHeight } from "../../decoder/index.ts";
import type { Configuration, Outcome, PauseReason, Stop } from "../execution/configuration.ts";
import { type Executor, type ExecutorOptions, MAX_HOST_NESTING } from "../executor.ts";
import type { Func, HostFunc, WasmFunc } from "../func.ts";
import { logicalStackCosts } from "../gas/logical-stack.ts";
import type { Instance } from "../instance.ts";
import type { Memory } from "../memory.ts";
import { Trap } from "../trap.ts";
import { bitsFromLanes, bitsToLanes, type Lanes } from "../values.ts";
import type { Frame } from "./frame.ts";
import { blockCostsOf } from "./gas.ts";
import { readInstruction } from "./instruction.ts";
import { type Context, ruleOf } from "./instructions/index.ts";
import { labelOf, labelsAt, operatorBefore, structureOf } from "./structure.ts";
import { traceStack } from "./trace.ts";

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
  /** Results, as raw bits, of the last function that returned to the host. */
  results: readonly bigint[] = [];
  private readonly options: ExecutorOptions;
  /** First slot above everything in use while a host function runs. */
  private top = 0;
  private nesting = 0;
  /** Whether the block in which the innermost frame stands has been charged. */
  private isCharged = false;
  private mayAwait = false;
  private pending: Pending | undefined;

  constructor(options: ExecutorOptions) {
    this.options = options;
    this.gasLimit = options.gasLimit;
  }

  invoke(func: Func, args: Lanes): Lanes {
    return this.guarded({}, (floor) => {
      this.start(func, args);
      while (this.frames.length > floor) this.step();
      return lanesOf(func.type.results, this.results);
    });
  }

  run(configuration: Configuration, stop: Stop): Outcome {
    return this.guarded(stop, (floor): Outcome => {
      this.frames.push(...this.framesOf(configuration, this.top));
      this.isCharged = configuration.isCharged;
      for (let operators = 0; this.frames.length > floor; operators++) {
        const reason = operators === stop.operators ? "step" : this.pauseReason(stop);
        if (reason !== undefined) return { kind: "paused", reason, configuration: this.configuration(floor) };
        this.step();
        if (this.pending !== undefined) return this.awaiting(this.pending, this.configuration(floor));
      }
      return { kind: "returned", results: this.results };
    });
  }

  chargeGas(amount: bigint): void {
    this.charge(amount);
  }

  /** Runs `action` with the number of frames below its own; afterwards the executor is as it was before. */
  private guarded<T>(stop: Stop, action: (floor: number) => T): T {
    const { top, frames, isCharged, mayAwait } = this;
    const floor = frames.length;
    if (this.nesting > MAX_HOST_NESTING) throw Trap.core("call-stack-exhausted");
    this.nesting++;
    this.isCharged = false;
    this.mayAwait = stop.mayAwait ?? false;
    try {
      return action(floor);
    } catch (error) {
      if (error instanceof Trap) {
        if (error.wasmStack.length === 0) error.wasmStack = traceStack(frames);
        if (floor === 0) this.options.observer?.trap?.(error);
      }
      throw error;
    } finally {
      this.nesting--;
      this.top = top;
      this.isCharged = isCharged;
      this.mayAwait = mayAwait;
      this.pending = undefined;
      frames.length = floor;
    }
  }

  private pauseReason({ gas, isInterrupted }: Stop): PauseReason | undefined {
    if (this.isCharged || !this.blockCost()) return undefined;
    if (gas !== undefined && this.gasUsed >= gas) return "gas";
    return isInterrupted?.() ? "interrupt" : undefined;
  }

  /** Cost of the block that begins with the next operator; undefined if none does. */
  private blockCost(): number | undefined {
    const { instance, func, offset } = this.frames.at(-1)!;
    return blockCostsOf(instance.module, func, this.options.schedule).get(offset);
  }

  private configuration(floor: number): Configuration {
    const isCharged = this.isCharged || this.blockCost() === undefined;
    const frames = this.frames.slice(floor).map(({ instance, func, offset, locals, operands }) => ({
      instance,
      func,
      offset,
      locals: [...locals],
      operands: [...operands],
    }));
    return { frames, isCharged };
  }

  private awaiting(pending: Pending, { frames }: Configuration): Outcome {
    const caller = frames.at(-1)!;
    const resume = (): Configuration => ({
      frames: [...frames.slice(0, -1), { ...caller, operands: [...caller.operands, ...pending.results()] }],
      isCharged: true,
    });
    return { kind: "awaiting", promise: pending.promise, resume };
  }

  /** Frames as the executor keeps them, the outermost entered by the host at slot `base`. */
  private framesOf({ frames }: Configuration, base: number): Frame[] {
    let slot = base;
    let logicalHeight = this.frames.at(-1)?.logicalHeight ?? 0;
    return frames.map(({ instance, func, offset, locals, operands }, i) => {
      const { module } = instance;
      logicalHeight += this.logicalCost(instance, func);
      const frame: Frame = {
        instance,
        func,
        entry: i === 0,
        base: slot,
        logicalHeight,
        at: i === frames.length - 1 ? offset : operatorBefore(module, func, offset),
        offset,
        locals: [...locals],
        operands: [...operands],
        labels: labelsAt(module, func, offset),
      };
      slot += locals.length + operands.length;
      return frame;
    });
  }

  /** Lets the host call `func`: a Wasm function then is a frame to step through, a host function has returned. */
  start(func: Func, args: Lanes): void {
    const values = func.type.params.map((type, i) => bitsFromLanes(type, args, 2 * i));
    if (func.kind === "host") this.results = this.callHost(func, values, this.top, undefined);
    else this.enter(func, values, this.top, true);
  }

  /**
   * Executes the operator that is next, in the innermost frame. If it is a block's first, the block is charged
   * before, and if it is the function's first, the limits of the call stack are checked after that.
   * @throws Trap, and whatever a host function throws; where the gas does not cover a block, nothing has changed
   */
  step(): void {
    const frame = this.frames.at(-1)!;
    const { module } = frame.instance;
    frame.at = frame.offset;
    if (this.isCharged) this.isCharged = false;
    else this.beginBlock(frame);
    const instruction = readInstruction(module.bytes, frame.offset);
    frame.offset = instruction.next;
    ruleOf(instruction.operator.code)(frame, instruction, this);
  }

  private beginBlock(frame: Frame): void {
    const { observer } = this.options;
    const cost = this.blockCost();
    if (cost === undefined) return;
    this.charge(BigInt(cost));
    const { instance, func, offset } = frame;
    if (offset === instance.module.bodies[func]!.start) {
      this.checkLimits(frame);
      observer?.call?.({ instance, func, offset }, this.gasUsed);
    } else {
      observer?.block?.({ instance, func, offset }, this.gasUsed);
    }
  }

  call(frame: Frame, func: Func): void {
    const { locals, operands } = frame;
    const { params } = func.type;
    const args = operands.splice(operands.length - params.length);
    const base = frame.base + locals.length + operands.length;
    if (func.kind === "wasm") this.enter(func, args, base, false);
    else operands.push(...this.callHost(func, args, base, frame.instance));
  }

  return(frame: Frame): void {
    const { operands, entry, labels, instance, func } = frame;
    const offset = instance.module.bodies[func]!.end;
    this.options.observer?.return?.({ instance, func, offset }, this.gasUsed);
    const results = operands.slice(operands.length - labels[0]!.arity);
    this.frames.pop();
    if (entry) this.results = results;
    else this.frames.at(-1)!.operands.push(...results);
  }

  chargePages(pages: bigint): void {
    this.charge(pages * BigInt(this.options.schedule.growPage));
  }

  grew(memory: Memory, delta: number, previous: number): void {
    this.options.observer?.grow?.(memory, delta, previous);
  }

  private logicalCost({ module }: Instance, func: number): number {
    return this.options.maxLogicalStack === undefined ? 0 : logicalStackCosts(module)[func]!;
  }

  private charge(cost: bigint): void {
    const used = this.gasUsed + cost;
    if (this.gasLimit !== undefined && used > this.gasLimit) throw Trap.core("out-of-gas");
    this.gasUsed = used;
  }

  private enter(func: WasmFunc, args: readonly bigint[], base: number, entry: boolean): void {
    const { instance, index } = func;
    const { module } = instance;
    const { start, localCount } = module.bodies[index]!;
    this.frames.push({
      instance,
      func: index,
      entry,
      base,
      logicalHeight: (this.frames.at(-1)?.logicalHeight ?? 0) + this.logicalCost(instance, index),
      at: start,
      offset: start,
      locals: args.concat(new Array<bigint>(localCount).fill(0n)),
      operands: [],
      labels: [labelOf(structureOf(module, index).body)],
    });
  }

  private checkLimits({ instance, func, base, logicalHeight, locals, labels }: Frame): void {
    const { maxCallDepth, maxStackSlots, maxLogicalStack } = this.options;
    if (this.frames.length > maxCallDepth) throw Trap.core("call-stack-exhausted");
    // There is room for the result even where the body pushes nothing.
    const operands = Math.max(maxStackHeight(instance.module, func), labels[0]!.arity);
    if (base + locals.length + operands > maxStackSlots) throw Trap.core("call-stack-exhausted");
    if (maxLogicalStack !== undefined && logicalHeight > maxLogicalStack)
      throw Trap.core("logical-stack-exhausted");
  }

  /** The arguments' slots begin at `base`. */
  private callHost(
    func: HostFunc,
    args: readonly bigint[],
    base: number,
    caller: Instance | undefined,
  ): bigint[] {
    const { params, results } = func.type;
    const { top } = this;
    const lanes = new Int32Array(2 * Math.max(params.length, results.length));
    params.forEach((type, i) => {
      bitsToLanes(type, args[i]!, lanes, 2 * i);
    });
    this.top = base + lanes.length / 2;
    const { observer } = this.options;
    observer?.hostCall?.(func, lanes, 0, this.gasUsed);
    let promise: Promise<void> | undefined;
    try {
      if (func.isAsync && !(this.mayAwait && caller !== undefined)) {
        throw Trap.core("async-in-sync-call", ` ${func.name}`);
      }
      promise = func.invoke({ lanes, at: 0, caller }) ?? undefined;
    } catch (error) {
      if (error instanceof Trap && error.wasmStack.length === 0)
        error.wasmStack = traceStack(this.frames, func.name);
      throw error;
    }
    this.top = top;
    const values = (): bigint[] => results.map((type, i) => bitsFromLanes(type, lanes, 2 * i));
    if (func.isAsync && promise !== undefined) {
      this.pending = { promise, results: values };
      return [];
    }
    observer?.hostReturn?.(func, lanes, 0, this.gasUsed);
    return values();
  }
}

/** An asynchronous host function that has not answered yet. */
interface Pending {
  readonly promise: Promise<void>;
  /** Its results, as raw bits, once it has. */
  readonly results: () => bigint[];
}

function lanesOf(types: Func["type"]["results"], values: readonly bigint[]): Lanes {
  const lanes = new Int32Array(2 * types.length);
  types.forEach((type, i) => {
    bitsToLanes(type, values[i]!, lanes, 2 * i);
  });
  return lanes;
}
