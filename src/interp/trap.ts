/** The traps of the core, with the messages of the spec's reference interpreter. */
export const TRAP_MESSAGES = {
  unreachable: "unreachable",
  "integer-divide-by-zero": "integer divide by zero",
  "integer-overflow": "integer overflow",
  "invalid-conversion": "invalid conversion to integer",
  "out-of-bounds-memory": "out of bounds memory access",
  "out-of-bounds-table": "out of bounds table access",
  "undefined-element": "undefined element",
  "uninitialized-element": "uninitialized element",
  "indirect-call-type-mismatch": "indirect call type mismatch",
  "call-stack-exhausted": "call stack exhausted",
  "logical-stack-exhausted": "logical stack height exceeded",
  "async-in-sync-call": "asynchronous host function in a synchronous call",
  "out-of-gas": "out of gas",
  "missing-import": "call to a missing import",
} as const;
export type CoreTrapCode = keyof typeof TRAP_MESSAGES;

/** One frame of a Wasm stack trace, innermost first. */
export interface StackFrame {
  /** Index in the module's function index space. */
  readonly func: number;
  /** From the name section, else the import's or export's name, else undefined. */
  readonly name: string | undefined;
  /** Byte offset of the operator in the module's binary; undefined for host functions. */
  readonly offset: number | undefined;
}

/** Longer stack traces keep this many of their innermost frames. */
export const MAX_FRAMES = 64;

/**
 * Execution trapped. `code` is a `CoreTrapCode`, or a name of the host's for traps that host functions raise.
 * The executor fills in `wasmStack` when the trap leaves it.
 */
export class Trap extends Error {
  override readonly name: string = "Trap";
  readonly code: string;
  wasmStack: readonly StackFrame[] = [];

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  static core(code: CoreTrapCode, detail = ""): Trap {
    return new Trap(code, TRAP_MESSAGES[code] + detail);
  }
}
