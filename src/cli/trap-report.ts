import { demangle, type StackFrame, type Trap } from "../interp/index.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { printable } from "./printable.ts";

/** A trap in JSON. Names are as the module has them, not demangled. Frames are innermost first; `offset` is a byte offset into the module's binary. */
export interface JsonTrap {
  readonly code: string;
  readonly message: string;
  readonly stack: readonly {
    readonly func: number;
    readonly name: string | null;
    readonly offset: number | null;
  }[];
}

export function trapToJson(trap: Trap): JsonTrap {
  const stack = trap.wasmStack.map(({ func, name, offset }) => {
    return { func, name: name ?? null, offset: offset ?? null };
  });
  return { code: trap.code, message: trap.message, stack };
}

/** Frames shown at each end of a long stack: the rest of an endless recursion says nothing new. */
const SHOWN_FRAMES = 12;

/** The Wasm stack trace, one line per frame, innermost first. */
export function stackLines(stack: readonly StackFrame[]): string[] {
  const lines = stack.map(({ func, name, offset }) => {
    const place = offset === undefined ? "host" : `byte 0x${offset.toString(16)}`;
    return `    at ${name === undefined ? "function" : printable(demangle(name))} (#${func}, ${place})`;
  });
  if (lines.length <= 2 * SHOWN_FRAMES) return lines;
  const hidden = lines.length - 2 * SHOWN_FRAMES;
  return [...lines.slice(0, SHOWN_FRAMES), `    … ${hidden} more`, ...lines.slice(-SHOWN_FRAMES)];
}

/** Used-up gas and an exhausted call stack are limits of the run; all other traps are the code's own. */
export function exitCodeOf(trap: Trap): ExitCode {
  return trap.code === "out-of-gas" || trap.code === "call-stack-exhausted" ? EXIT.limit : EXIT.mismatch;
}
