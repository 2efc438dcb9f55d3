import { type Module, type SourcePosition, sourcePosition } from "../decoder/index.ts";
import { demangle, type StackFrame, type Trap } from "../interp/index.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Io, printJson } from "./io.ts";
import { printable } from "./printable.ts";

/** A trap in JSON. Names are as the module has them, not demangled. Frames are innermost first; `offset` is a byte offset into the module's binary. */
export interface JsonTrap {
  readonly code: string;
  readonly message: string;
  readonly stack: readonly {
    readonly func: number;
    readonly name: string | null;
    readonly offset: number | null;
    /** Only where the module's debug information knows it. */
    readonly source?: SourcePosition;
  }[];
}

/** @param module whose functions the frames are of, for its debug information */
export function trapToJson(trap: Trap, module?: Module): JsonTrap {
  const stack = trap.wasmStack.map((frame) => {
    const { func, name, offset } = frame;
    const source = sourceOf(frame, module);
    return { func, name: name ?? null, offset: offset ?? null, ...(source !== undefined && { source }) };
  });
  return { code: trap.code, message: trap.message, stack };
}

/** Frames shown at each end of a long stack: the rest of an endless recursion says nothing new. */
const SHOWN_FRAMES = 12;

function sourceOf({ offset }: StackFrame, module: Module | undefined): SourcePosition | undefined {
  return module === undefined || offset === undefined ? undefined : sourcePosition(module, offset);
}

/** `src/parse.c:12:7` */
function sourceText({ file, line, column }: SourcePosition): string {
  return printable(column > 0 ? `${file}:${line}:${column}` : `${file}:${line}`);
}

/** The Wasm stack trace, one line per frame, innermost first, with the source's lines if `module` knows them. */
export function stackLines(stack: readonly StackFrame[], module?: Module): string[] {
  const lines = stack.map((frame) => {
    const { func, name, offset } = frame;
    const source = sourceOf(frame, module);
    const byte = offset === undefined ? "host" : `byte 0x${offset.toString(16)}`;
    const place = source === undefined ? byte : `${byte}, ${sourceText(source)}`;
    return `    at ${name === undefined ? "function" : printable(demangle(name))} (#${func}, ${place})`;
  });
  if (lines.length <= 2 * SHOWN_FRAMES) return lines;
  const hidden = lines.length - 2 * SHOWN_FRAMES;
  return [...lines.slice(0, SHOWN_FRAMES), `    … ${hidden} more`, ...lines.slice(-SHOWN_FRAMES)];
}

/** Tells of a trap on stderr, and on stdout in JSON if asked for; returns the exit code. */
export function reportTrap(trap: Trap, gasUsed: bigint, module: Module, json: boolean, io: Io): ExitCode {
  if (json) printJson(io, { trap: trapToJson(trap, module), gasUsed: Number(gasUsed) });
  const lines = [`${io.colors.red("trap:")} ${trap.message}`, ...stackLines(trap.wasmStack, module)];
  io.stderr.write(`${lines.join("\n")}\n`);
  return exitCodeOf(trap);
}

/** Used-up gas and an exhausted call stack are limits of the run; all other traps are the code's own. */
export function exitCodeOf(trap: Trap): ExitCode {
  return trap.code === "out-of-gas" || trap.code === "call-stack-exhausted" ? EXIT.limit : EXIT.mismatch;
}
