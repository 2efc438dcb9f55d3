import { F64, I64 } from "../../decoder/module.ts";
import type { PauseReason } from "../execution/configuration.ts";
import type { ExecutorOptions } from "../executor.ts";
import type { WasmFunc } from "../func.ts";
import type { Instance } from "../instance.ts";
import { lower } from "../lower/lower.ts";
import { Trap } from "../trap.ts";
import { bulk, bulkGas } from "./bulk.ts";
import { sampled } from "./chains.ts";
import { bulkAt, type Code, functionAt } from "./code.ts";
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
} from "./generated.ts";
import { WORDS } from "./generated-helpers.ts";
import type { HostCalls } from "./host-calls.ts";
import type { Meter } from "./meter.ts";
import type { Stack } from "./stack.ts";
import type { Driver, MachineState } from "./state.ts";
import type { Activation } from "./trace.ts";

/** A standing, see codegen, holds where the frame is, times 256, in an int32. */
const MAX_STANDING_LANES = 2 ** 22;

/** Why a run ends before its function has returned. */
export type Interruption = "awaiting" | PauseReason;

/** What generated code, and who runs it, need of the machine. */
export interface MachineParts {
  readonly state: MachineState;
  readonly meter: Meter;
  readonly options: ExecutorOptions;
  readonly stack: Stack;
  readonly hosts: HostCalls;
  readonly activations: Activation[];
  /** Whether `pc` is at a block's gas word, which has not been charged. */
  atBlock: boolean;
  /** Runs within each other. */
  readonly nesting: number;
  /** Makes an instance the current one. */
  bind(instance: Instance): void;
  /** Makes `func` the running function, its frame at `fp`. */
  enter(activation: Activation, func: WasmFunc): void;
  /** Runs until the activation above `floor` has returned, or something says stop. */
  proceed(floor: number): Interruption | "returned";
}

/** The code of an instance in which function `index` is lowered. */
export function loweredCode({ code }: Instance, index: number): Code {
  lower(code, index);
  return code;
}

/** Between the machine and the generated code of the current instance: starts it, and does for it what it cannot do. */
export class GeneratedCalls implements Driver {
  private readonly machine: MachineParts;
  private readonly state: MachineState;
  private readonly meter: Meter;
  private readonly tier: Tier | undefined;
  private current: GeneratedCode | undefined;
  private currentFor: Code | undefined;
  /** Calls of generated code that are on JavaScript's stack, of the machine's making. */
  depth = 0;
  /** How what the machine did for generated code ended, on the way to the machine below. */
  private outcome: { readonly error: unknown } | { readonly reason: Interruption } | undefined;
  /** Entered by generated code that has yet to say where its call is. */
  private detached: Activation | undefined;
  /** Whose generated code is leaving because of what the machine did for it, perhaps in another instance. */
  private leaving: Instance | undefined;

  constructor(machine: MachineParts, tier: Tier | undefined) {
    this.machine = machine;
    this.state = machine.state;
    this.meter = machine.meter;
    this.tier = tier;
  }

  /** The entries of the instance's code that is current from now on: its own, or those that know of generated code. */
  entriesOf(code: Code): Int32Array {
    if (code !== this.currentFor) {
      this.currentFor = code;
      this.current = this.tier?.generatedCode(code);
    }
    this.current?.refresh();
    return this.current === undefined ? code.entries : this.current.entries;
  }

  /** The code in which function `index` of the current instance can be entered, as it is about to be. */
  enterable(instance: Instance, index: number): Code {
    const { state: s, current } = this;
    if (s.entries[index] === GENERATED) return instance.code;
    const code = loweredCode(instance, index);
    if (current !== undefined && s.entries[index] === 0) {
      s.entries[index] = code.entries[index]!;
      this.tier!.lowered(current, index);
    }
    return code;
  }

  /** The function that is about to run has used up a slice, or is called from outside. */
  sample(): number {
    const { current, state: s } = this;
    const index = current === undefined ? -1 : functionAt(current.code, s.pc);
    if (index >= 0) this.tier!.sampled(current!, index);
    return index;
  }

  /** At the end of a slice, before a block: goes on in generated code if there is some for the loop that begins here. */
  endSlice(): Interruption | undefined {
    const { current, state: s } = this;
    // Where there is generated code for what is hot, chains are not worth their price.
    if (current === undefined) sampled(s.instance.code, s.pc);
    const index = this.sample();
    if (index < 0 || s.entries[index] !== GENERATED) return undefined;
    const resumer = current!.resumer(index, s.pc - current!.code.entries[index]!);
    if (resumer === undefined || !this.hasRoom()) return undefined;
    this.machine.atBlock = false;
    return this.run(resumer);
  }

  /** Whether there is stack for generated code to run the function whose frame is in place. */
  private hasRoom(): boolean {
    const s = this.state;
    const { fp, sp } = s;
    if (this.depth === 0) {
      // JavaScript's stack is shared with the hosts that called; the Wasm stack must hold the frames, if it comes to it.
      const { maxStackSlots, maxCallDepth } = this.machine.options;
      const lanes = Math.min(maxStackSlots * 2, MAX_STANDING_LANES) - fp;
      const frames = Math.max(Math.floor(lanes / MAX_GENERATED_LANES), 0);
      const depth = Math.min(Math.floor(MAX_GENERATED_DEPTH / this.machine.nesting), frames);
      s.generatedLimit = Math.min(sp + depth - 1, maxCallDepth);
    }
    return sp <= s.generatedLimit;
  }

  /** Runs the called function, whose frame is in place, or leaves it to the loop. */
  call(index: number): Interruption | undefined {
    const s = this.state;
    if (this.hasRoom()) return this.run(this.current!.adapters[index]!);
    s.pc = this.entryOf(index);
    s.code = s.instance.code.words;
    this.machine.atBlock = true;
    return undefined;
  }

  /** Runs generated code. What it returns ends `proceed`. */
  private run(run: Adapter): Interruption | undefined {
    const { state: s, meter } = this;
    const { fp, sp } = s;
    this.depth++;
    meter.extend();
    run(s);
    this.depth--;
    meter.trim();
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
      this.machine.atBlock = true;
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
      this.machine.hosts.call(func, at, instance);
    } catch (error) {
      this.outcome = { error };
      s.status = LEFT_WITH_MACHINE;
      return -1;
    }
    this.machine.bind(instance);
    this.meter.replenish();
    return s.gas;
  }

  interpret(index: number, fp: number, sp: number, args: readonly number[]): number {
    const { machine, state: s } = this;
    const { instance } = s;
    const current = this.current!;
    const cell = current.cells[index]!;
    const before = cell.call;
    this.tier!.interpreted(current, index);
    if (cell.call !== before) return cell.call(s, s.gas, fp * 256 + (s.generatedLimit + 1 - sp), ...args);

    const func = instance.funcs.defined(index)!;
    const { params } = func.type;
    machine.stack.reserve(fp + 2 * Math.max(params.length, 1));
    for (let i = 0, next = 0; i < params.length; i++) {
      s.i32[fp + 2 * i] = args[next++]!;
      if (params[i] === I64 || params[i] === F64) s.i32[fp + 2 * i + 1] = args[next++]!;
    }
    s.fp = fp;
    s.sp = sp - 1;
    this.meter.trim();
    const floor = machine.activations.length;
    const activation = { caller: instance, callPc: 0, resumePc: 0, delta: 0, sp: sp - 1, host: false };
    machine.enter(activation, func);
    try {
      const reason = machine.proceed(floor);
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
    s.gas = (s.gas - bulk(s, loop, fp, s.gas)) | 0;
    return s.gas;
  }

  /** Where the code of function `index` begins, which is lowered if it was not yet. */
  entryOf(index: number): number {
    const instance = this.leaving ?? this.state.instance;
    return loweredCode(instance, index).entries[index]!;
  }

  reserve(lanes: number): void {
    this.machine.stack.reserve(lanes);
  }
}
