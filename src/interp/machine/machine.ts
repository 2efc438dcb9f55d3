import type { Configuration, Outcome, Stop } from "../execution/configuration.ts";
import type { Executor, ExecutorOptions } from "../executor.ts";
import { equalTypes, type Func, type WasmFunc } from "../func.ts";
import type { Instance } from "../instance.ts";
import { siteAtOffset } from "../lower/sites.ts";
import { functionOf } from "../observe.ts";
import { Trap } from "../trap.ts";
import { allBitsFromLanes, type Lanes, laneCount } from "../values.ts";
import { HALT_ADDRESS } from "./arena.ts";
import { bulkGas } from "./bulk.ts";
import { BULK_LENGTH, bulkAt, codeOf, refresh } from "./code.ts";
import { isOutOfBounds } from "./fault.ts";
import { captureFrames, installFrames } from "./frames.ts";
import { GENERATED, type Tier } from "./generated.ts";
import { GeneratedCalls, type Interruption, loweredCode, type MachineParts } from "./generated-calls.ts";
import { HostCalls, withResults } from "./host-calls.ts";
import { bindMemory, initialState } from "./initial-state.ts";
import { CALL, CALL_TABLE } from "./instructions.ts";
import { Meter } from "./meter.ts";
import { OutOfLine } from "./out-of-line.ts";
import { run } from "./run.ts";
import { Stack } from "./stack.ts";
import * as S from "./state.ts";
import { type Activation, traceStack } from "./trace.ts";

const NO_STOP: Stop = {};

/**
 * Drives the hot loop: whatever the loop cannot do by itself (gas, lowering, calls to the host or into another
 * instance, growing memory and stack, traps) ends it with a status and is done here, then it is entered again.
 * The Wasm call stack lives in arrays; JavaScript's is used only by host functions that call back.
 */
export class Machine implements Executor, MachineParts {
  readonly name = "machine";
  readonly meter: Meter;
  readonly options: ExecutorOptions;
  readonly state: S.MachineState;
  readonly stack: Stack;
  readonly hosts: HostCalls;
  readonly activations: Activation[] = [];
  private readonly outOfLine: OutOfLine;
  private readonly generated: GeneratedCalls;
  /** Whether `pc` is at a block's gas word, which has not been charged. */
  atBlock = false;
  /** Whether function `callee`, whose frame is in place, is about to begin in generated code. */
  private atGenerated = false;
  nesting = 0;
  /** Traps whose stack lacks the frames of generated code that were active when it was traced. */
  private readonly partial = new WeakSet<Trap>();

  constructor(options: ExecutorOptions, tier?: Tier) {
    this.options = options;
    this.meter = new Meter(options.schedule, options.gasLimit);
    this.state = initialState(options);
    this.stack = new Stack(this.state, options);
    this.hosts = new HostCalls(this.state, this.meter, options);
    this.generated = new GeneratedCalls(this, tier);
    this.state.driver = this.generated;
    this.meter.attach(this.state);
    this.outOfLine = new OutOfLine(this.state, this.meter, options.references, options.schedule);
  }

  get gasUsed(): bigint {
    return this.meter.used;
  }
  get gasLimit(): bigint | undefined {
    return this.meter.limit;
  }
  chargeGas(amount: bigint): void {
    this.meter.chargeTotal(amount);
  }

  invoke(func: Func, lanes: Lanes): void {
    this.guarded(NO_STOP, (top) => {
      const params = laneCount(func.type.params);
      const results = laneCount(func.type.results);
      this.stack.reserve(top + Math.max(params, results));
      const s = this.state;
      const { i32 } = s;
      // Lane by lane: for the few that most calls have, `set` and `slice` took as long as the rest of the call.
      for (let i = 0; i < params; i++) i32[top + i] = lanes[i]!;
      s.fp = top;
      if (func.kind === "host") this.hosts.call(func, top, undefined);
      else {
        const { instance, pc, sp } = s;
        const floor = this.activations.length;
        this.enter({ caller: instance, callPc: pc, resumePc: 0, delta: 0, sp, host: true }, func);
        // A refill counts by itself.
        if (this.atBlock && s.gas >= s.code[s.pc]!) this.generated.sample();
        // Breakpoints are those of an execution that this call is not part of.
        while (this.proceed(floor) !== "returned");
      }
      // Which may have moved.
      const after = s.i32;
      for (let i = 0; i < results; i++) lanes[i] = after[top + i]!;
    });
  }

  run(configuration: Configuration, stop: Stop): Outcome {
    const { instance, func, offset } = configuration.frames.at(-1)!;
    if (
      !configuration.isCharged ||
      siteAtOffset(loweredCode(instance, func), func, offset)?.isResumable !== false
    ) {
      return this.runFrom(configuration, stop);
    }
    // In the middle of a block where instructions are merged with what follows: run the rest of the block in code
    // that was lowered with a stop at this operator, then go on in the usual code.
    const { code } = instance;
    const breakpoints = new Set(code.probes.breakpoints).add(offset);
    instance.code = codeOf(instance.module, code.schedule, { ...code.probes, breakpoints });
    let outcome: Outcome;
    try {
      outcome = this.runFrom(configuration, { ...stop, gas: 0n });
    } finally {
      instance.code = code;
    }
    if (outcome.kind !== "paused" || outcome.reason !== "gas") return outcome;
    if (stop.gas !== undefined && this.gasUsed >= stop.gas) return outcome;
    return this.runFrom(outcome.configuration, stop);
  }

  private runFrom(configuration: Configuration, stop: Stop): Outcome {
    return this.guarded(stop, (top): Outcome => {
      const { activations, state: s } = this;
      const floor = activations.length;
      const installer = {
        state: s,
        activations,
        reserve: (lanes: number) => this.stack.reserve(lanes),
        checkLimits: (lanes: number) => this.stack.checkLimits(lanes),
      };
      this.atBlock = installFrames(installer, configuration, top) === "block";
      const { instance, func } = configuration.frames[0]!;
      this.bind(configuration.frames.at(-1)!.instance);
      const ended = this.proceed(floor);
      if (ended === "returned") {
        const { results } = functionOf({ instance, func, offset: 0 }).type;
        return {
          kind: "returned",
          results: allBitsFromLanes(results, s.i32, top),
        };
      }
      const reached = captureFrames(
        s,
        activations,
        floor,
        this.atBlock ? "block" : "instruction",
        this.hosts.pending !== undefined,
      );
      if (ended !== "awaiting") return { kind: "paused", reason: ended, configuration: reached };
      const pending = this.hosts.pending!;
      this.hosts.pending = undefined;
      return { kind: "awaiting", promise: pending.promise, resume: () => withResults(reached, pending) };
    });
  }

  /** Runs `action` with the lane at which its frames may begin; afterwards the machine is as it was before. */
  private guarded<T>(stop: Stop, action: (top: number) => T): T {
    const s = this.state;
    const { instance, pc, fp, sp, height, generatedLimit } = s;
    const { atBlock, hosts, generated } = this;
    const { top, mayAwait } = hosts;
    const { depth } = generated;
    const floor = this.activations.length;
    if (this.nesting > this.options.maxHostNesting) throw Trap.core("call-stack-exhausted");
    if (depth > 0) this.meter.trim();
    const outer = this.meter.setStop(stop);
    hosts.mayAwait = stop.mayAwait ?? false;
    this.nesting++;
    try {
      if (this.nesting === 1) this.stack.take();
      return action(top);
    } catch (error) {
      if (error instanceof Trap) {
        this.trace(error, depth > 0 ? floor : 0);
        if (floor === 0) this.options.observer?.trap?.(error, this.gasUsed);
      }
      throw error;
    } finally {
      this.nesting--;
      this.meter.setStop(outer);
      if (depth > 0) this.meter.extend();
      // Setting it costs, equal or not.
      if (this.activations.length !== floor) this.activations.length = floor;
      hosts.top = top;
      this.atBlock = atBlock;
      hosts.mayAwait = mayAwait;
      hosts.pending = undefined;
      hosts.failed = undefined;
      generated.depth = depth;
      s.generatedLimit = generatedLimit;
      s.status = 0;
      s.pc = pc;
      s.fp = fp;
      s.sp = sp;
      s.height = height;
      // Whose code goes on below; the next call binds its own.
      if (this.nesting > 0) this.bind(instance);
      else this.stack.giveBack();
    }
  }

  /** Gives the trap its Wasm stack, or what can be known of it: generated code below has not written its frames. */
  private trace(trap: Trap, floor: number): void {
    const { partial, state, activations } = this;
    const { failed } = this.hosts;
    if (trap.wasmStack.length === 0) {
      const host = failed === undefined ? [] : [{ func: -1, name: failed, offset: undefined }];
      trap.wasmStack = traceStack(host, state, activations, floor);
    } else if (partial.has(trap)) {
      partial.delete(trap);
      trap.wasmStack = traceStack([...trap.wasmStack], state, activations, floor);
    } else return;
    if (floor > 0) partial.add(trap);
  }

  /** Runs until the activation above `floor` has returned, or something says stop. */
  proceed(floor: number): Interruption | "returned" {
    const s = this.state;
    for (;;) {
      if (this.atGenerated) {
        this.atGenerated = false;
        const reason = this.generated.call(s.callee);
        if (reason !== undefined) return reason;
      }
      if (this.atBlock) {
        const { pc } = s;
        const cost = s.code[pc]!;
        const reason = this.meter.pauseReason(cost) ?? (s.gas < cost ? this.generated.endSlice() : undefined);
        if (reason !== undefined) return reason;
        // Unless generated code has gone on from here.
        if (!this.atBlock || s.pc !== pc) continue;
        const bulk = bulkAt(s.instance.code, s.pc);
        if (bulk === undefined) {
          this.meter.charge(cost);
          s.pc++;
        } else {
          // Back to the instruction before the block, for what is left of the loop.
          this.meter.prepare(cost, bulkGas(s, bulk));
          s.pc -= BULK_LENGTH;
        }
        this.atBlock = false;
      }
      const status = run(s);
      switch (status) {
        case S.STATUS_DONE: {
          const ended = this.activations.pop()!;
          if (this.activations.length === floor) return "returned";
          this.bind(ended.caller!);
          s.fp -= ended.delta;
          s.pc = ended.resumePc;
          break;
        }
        case S.STATUS_REFILL:
          this.atBlock = true;
          break;
        case S.STATUS_LOWER:
          s.code = this.generated.enterable(s.instance, s.callee).words;
          break;
        case S.STATUS_GENERATED: {
          const { code, pc } = s;
          const resumePc = pc + (code[pc] === CALL ? 3 : 4);
          s.calls[s.sp++] = resumePc;
          s.fp += code[resumePc - 1]!;
          const reason = this.generated.call(s.callee);
          if (reason !== undefined) return reason;
          break;
        }
        case S.STATUS_STACK: {
          const lanes = s.fp + s.code[s.pc + 1]!;
          this.stack.checkLimits(lanes);
          this.stack.reserve(lanes);
          break;
        }
        case S.STATUS_INDIRECT:
          this.callElement();
          break;
        case S.STATUS_IMPORT:
          this.call(s.instance.funcs.at(s.code[s.pc + 1]!)!, s.code[s.pc + 2]!, s.pc + 3);
          break;
        case S.STATUS_GROW:
          this.growMemory();
          break;
        case S.STATUS_OUT_OF_LINE:
          if (s.code[s.pc] === CALL_TABLE) this.callElement();
          else {
            this.outOfLine.run();
            this.bind(s.instance);
          }
          break;
        case S.STATUS_PROBE:
          if (this.probe()) return "breakpoint";
          break;
        case S.STATUS_FAULT:
          if (isOutOfBounds(s)) throw Trap.core("out-of-bounds-memory");
          throw s.fault;
        default: {
          const code = S.TRAP_STATUS[status as keyof typeof S.TRAP_STATUS];
          if (code === undefined) throw new Error(`machine: unexpected status ${status}`);
          throw Trap.core(code);
        }
      }
      if (this.hosts.pending !== undefined) return "awaiting";
    }
  }

  /** Makes `func` the running function, its frame at `fp`. */
  enter(activation: Activation, func: WasmFunc): void {
    const s = this.state;
    this.activations.push(activation);
    s.calls[s.sp++] = HALT_ADDRESS;
    this.bind(func.instance);
    const code = this.generated.enterable(func.instance, func.index);
    s.code = code.words;
    s.pc = code.entries[func.index]!;
    s.callee = func.index;
    this.atGenerated = s.entries[func.index] === GENERATED;
    this.atBlock = !this.atGenerated;
  }

  bind(instance: Instance): void {
    const s = this.state;
    refresh(instance.code);
    s.instance = instance;
    s.code = instance.code.words;
    s.entries = this.generated.entriesOf(instance.code);
    s.typeIds = instance.code.typeIds;
    s.table = instance.indirectTargets();
    s.globals = instance.ownGlobals;
    bindMemory(s, instance.memory);
  }

  private callElement(): void {
    const s = this.state;
    const { code, pc } = s;
    // `call_indirect type a delta`, or with a table of another number before them.
    const [table, at] = code[pc] === CALL_TABLE ? [code[pc + 1]!, pc + 1] : [0, pc];
    const { elements } = s.instance.tables[table]!;
    const index = s.i32[s.fp + code[at + 2]!]! >>> 0;
    if (index >= elements.length) throw Trap.core("undefined-element");
    const func = elements[index] as Func | null;
    if (func === null) throw Trap.core("uninitialized-element");
    if (!equalTypes(s.instance.module.types[code[at + 1]!]!, func.type))
      throw Trap.core("indirect-call-type-mismatch");
    this.call(func, code[at + 3]!, at + 4);
  }

  /** Calls a function that is not this instance's, from the instruction at `pc`. */
  private call(func: Func, delta: number, resumePc: number): void {
    const s = this.state;
    const { instance, pc, sp } = s;
    if (func.kind === "wasm") {
      s.fp += delta;
      this.enter({ caller: instance, callPc: pc, resumePc, delta, sp, host: false }, func);
      return;
    }
    this.hosts.call(func, s.fp + delta, instance);
    this.bind(instance);
    s.pc = resumePc;
  }

  private growMemory(): void {
    const s = this.state;
    const { code, pc, fp } = s;
    const delta = s.i32[fp + code[pc + 2]!]! >>> 0;
    this.meter.chargePages(delta);
    const memory = s.instance.memory!;
    const previous = memory.grow(delta);
    s.i32[fp + code[pc + 1]!] = previous;
    this.options.observer?.grow?.(memory, delta, previous, this.gasUsed);
    this.bind(s.instance);
    s.pc = pc + 3;
  }

  /** Reports the probe at `pc` and steps over it; true if it is a breakpoint. */
  private probe(): boolean {
    const s = this.state;
    const { observer } = this.options;
    const { instance } = s;
    const { kind, func, offset, slot } = instance.code.probePoints[s.code[s.pc + 1]!]!;
    s.pc += 2;
    switch (kind) {
      case "breakpoint":
        return true;
      case "block":
        observer?.block?.({ instance, func, offset }, this.gasUsed);
        break;
      case "call": {
        const blockGas = s.code[s.entries[func]!]!;
        observer?.call?.({ instance, func, offset, lanes: s.i32, at: s.fp, blockGas }, this.gasUsed);
        break;
      }
      case "return":
        observer?.return?.({ instance, func, offset, lanes: s.i32, at: s.fp + slot }, this.gasUsed);
    }
    return false;
  }
}
