import type { Code } from "./code.ts";
import type { MachineState } from "./state.ts";

// What JavaScript code made of Wasm functions (see codegen) and the machine know of each other. Generated code runs a
// function as far as it can and *leaves* otherwise: it writes its frame where the machine would have it, says in the
// state where it stands, and returns to its caller, which does the same. The machine goes on from there.

/**
 * Calls between generated functions use JavaScript's stack: so many Wasm calls may be active there at once, and no
 * frame of a generated function has more lanes. Beyond, the machine goes on, whose stack is its own.
 */
export const MAX_GENERATED_DEPTH = 160;
export const MAX_GENERATED_LANES = 320;

/** Why generated code left. */
/** Before an instruction of a charged block. */
export const LEFT = 1;
/** Before a block that is not charged. */
export const LEFT_AT_BLOCK = 2;
/** A load or store at `pc` was out of bounds. */
export const LEFT_OUT_OF_BOUNDS = 3;
/** What the machine did on behalf of generated code threw, paused or waits: the driver knows. */
export const LEFT_WITH_MACHINE = 4;

/** In `MachineState.entries`: the function has generated code. */
export const GENERATED = -1;

/** Runs a function, see `codegen/function.ts`: returns the gas left, its result in `WORDS`; -1 if it has left. */
export type GeneratedFunction = (
  s: MachineState,
  gas: number,
  standing: number,
  ...lanes: number[]
) => number;
/** Runs a function whose arguments are in the frame at `s.fp`, where its result is put. */
export type Adapter = (s: MachineState) => void;

/** Goes on with a function, whose frame is at `s.fp`, in its loop of this number. */
export type Resumer = (s: MachineState, loop: number) => void;

/**
 * A function by its number among those that the module defines, and how to run it; how to go on in its loops, and the
 * blocks that begin them, in words into its code.
 */
export type Generated = readonly [
  index: number,
  call: GeneratedFunction,
  adapter: Adapter,
  resumer?: Resumer,
  loops?: readonly number[],
];

/** Through which generated code calls a function, so that what is called can be replaced. */
export class Cell {
  readonly index: number;
  call: GeneratedFunction = interpret;

  constructor(index: number) {
    this.index = index;
  }
}

function interpret(this: Cell, s: MachineState, gas: number, standing: number, ...lanes: number[]): number {
  s.gas = gas;
  return s.driver.interpret(this.index, standing >> 8, spOf(s, standing), lanes);
}

/** A standing is `fp * 256 + n`: n more calls may be active, this one included, so `sp` follows from the limit. */
export const spOf = (s: MachineState, standing: number): number => s.generatedLimit + 1 - (standing & 255);

/** The generated functions of one module's code. */
export class GeneratedCode {
  readonly code: Code;
  readonly cells: readonly Cell[];
  readonly adapters: (Adapter | undefined)[];
  private readonly resumers = new Map<number, { readonly run: Resumer; readonly loops: readonly number[] }>();
  /** `code.entries`, and -1 where there is generated code. */
  readonly entries: Int32Array;
  private generation: number;

  constructor(code: Code) {
    this.code = code;
    this.generation = code.generation;
    this.cells = Array.from(code.module.bodies, (_, index) => new Cell(index));
    this.adapters = new Array(code.module.bodies.length).fill(undefined);
    this.entries = code.entries.slice();
  }

  /** Forgets entries that the code has forgotten. */
  refresh(): void {
    const { code, entries } = this;
    if (this.generation === code.generation) return;
    this.generation = code.generation;
    for (let i = 0; i < entries.length; i++) if (entries[i] !== GENERATED) entries[i] = code.entries[i]!;
  }

  /** From now on these functions are run by this. */
  install(made: readonly Generated[]): void {
    for (const [index, call, adapter, run, loops] of made) {
      this.cells[index]!.call = call;
      this.adapters[index] = adapter;
      this.entries[index] = GENERATED;
      if (run !== undefined && loops !== undefined) this.resumers.set(index, { run, loops });
    }
  }

  /** Goes on with function `index` at a block so many words into its code; undefined if it cannot there. */
  resumer(index: number, block: number): Adapter | undefined {
    const found = this.resumers.get(index);
    const loop = found === undefined ? -1 : found.loops.indexOf(block);
    return loop < 0 ? undefined : (s) => found!.run(s, loop + 1);
  }
}

/** Decides for a machine which functions have generated code. */
export interface Tier {
  /** undefined if that code is not to be replaced: code that reports what it does, say. */
  generatedCode(code: Code): GeneratedCode | undefined;
  /** Function `index` is about to be called for the first time by the machine. */
  lowered(generated: GeneratedCode, index: number): void;
  /** The machine is running function `index`, after every slice of gas: what is told most is hot. */
  sampled(generated: GeneratedCode, index: number): void;
  /** Generated code is about to call function `index`, which is not generated. */
  interpreted(generated: GeneratedCode, index: number): void;
}
