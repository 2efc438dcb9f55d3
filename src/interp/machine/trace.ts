import type { Instance } from "../instance.ts";
import { locate } from "../lower/sites.ts";
import { functionName } from "../names.ts";
import { MAX_FRAMES, type StackFrame } from "../trap.ts";
import { functionAt } from "./code.ts";
import type { MachineState } from "./state.ts";

/** One entry into an instance: by the host, or by a call from another instance. */
export interface Activation {
  /** Who was running; undefined when the host entered from outside. */
  readonly caller: Instance | undefined;
  /** The caller's call instruction, and where it goes on. Generated code tells them, and `delta`, when it leaves. */
  callPc: number;
  resumePc: number;
  /** How far the frame moved. */
  delta: number;
  /** Position of this activation's final return address. */
  readonly sp: number;
  /** Entered by a host function rather than by a call instruction. */
  readonly host: boolean;
}

/**
 * Adds the Wasm stack to `frames`, innermost frame first, at most `MAX_FRAMES` in all.
 * @param floor activations below are left out
 */
export function traceStack(
  frames: StackFrame[],
  s: MachineState,
  activations: readonly Activation[],
  floor: number,
): StackFrame[] {
  let { instance, pc, sp } = s as { instance: Instance | undefined; pc: number; sp: number };
  for (let i = activations.length - 1; i >= floor; i--) {
    const activation = activations[i]!;
    if (instance === undefined) break;
    if (!pushFrame(frames, instance, pc)) return frames;
    for (sp--; sp > activation.sp; sp--) {
      // A return address is the word after the call.
      if (!pushFrame(frames, instance, s.calls[sp]! - 1)) return frames;
    }
    sp = activation.sp;
    instance = activation.caller;
    pc = activation.callPc;
  }
  return frames;
}

function pushFrame(frames: StackFrame[], instance: Instance, address: number): boolean {
  if (frames.length >= MAX_FRAMES) return false;
  const { code, module } = instance;
  const own = functionAt(code, address);
  if (own >= 0) {
    const func = module.importedFunctionCount + own;
    frames.push({ func, name: functionName(instance, func), offset: locate(code, own, address) });
  }
  return true;
}
