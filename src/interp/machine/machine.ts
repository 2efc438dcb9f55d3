import { F64, I64 } from "../../decoder/module.ts";
import type { Configuration, Outcome, PauseReason, Stop } from "../execution/configuration.ts";
import type { Executor, ExecutorOptions } from "../executor.ts";
import { equalTypes, type Func, type HostCall, type HostFunc, type WasmFunc } from "../func.ts";
import type { Instance } from "../instance.ts";
import { lower } from "../lower/lower.ts";
import { siteAtOffset } from "../lower/sites.ts";
import { functionOf } from "../observe.ts";
import type { References } from "../references.ts";
import { Trap } from "../trap.ts";
import { allBitsFromLanes, type Lanes, laneCount } from "../values.ts";
import { enter, FRAMES, type Frames, HALT_ADDRESS, leave, newFrames } from "./arena.ts";
import { bulk, bulkGas } from "./bulk.ts";
import { bulkAt, type Code, codeOf, functionAt, refresh } from "./code.ts";
import { isOutOfBounds } from "./fault.ts";
import { captureFrames, installFrames } from "./frames.ts";
import {
  type Adapter,
  GENERATED,
  type GeneratedCode,
  LEFT,
  LEFT_AT_BLOCK,
  LEFT_OUT_OF_BOUNDS,
  LEFT_WITH_MACHINE,
  MAX_GENERATED_DEPTH,
  MAX_GENERATED_LANES,
  type Tier,
  WORDS,
} from "./generated.ts";
import { CALL, CALL_TABLE } from "./instructions.ts";
import { Meter } from "./meter.ts";
import { OutOfLine } from "./out-of-line.ts";
import { run } from "./run.ts";
import * as S from "./state.ts";
import { type Activation, traceStack } from "./trace.ts";

/** Lanes that a frame buffer of a machine's own starts with (128 KiB); it grows by doubling up to the limit. */
const INITIAL_LANES = 32768;

const NO_STOP: Stop = {};
const NO_MEMORY = new ArrayBuffer(0);
const NO_VIEW = new DataView(NO_MEMORY);
const NO_BYTES = new Uint8Array(NO_MEMORY);
const NO_WORDS = new Int32Array(NO_MEMORY);

/** A standing, see codegen, holds where the frame is, times 256, in an int32. */
const MAX_STANDING_LANES = 2 ** 22;

/** An asynchronous host function that has not answered yet. */
interface Pending {
  readonly promise: Promise<void>;
  readonly func: HostFunc;
  /** Where it puts its results: not in the frames, which may serve others by then. */
  readonly lanes: Lanes;
}

/**
 * Drives the hot loop: whatever the loop cannot do by itself (gas, lowering, calls to the host or into another
 * instance, growing memory and stack, traps) ends it with a status and is done here, then it is entered again.
 * The Wasm call stack lives in arrays; JavaScript's is used only by host functions that call back.
 */
export class Machine implements Executor, S.Driver {
  readonly name = "machine";
  private readonly meter: Meter;
  private readonly options: ExecutorOptions;
  private readonly state: S.MachineState;
  private readonly outOfLine: OutOfLine;
  private readonly activations: Activation[] = [];
  /** Whether `pc` is at a block's gas word, which has not been charged. */
  private atBlock = false;
  /** Whether function `callee`, whose frame is in place, is about to begin in generated code. */
  private atGenerated = false;
  /** First lane above everything in use while a host function runs. */
  private top = 0;
  private nesting = 0;
  /** Whether the arena's frames are this machine's, while it runs. */
  private hasArena = false;
  private own: Frames | undefined;
  private mayAwait = false;
  private pending: Pending | undefined;
  /** The host function that threw the trap under way. */
  private failedHost: string | undefined;
  /** Traps whose stack lacks the frames of generated code that were active when it was traced. */
  private readonly partial = new WeakSet<Trap>();

  private readonly tier: Tier | undefined;
  /** That of the current instance. */
  private generated: GeneratedCode | undefined;
  private generatedFor: Code | undefined;
  /** Calls of generated code that are on JavaScript's stack, of the machine's making. */
  private generatedDepth = 0;
  /** How what the machine did for generated code ended, on the way to the machine below. */
  private outcome: { readonly error: unknown } | { readonly reason: "awaiting" | PauseReason } | undefined;
  /** Entered by generated code that has yet to say where its call is. */
  private detached: Activation | undefined;
  /** Whose generated code is leaving because of what the machine did for it, perhaps in another instance. */
  private leaving: Instance | undefined;

  constructor(options: ExecutorOptions, tier?: Tier) {
    this.options = options;
    this.tier = tier;
    this.meter = new Meter(options.schedule, options.gasLimit);
    this.state = {
      code: new Int32Array(0),
      entries: new Int32Array(0),
      typeIds: new Int32Array(0),
      table: new Int32Array(0),
      globals: new Int32Array(0),
      view: NO_VIEW,
      bytes: NO_BYTES,
      words: NO_WORDS,
      instance: undefined as unknown as Instance,
      ...FRAMES,
      depthLimit: options.maxCallDepth,
      stackLimit: 0,
      pc: 0,
      fp: 0,
      sp: 0,
      gas: 0,
      height: 0,
      heightLimit: options.maxLogicalStack ?? 0,
      callee: 0,
      fault: undefined,
      status: 0,
      generatedLimit: 0,
      driver: this,
    };
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
      this.reserve(top + Math.max(params, results));
      const s = this.state;
      const { i32 } = s;
      // Lane by lane: for the few that most calls have, `set` and `slice` took as long as the rest of the call.
      for (let i = 0; i < params; i++) i32[top + i] = lanes[i]!;
      s.fp = top;
      if (func.kind === "host") this.callHost(func, top, undefined);
      else {
        const { instance, pc, sp } = s;
        const floor = this.activations.length;
        this.enter({ caller: instance, callPc: pc, resumePc: 0, delta: 0, sp, host: true }, func);
        // A refill counts by itself.
        if (this.atBlock && s.gas >= s.code[s.pc]!) this.sample();
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
      siteAtOffset(this.loweredCode(instance, func), func, offset)?.isResumable !== false
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
        reserve: (lanes: number) => this.reserve(lanes),
        checkLimits: (lanes: number) => this.checkLimits(lanes),
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
        this.pending !== undefined,
      );
      if (ended !== "awaiting") return { kind: "paused", reason: ended, configuration: reached };
      const pending = this.pending!;
      this.pending = undefined;
      return { kind: "awaiting", promise: pending.promise, resume: () => withResults(reached, pending) };
    });
  }

  /** Runs `action` with the lane at which its frames may begin; afterwards the machine is as it was before. */
  private guarded<T>(stop: Stop, action: (top: number) => T): T {
    const s = this.state;
    const { instance, pc, fp, sp, height, generatedLimit } = s;
    const { top, atBlock, mayAwait, generatedDepth } = this;
    const floor = this.activations.length;
    if (this.nesting > this.options.maxHostNesting) throw Trap.core("call-stack-exhausted");
    if (generatedDepth > 0) this.meter.trim();
    const outer = this.meter.setStop(stop);
    this.mayAwait = stop.mayAwait ?? false;
    this.nesting++;
    try {
      if (this.nesting === 1) this.takeFrames();
      return action(top);
    } catch (error) {
      if (error instanceof Trap) {
        this.trace(error, generatedDepth > 0 ? floor : 0);
        if (floor === 0) this.options.observer?.trap?.(error, this.gasUsed);
      }
      throw error;
    } finally {
      this.nesting--;
      this.meter.setStop(outer);
      if (generatedDepth > 0) this.meter.extend();
      // Setting it costs, equal or not.
      if (this.activations.length !== floor) this.activations.length = floor;
      this.top = top;
      this.atBlock = atBlock;
      this.mayAwait = mayAwait;
      this.pending = undefined;
      this.failedHost = undefined;
      this.generatedDepth = generatedDepth;
      s.generatedLimit = generatedLimit;
      s.status = 0;
      s.pc = pc;
      s.fp = fp;
      s.sp = sp;
      s.height = height;
      // Whose code goes on below; the next call binds its own.
      if (this.nesting > 0) this.bind(instance);
      else leave(this.hasArena);
    }
  }

  /** The arena's frames, or of its own if they do not do, or if another machine's run has led to this. */
  private takeFrames(): void {
    // One more return address than the depth allows: the call that exceeds it is pushed before it is refused.
    const addresses = this.options.maxCallDepth + 2;
    this.hasArena = enter(addresses <= FRAMES.calls.length);
    if (!this.hasArena) this.own ??= newFrames(INITIAL_LANES, new Int32Array(addresses));
    this.use(this.hasArena ? FRAMES : this.own!);
  }

  private use({ i32, f64, f32, calls }: Frames): void {
    const s = this.state;
    s.i32 = i32;
    s.f64 = f64;
    s.f32 = f32;
    s.calls = calls;
    s.stackLimit = Math.min(i32.length, this.options.maxStackSlots * 2);
  }

  /** Gives the trap its Wasm stack, or what can be known of it: generated code below has not written its frames. */
  private trace(trap: Trap, floor: number): void {
    const { failedHost, partial, state, activations } = this;
    if (trap.wasmStack.length === 0) {
      const host = failedHost === undefined ? [] : [{ func: -1, name: failedHost, offset: undefined }];
      trap.wasmStack = traceStack(host, state, activations, floor);
    } else if (partial.has(trap)) {
      partial.delete(trap);
      trap.wasmStack = traceStack([...trap.wasmStack], state, activations, floor);
    } else return;
    if (floor > 0) partial.add(trap);
  }

  /** Runs until the activation above `floor` has returned, or something says stop. */
  private proceed(floor: number): "returned" | "awaiting" | PauseReason {
    const s = this.state;
    for (;;) {
      if (this.atGenerated) {
        this.atGenerated = false;
        const reason = this.callGenerated(s.callee);
        if (reason !== undefined) return reason;
      }
      if (this.atBlock) {
        const { pc } = s;
        const cost = s.code[pc]!;
        const reason = this.meter.pauseReason(cost) ?? (s.gas < cost ? this.endSlice() : undefined);
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
          s.pc -= 2;
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
          s.code = this.enterable(s.instance, s.callee).words;
          break;
        case S.STATUS_GENERATED: {
          const { code, pc } = s;
          const resumePc = pc + (code[pc] === CALL ? 3 : 4);
          s.calls[s.sp++] = resumePc;
          s.fp += code[resumePc - 1]!;
          const reason = this.callGenerated(s.callee);
          if (reason !== undefined) return reason;
          break;
        }
        case S.STATUS_STACK: {
          const lanes = s.fp + s.code[s.pc + 1]!;
          this.checkLimits(lanes);
          this.reserve(lanes);
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
      if (this.pending !== undefined) return "awaiting";
    }
  }

  private loweredCode({ code }: Instance, index: number) {
    lower(code, index);
    return code;
  }

  /** The same for a function of the current instance that is about to be called. */
  private enterable(instance: Instance, index: number): Code {
    const { state: s, generated } = this;
    if (s.entries[index] === GENERATED) return instance.code;
    const code = this.loweredCode(instance, index);
    if (generated !== undefined && s.entries[index] === 0) {
      s.entries[index] = code.entries[index]!;
      this.tier!.lowered(generated, index);
    }
    return code;
  }

  /** Makes `func` the running function, its frame at `fp`. */
  private enter(activation: Activation, func: WasmFunc): void {
    const s = this.state;
    this.activations.push(activation);
    s.calls[s.sp++] = HALT_ADDRESS;
    this.bind(func.instance);
    const code = this.enterable(func.instance, func.index);
    s.code = code.words;
    s.pc = code.entries[func.index]!;
    s.callee = func.index;
    this.atGenerated = s.entries[func.index] === GENERATED;
    this.atBlock = !this.atGenerated;
  }

  // --- generated code ------------------------------------------------------------------------------------------

  /** The function that is about to run has used up a slice, or is called from outside. */
  private sample(): number {
    const { generated, state: s } = this;
    const index = generated === undefined ? -1 : functionAt(generated.code, s.pc);
    if (index >= 0) this.tier!.sampled(generated!, index);
    return index;
  }

  /** At the end of a slice, before a block: goes on in generated code if there is some for the loop that begins here. */
  private endSlice(): "awaiting" | PauseReason | undefined {
    const { generated, state: s } = this;
    const index = this.sample();
    if (index < 0 || s.entries[index] !== GENERATED) return undefined;
    const resumer = generated!.resumer(index, s.pc - generated!.code.entries[index]!);
    if (resumer === undefined || !this.hasRoom()) return undefined;
    this.atBlock = false;
    return this.runGenerated(resumer);
  }

  /** Whether there is stack for generated code to run the function whose frame is in place. */
  private hasRoom(): boolean {
    const s = this.state;
    const { fp, sp } = s;
    if (this.generatedDepth === 0) {
      // JavaScript's stack is shared with the hosts that called; the Wasm stack must hold the frames, if it comes to it.
      const { maxStackSlots, maxCallDepth } = this.options;
      const lanes = Math.min(maxStackSlots * 2, MAX_STANDING_LANES) - fp;
      const frames = Math.max(Math.floor(lanes / MAX_GENERATED_LANES), 0);
      const depth = Math.min(Math.floor(MAX_GENERATED_DEPTH / this.nesting), frames);
      s.generatedLimit = Math.min(sp + depth - 1, maxCallDepth);
    }
    return sp <= s.generatedLimit;
  }

  /** Runs the called function, whose frame is in place, or leaves it to the loop. */
  private callGenerated(index: number): "awaiting" | PauseReason | undefined {
    const s = this.state;
    if (this.hasRoom()) return this.runGenerated(this.generated!.adapters[index]!);
    s.pc = this.entryOf(index);
    s.code = s.instance.code.words;
    this.atBlock = true;
    return undefined;
  }

  /** Runs generated code. What it returns ends `proceed`. */
  private runGenerated(run: Adapter): "awaiting" | PauseReason | undefined {
    const s = this.state;
    const { fp, sp } = s;
    this.generatedDepth++;
    this.meter.extend();
    run(s);
    this.generatedDepth--;
    this.meter.trim();
    this.leaving = undefined;
    const { status } = s;
    if (status === 0) {
      s.sp = sp - 1;
      s.pc = s.calls[sp - 1]!;
      s.fp = fp - s.code[s.pc - 1]!;
      return undefined;
    }
    s.status = 0;
    // To leave, functions may have been lowered, and the words have moved.
    s.code = s.instance.code.words;
    if (status === LEFT) return undefined;
    if (status === LEFT_AT_BLOCK) {
      this.atBlock = true;
      return undefined;
    }
    if (status === LEFT_OUT_OF_BOUNDS) throw Trap.core("out-of-bounds-memory");
    const outcome = this.outcome!;
    this.outcome = undefined;
    if ("error" in outcome) throw outcome.error;
    return outcome.reason;
  }

  cover(cost: number): boolean {
    return this.meter.pauseReason(cost) === undefined && this.meter.cover(cost);
  }

  hostFromGenerated(index: number, at: number): number {
    const s = this.state;
    const { instance } = s;
    const func = instance.funcs.at(index)!;
    if (func.kind !== "host" || func.isAsync) {
      s.status = LEFT;
      return -1;
    }
    try {
      this.callHost(func, at, instance);
    } catch (error) {
      this.outcome = { error };
      s.status = LEFT_WITH_MACHINE;
      return -1;
    }
    this.bind(instance);
    this.meter.replenish();
    return s.gas;
  }

  interpret(index: number, fp: number, sp: number, args: readonly number[]): number {
    const s = this.state;
    const { instance } = s;
    const generated = this.generated!;
    const cell = generated.cells[index]!;
    const before = cell.call;
    this.tier!.interpreted(generated, index);
    if (cell.call !== before) return cell.call(s, s.gas, fp * 256 + (s.generatedLimit + 1 - sp), ...args);

    const func = instance.funcs.defined(index)!;
    const { params } = func.type;
    this.reserve(fp + 2 * Math.max(params.length, 1));
    for (let i = 0, next = 0; i < params.length; i++) {
      s.i32[fp + 2 * i] = args[next++]!;
      if (params[i] === I64 || params[i] === F64) s.i32[fp + 2 * i + 1] = args[next++]!;
    }
    s.fp = fp;
    s.sp = sp - 1;
    this.meter.trim();
    const floor = this.activations.length;
    const activation = { caller: instance, callPc: 0, resumePc: 0, delta: 0, sp: sp - 1, host: false };
    this.enter(activation, func);
    try {
      const reason = this.proceed(floor);
      if (reason === "returned") {
        WORDS[6] = s.i32[fp]!;
        WORDS[7] = s.i32[fp + 1]!;
        this.meter.extend();
        return s.gas;
      }
      this.outcome = { reason };
    } catch (error) {
      this.outcome = { error };
    }
    this.detached = activation;
    this.leaving = instance;
    s.status = LEFT_WITH_MACHINE;
    return -1;
  }

  unwind(sp: number, resumePc: number): void {
    const { detached, state: s } = this;
    if (detached === undefined) {
      s.calls[sp] = resumePc;
      return;
    }
    this.detached = undefined;
    detached.resumePc = resumePc;
    detached.callPc = resumePc - 1;
    detached.delta = detached.caller!.code.words[resumePc - 1]!;
  }

  bulkFromGenerated(block: number, fp: number): number {
    const { state: s, meter } = this;
    const { code } = s.instance;
    const loop = bulkAt(code, block)!;
    s.fp = fp;
    meter.enlarge(bulkGas(s, loop));
    s.gas = (s.gas - bulk(s, code.words[block - 1]!, fp, s.gas)) | 0;
    return s.gas;
  }

  /** Where the code of function `index` begins, which is lowered if it was not yet. */
  entryOf(index: number): number {
    const instance = this.leaving ?? this.state.instance;
    return this.loweredCode(instance, index).entries[index]!;
  }

  private bind(instance: Instance): void {
    const s = this.state;
    refresh(instance.code);
    s.instance = instance;
    s.code = instance.code.words;
    if (instance.code !== this.generatedFor) this.bindGenerated(instance.code);
    this.generated?.refresh();
    s.entries = this.generated === undefined ? instance.code.entries : this.generated.entries;
    s.typeIds = instance.code.typeIds;
    s.table = instance.indirectTargets();
    s.globals = instance.ownGlobals;
    const memory = instance.memory;
    s.view = memory === undefined ? NO_VIEW : memory.view;
    s.bytes = memory === undefined ? NO_BYTES : memory.bytes;
    s.words = memory === undefined ? NO_WORDS : memory.words;
  }

  private bindGenerated(code: Code): void {
    this.generatedFor = code;
    this.generated = this.tier?.generatedCode(code);
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
    this.callHost(func, s.fp + delta, instance);
    this.bind(instance);
    s.pc = resumePc;
  }

  private callHost(func: HostFunc, at: number, caller: Instance | undefined): void {
    const { state, top } = this;
    const { observer } = this.options;
    this.top = at + Math.max(laneCount(func.type.params), laneCount(func.type.results));
    observer?.hostCall?.(func, state.i32, at, this.gasUsed);
    try {
      if (func.isAsync) this.callAsync(func, at, caller);
      else func.invoke(new MachineCall(state, at, caller, this.options.references));
    } catch (error) {
      this.failedHost = func.name;
      throw error;
    }
    this.top = top;
    if (this.pending === undefined) observer?.hostReturn?.(func, state.i32, at, this.gasUsed);
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

  /** @throws Trap if there are too many calls now, or frames of so many lanes are too large */
  private checkLimits(lanes: number): void {
    const { maxCallDepth, maxStackSlots } = this.options;
    if (this.state.sp > maxCallDepth || lanes > maxStackSlots * 2) throw Trap.core("call-stack-exhausted");
  }

  /** Makes room for frames of so many lanes. */
  reserve(lanes: number): void {
    const s = this.state;
    const { length } = s.i32;
    if (lanes <= length) return;
    const larger = newFrames(Math.max(lanes + (lanes & 1), length * 2), s.calls);
    larger.i32.set(s.i32);
    this.use(larger);
    if (!this.hasArena) this.own = larger;
  }
}

/**
 * What a host function sees. The frames may move while it runs, so `lanes` is read anew each time. A class, because an
 * object literal with a getter took 0.5 µs to make, half of a host call.
 */
class MachineCall implements HostCall {
  private readonly state: S.MachineState;
  readonly at: number;
  readonly caller: Instance | undefined;
  readonly references: References;

  constructor(state: S.MachineState, at: number, caller: Instance | undefined, references: References) {
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
function withResults({ frames }: Configuration, { func, lanes }: Pending): Configuration {
  const caller = frames.at(-1)!;
  const results = allBitsFromLanes(func.type.results, lanes, 0);
  const last = { ...caller, operands: [...caller.operands, ...results] };
  return { frames: [...frames.slice(0, -1), last], isCharged: true };
}
