/** `malformed`: not what `compileModule` writes. `version`: written by another version of Lockstep's code generator. */
export type AotErrorKind = "malformed" | "version";

/** Code that was compiled before is refused. */
export class AotError extends Error {
  override readonly name = "AotError";
  readonly kind: AotErrorKind;

  constructor(kind: AotErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
