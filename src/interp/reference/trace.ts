import { functionName } from "../names.ts";
import { MAX_FRAMES, type StackFrame } from "../trap.ts";
import type { Frame } from "./frame.ts";

/** The Wasm stack, innermost frame first, at most `MAX_FRAMES`. `hostName` is the host function that is running, if one is. */
export function traceStack(frames: readonly Frame[], hostName?: string): StackFrame[] {
  const trace: StackFrame[] = [];
  if (hostName !== undefined) trace.push({ func: -1, name: hostName, offset: undefined });
  for (let i = frames.length - 1; i >= 0 && trace.length < MAX_FRAMES; i--) {
    const { instance, func, at } = frames[i]!;
    const index = instance.module.importedFunctionCount + func;
    trace.push({ func: index, name: functionName(instance, index), offset: at });
  }
  return trace;
}
