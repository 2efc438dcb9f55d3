import type { ExecutorOptions } from "../executor.ts";
import type { Instance } from "../instance.ts";
import type { Memory } from "../memory.ts";
import { FRAMES } from "./arena.ts";
import type { Driver, MachineState } from "./state.ts";

const NO_MEMORY = new ArrayBuffer(0);
const NO_VIEW = new DataView(NO_MEMORY);
const NO_BYTES = new Uint8Array(NO_MEMORY);
const NO_WORDS = new Int32Array(NO_MEMORY);

/** The state of a machine that has not run yet. Who makes it sets the driver. */
export function initialState({ maxCallDepth, maxLogicalStack }: ExecutorOptions): MachineState {
  return {
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
    depthLimit: maxCallDepth,
    stackLimit: 0,
    pc: 0,
    fp: 0,
    sp: 0,
    gas: 0,
    height: 0,
    heightLimit: maxLogicalStack ?? 0,
    callee: 0,
    fault: undefined,
    status: 0,
    generatedLimit: 0,
    driver: undefined as unknown as Driver,
  };
}

/** The memory that loads and stores go to; undefined for none. */
export function bindMemory(s: MachineState, memory: Memory | undefined): void {
  s.view = memory === undefined ? NO_VIEW : memory.view;
  s.bytes = memory === undefined ? NO_BYTES : memory.bytes;
  s.words = memory === undefined ? NO_WORDS : memory.words;
}
