import { FACTORY_PARAMETERS, type Factory, factoryBody, SLOT_PARAMETERS } from "../interp/codegen/factory.ts";
import { NotGenerated } from "../interp/codegen/supported.ts";
import { type GeneratedSource, writeFunction } from "../interp/codegen/write.ts";
import type { Executor, ExecutorFactory, ExecutorOptions } from "../interp/executor.ts";
import type { Code } from "../interp/machine/code.ts";
import { GeneratedCode, MAX_GENERATED_LANES, type Tier } from "../interp/machine/generated.ts";
import { DOUBLES, FLOATS, HELPERS, WORDS } from "../interp/machine/generated-helpers.ts";
import { Machine } from "../interp/machine/machine.ts";
import { SIGNED_SLOTS, SLOT_LANES, SLOTS } from "../interp/machine/slots.ts";
import { isForSlots, isRecentV8 } from "./slots.ts";

/** What is compiled, and when. */
export interface JitPolicy {
  /**
   * Compile a function once so many slices of 20,000 gas of the machine ended in it; calls by the host count as well. 0 compiles
   * every function before it runs. Default 4.
   */
  readonly samples?: number;
  /** Compile it once compiled code has called it so often. Default 100. */
  readonly calls?: number;
  /** Leave functions of more bytes of Wasm to the machine, without writing them. Default 20,000. */
  readonly maxFunctionBytes?: number;
  /**
   * Leave functions to the machine that are more characters of JavaScript. V8 never optimises one of more than 61,440
   * bytes of bytecode, of which it made 0.84 to 0.92 for each character. Default 66,000.
   */
  readonly maxFunctionSource?: number;
  /** Most characters of JavaScript made of one module. Default 16,000,000. */
  readonly maxSourceLength?: number;
  /**
   * Whether functions that mostly multiply i64 do it with BigInts, which V8 compiles to machine words: three times as
   * fast there, far slower anywhere else. `always`: all that call nothing. Default: on V8 from 11 on.
   */
  readonly bigInts?: boolean | "always";
}

/**
 * An executor that compiles hot functions to JavaScript, by `new Function`: results, gas, traps, memory and host calls
 * are those of the machine, in which everything else goes on running. For `new Store({ executor: jit() })`; what was
 * compiled is kept with the module, for all stores of one `jit()`.
 *
 * @throws EvalError when something is compiled where the environment forbids code from strings
 */
export function jit(policy: JitPolicy = {}): ExecutorFactory {
  const tier = new JitTier(policy);
  return (options: ExecutorOptions): Executor => new Machine(options, tier);
}

/** What the tier knows of a module's code. */
class Hotness {
  readonly generated: GeneratedCode;
  readonly samples: Uint32Array;
  readonly calls: Uint32Array;
  /** Functions that were compiled, or cannot be. */
  readonly settled: Uint8Array;
  sourceLength = 0;

  constructor(code: Code) {
    const { length } = code.module.bodies;
    this.generated = new GeneratedCode(code);
    this.samples = new Uint32Array(length);
    this.calls = new Uint32Array(length);
    this.settled = new Uint8Array(length);
  }
}

class JitTier implements Tier {
  private readonly policy: Required<JitPolicy>;
  private readonly known = new WeakMap<Code, Hotness>();

  constructor({
    samples = 4,
    calls = 100,
    maxFunctionBytes = 20_000,
    maxFunctionSource = 66_000,
    maxSourceLength = 16_000_000,
    bigInts = isRecentV8(),
  }: JitPolicy) {
    this.policy = { samples, calls, maxFunctionBytes, maxFunctionSource, maxSourceLength, bigInts };
  }

  generatedCode(code: Code): GeneratedCode | undefined {
    // What reports calls and blocks, or stops at breakpoints, does so in the machine.
    const { calls, blocks, breakpoints } = code.probes;
    if (calls || blocks || breakpoints.size > 0) return undefined;
    let hotness = this.known.get(code);
    if (hotness === undefined) {
      hotness = new Hotness(code);
      this.known.set(code, hotness);
    }
    return hotness.generated;
  }

  lowered({ code }: GeneratedCode, index: number): void {
    if (this.policy.samples === 0) this.compile(this.known.get(code)!, index);
  }

  sampled({ code }: GeneratedCode, index: number): void {
    const hotness = this.known.get(code)!;
    const count = ++hotness.samples[index]!;
    if (count >= this.policy.samples) this.compile(hotness, index);
  }

  interpreted({ code }: GeneratedCode, index: number): void {
    const hotness = this.known.get(code)!;
    const count = ++hotness.calls[index]!;
    if (count >= this.policy.calls) this.compile(hotness, index);
  }

  private compile(hotness: Hotness, index: number): void {
    const { generated, settled } = hotness;
    const { code } = generated;
    if (settled[index] !== 0) return;
    settled[index] = 1;
    const { start, end } = code.module.bodies[index]!;
    const { maxFunctionBytes, maxFunctionSource, maxSourceLength, bigInts } = this.policy;
    if (end - start > maxFunctionBytes || code.frames[index]! > MAX_GENERATED_LANES) return;
    let written: GeneratedSource;
    try {
      written = writeFunction(
        code,
        index,
        bigInts !== false && isForSlots(code, index, bigInts === "always"),
      );
    } catch (error) {
      if (error instanceof NotGenerated) return;
      throw error;
    }
    if (written.source.length > maxFunctionSource) return;
    hotness.sourceLength += written.source.length;
    if (hotness.sourceLength > maxSourceLength) return;
    const parameters = [...FACTORY_PARAMETERS, ...SLOT_PARAMETERS];
    const make = new Function(...parameters, `"use strict";\n${factoryBody([written])}`) as Factory;
    const { cells } = generated;
    generated.install(make(HELPERS, cells, WORDS, DOUBLES, FLOATS, SLOTS, SIGNED_SLOTS, SLOT_LANES));
  }
}
