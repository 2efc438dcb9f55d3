import type { StackFrame, Trap } from "../../interp/trap.ts";
import type { LogRecord, PolkadotHost } from "../polkadot/host.ts";

/**
 * Why a runtime could not be made, or a call into it gave no result.
 * - `bad-compression`: the code blob is marked as zstd but is no zstd frame.
 * - `code-too-large`: it decompresses, or says it would, to more than 50 MiB.
 * - `unsupported-code`: it is neither Wasm nor compressed Wasm (a PolkaVM blob, for one).
 * - `invalid-module`: the decoder or validator refused it; `cause` is the ModuleError.
 * - `link`: an import has a known name but another type; `cause` is the LinkError.
 * - `no-memory`: the module neither imports nor exports a memory.
 * - `memory-too-large`: its memory begins above the limit.
 * - `bad-allocator`: it says that it has an allocator of its own (RFC-0061, RFC-145) and has none that can be used, or
 *   imports the host's as well.
 * - `no-heap-base`: it exports no `__heap_base`, and the entry point wants its input on the host's heap.
 * - `bad-version`: it has no version that decodes.
 * - `method-not-found`, `bad-entry-point`: the entry point is not there, or not a function of the right type.
 * - `trap`, `out-of-gas`: the call trapped; a `RuntimeTrap`.
 * - `output-out-of-bounds`: the call returned a range outside its memory.
 * - `bad-output`: what the call returned is not what the entry point returns; `cause` is the ScaleError.
 * - `invalid-state`: the state cannot be what a node would hold; `cause` is the StateError.
 */
export type RuntimeErrorKind =
  | "bad-compression"
  | "code-too-large"
  | "unsupported-code"
  | "invalid-module"
  | "link"
  | "no-memory"
  | "memory-too-large"
  | "bad-allocator"
  | "no-heap-base"
  | "bad-version"
  | "method-not-found"
  | "bad-entry-point"
  | "trap"
  | "out-of-gas"
  | "output-out-of-bounds"
  | "bad-output"
  | "invalid-state";

export class RuntimeError extends Error {
  override readonly name: string = "RuntimeError";
  readonly kind: RuntimeErrorKind;

  constructor(kind: RuntimeErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A call into a runtime trapped. Its changes to the state were rolled back. */
export class RuntimeTrap extends RuntimeError {
  override readonly name = "RuntimeTrap";
  readonly trap: Trap;
  /** The entry point. */
  readonly method: string;
  /** What the runtime said before: its panic's message, if it panicked. */
  readonly panicMessage: string | undefined;
  readonly gasUsed: bigint;
  readonly logs: readonly LogRecord[];
  readonly hostCalls: number;
  /** The storage root the runtime computed last, if it did. */
  readonly lastRoot: Uint8Array | undefined;

  constructor(method: string, trap: Trap, host: PolkadotHost, gasUsed: bigint) {
    // A panic's message is in the trap already when the runtime has a panic handler.
    const { panicMessage } = host;
    const said = panicMessage === undefined || trap.code === "panic" ? "" : `: ${panicMessage}`;
    super(trap.code === "out-of-gas" ? "out-of-gas" : "trap", `${method} trapped: ${trap.message}${said}`, {
      cause: trap,
    });
    this.trap = trap;
    this.method = method;
    this.panicMessage = panicMessage;
    this.gasUsed = gasUsed;
    this.logs = host.logs;
    this.hostCalls = host.hostCalls;
    this.lastRoot = host.lastRoot;
  }

  /** Innermost frame first. */
  get wasmStack(): readonly StackFrame[] {
    return this.trap.wasmStack;
  }
}
