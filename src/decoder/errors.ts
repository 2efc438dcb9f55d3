/**
 * What is wrong with a module.
 * - `malformed`: the bytes are not a module of the binary format (spec: Binary Format).
 * - `invalid`: the module decodes but breaks a rule of the spec's Validation chapter.
 * - `unsupported`: it needs a feature that is switched off.
 * - `limit`: it exceeds one of the implementation limits in `limits.ts`.
 */
export type ModuleErrorKind = "malformed" | "invalid" | "unsupported" | "limit";

/** A module was refused. Thrown by `decode` and `validate`, never for anything but the input's fault. */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
  readonly kind: ModuleErrorKind;
  /** Byte offset into the module's binary at which the fault was seen. */
  readonly offset: number;
  /** Where in the module's structure: "type section", "function 12 (foo)", … */
  readonly context: string;
  /** The fault alone, in the words of the spec where it has some. */
  readonly reason: string;

  constructor(kind: ModuleErrorKind, reason: string, offset: number, context: string) {
    super(`${kind} module: ${reason} (at byte 0x${offset.toString(16)}, ${context})`);
    this.kind = kind;
    this.reason = reason;
    this.offset = offset;
    this.context = context;
  }
}
