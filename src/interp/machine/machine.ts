import type { Executor, ExecutorOptions } from "../executor.ts";
import { equalTypes, type Func, type HostCall, type HostFunc, type WasmFunc } from "../func.ts";
import type { Instance } from "../instance.ts";
import { lower } from "../lower/lower.ts";
import { Trap } from "../trap.ts";
import type { Lanes } from "../values.ts";
import { HALT_ADDRESS } from "./code.ts";
import { isOutOfBounds } from "./fault.ts";
import { loop } from "./loop.ts";
import { Meter } from "./meter.ts";
import * as S from "./state.ts";
import { type Activation, traceStack } from "./trace.ts";

/** Lanes that the frame buffer starts with (128 KiB); it grows by doubling up to the limit. */
const INITIAL_LANES = 32768;
/** How often a host function may call back into Wasm that calls a host function…: each level uses the JS stack. */
const MAX_HOST_NESTING = 64;

const NO_MEMORY = new ArrayBuffer(0);
const NO_VIEW = new DataView(NO_MEMORY);
const NO_BYTES = new Uint8Array(NO_MEMORY);

/**
 * Drives the hot loop: whatever the loop cannot do by itself (gas, lowering, calls to the host or into another
 * instance, growing memory and stack, traps) ends it with a status and is done here, then it is entered again.
 * The Wasm call stack lives in arrays; JavaScript's is used only by host functions that call back.
 */
export class Machine implements Executor {
  readonly name = "machine";
  private readonly meter: Meter;
  private readonly limits: ExecutorOptions;
  private readonly state: S.MachineState;
  private readonly activations: Activation[] = [];
  /** First lane above everything in use while a host function runs. */
  private top = 0;
  private nesting = 0;

  constructor(options: ExecutorOptions) {
    this.limits = options;
    this.meter = new Meter(options.schedule, options.gasLimit);
    const frames = new ArrayBuffer(INITIAL_LANES * 4);
    this.state = {
      code: new Int32Array(0),
      entries: new Int32Array(0),
      typeIds: new Int32Array(0),
      table: new Int32Array(0),
      globals: new Int32Array(0),
      view: NO_VIEW,
      bytes: NO_BYTES,
      instance: undefined as unknown as Instance,
      i32: new Int32Array(frames),
      f64: new Float64Array(frames),
      f32: new Float32Array(frames),
      // One more return address than the depth allows: the call that exceeds it is pushed before it is refused.
      calls: new Int32Array(options.maxCallDepth + 2),
      depthLimit: options.maxCallDepth,
      stackLimit: Math.min(INITIAL_LANES, options.maxStackSlots * 2),
      pc: 0,
      fp: 0,
      sp: 0,
      gas: 0,
      callee: 0,
      fault: undefined,
    };
    this.meter.attach(this.state);
  }

  get gasUsed(): bigint {
    return this.meter.used;
  }
  get gasLimit(): bigint | undefined {
    return this.meter.limit;
  }

  /**
   * Calls `func` with `args` (two lanes each) and returns the lanes of its results. May be called by a host function
   * while Wasm is running. @throws Trap, and whatever a host function throws; the machine is as before the call then.
   */
  invoke(func: Func, args: Lanes): Lanes {
    const s = this.state;
    const { instance, pc, fp, sp } = s;
    const { top } = this;
    const floor = this.activations.length;
    if (this.nesting > MAX_HOST_NESTING) throw Trap.core("call-stack-exhausted");
    const size = 2 * Math.max(func.type.params.length, func.type.results.length);
    this.nesting++;
    try {
      this.reserve(top + size);
      s.i32.set(args, top);
      s.fp = top;
      if (func.kind === "host") this.callHost(func, top, undefined);
      else {
        this.enter({ caller: instance, callPc: pc, resumePc: 0, delta: 0, sp, host: true }, func);
        this.run(floor);
      }
      return s.i32.slice(top, top + 2 * func.type.results.length);
    } catch (error) {
      if (error instanceof Trap && error.wasmStack.length === 0)
        error.wasmStack = traceStack(s, this.activations);
      throw error;
    } finally {
      this.nesting--;
      this.activations.length = floor;
      this.top = top;
      s.pc = pc;
      s.fp = fp;
      s.sp = sp;
      if (instance !== undefined) this.bind(instance);
    }
  }

  /** Runs until the activation above `floor` has returned. */
  private run(floor: number): void {
    const s = this.state;
    for (;;) {
      const status = loop(s);
      switch (status) {
        case S.STATUS_DONE: {
          const ended = this.activations.pop()!;
          if (this.activations.length === floor) return;
          this.bind(ended.caller!);
          s.fp -= ended.delta;
          s.pc = ended.resumePc;
          break;
        }
        case S.STATUS_REFILL:
          this.startBlock();
          break;
        case S.STATUS_LOWER:
          this.lower(s.instance, s.callee);
          break;
        case S.STATUS_STACK:
          this.checkStack();
          break;
        case S.STATUS_INDIRECT:
          this.callElement();
          break;
        case S.STATUS_IMPORT:
          this.call(s.instance.funcs[s.code[s.pc + 1]!]!, s.code[s.pc + 2]!, s.pc + 3);
          break;
        case S.STATUS_GROW:
          this.growMemory();
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
    }
  }

  /** Charges the block whose gas word is at `pc` and steps into it. */
  private startBlock(): void {
    const s = this.state;
    this.meter.charge(s.code[s.pc]!);
    s.pc++;
  }

  private lower(instance: Instance, index: number): void {
    const { code } = instance;
    if (code.entries[index] === 0) lower(code, index);
    this.state.code = code.words;
  }

  /** Makes `func` the running function, its frame at `fp`. */
  private enter(activation: Activation, func: WasmFunc): void {
    const s = this.state;
    this.activations.push(activation);
    s.calls[s.sp++] = HALT_ADDRESS;
    this.lower(func.instance, func.index);
    this.bind(func.instance);
    s.pc = func.instance.code.entries[func.index]!;
    this.startBlock();
  }

  private bind(instance: Instance): void {
    const s = this.state;
    s.instance = instance;
    s.code = instance.code.words;
    s.entries = instance.code.entries;
    s.typeIds = instance.code.typeIds;
    s.table = instance.indirectTargets();
    s.globals = instance.ownGlobals;
    const memory = instance.memory;
    s.view = memory === undefined ? NO_VIEW : memory.view;
    s.bytes = memory === undefined ? NO_BYTES : memory.bytes;
  }

  private callElement(): void {
    const s = this.state;
    const { code, pc } = s;
    const func = s.instance.tables[0]!.elements[s.i32[s.fp + code[pc + 2]!]! >>> 0];
    if (func === null || func === undefined) throw Trap.core("uninitialized-element");
    if (!equalTypes(s.instance.module.types[code[pc + 1]!]!, func.type))
      throw Trap.core("indirect-call-type-mismatch");
    this.call(func, code[pc + 3]!, pc + 4);
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
    this.top = at + 2 * Math.max(func.type.params.length, func.type.results.length);
    const call: HostCall = {
      get lanes() {
        return state.i32;
      },
      at,
      caller,
    };
    try {
      func.invoke(call);
    } catch (error) {
      if (error instanceof Trap && error.wasmStack.length === 0) {
        error.wasmStack = traceStack(state, this.activations, func.name);
      }
      throw error;
    }
    this.top = top;
  }

  private growMemory(): void {
    const s = this.state;
    const { code, pc, fp } = s;
    const delta = s.i32[fp + code[pc + 2]!]! >>> 0;
    this.meter.chargePages(delta);
    s.i32[fp + code[pc + 1]!] = s.instance.memory!.grow(delta);
    this.bind(s.instance);
    s.pc = pc + 3;
  }

  /** At a prologue that did not fit: traps, or makes room so that it fits when it runs again. */
  private checkStack(): void {
    const s = this.state;
    if (s.sp > this.limits.maxCallDepth) throw Trap.core("call-stack-exhausted");
    const needed = s.fp + s.code[s.pc + 1]!;
    if (needed > this.limits.maxStackSlots * 2) throw Trap.core("call-stack-exhausted");
    this.reserve(needed);
  }

  private reserve(lanes: number): void {
    const s = this.state;
    const { length } = s.i32;
    if (lanes <= length) return;
    const size = Math.max(lanes + (lanes & 1), length * 2);
    const frames = new ArrayBuffer(size * 4);
    const i32 = new Int32Array(frames);
    i32.set(s.i32);
    s.i32 = i32;
    s.f64 = new Float64Array(frames);
    s.f32 = new Float32Array(frames);
    s.stackLimit = Math.min(size, this.limits.maxStackSlots * 2);
  }
}
