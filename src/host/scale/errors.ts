/**
 * What is wrong with SCALE bytes.
 * - `unexpected-end`: fewer bytes than the value needs (a count or length larger than what is left included).
 * - `non-canonical`: a compact integer in a longer form than necessary.
 * - `out-of-range`: a compact integer too large for its type.
 * - `invalid-value`: an unknown variant, a bool other than 0 or 1, bad UTF-8, or a broken rule of the structure.
 * - `trailing-bytes`: bytes left after the value.
 */
export type ScaleErrorKind =
  | "unexpected-end"
  | "non-canonical"
  | "out-of-range"
  | "invalid-value"
  | "trailing-bytes";

/** Bytes are not the SCALE encoding of what was expected. Always the input's fault. */
export class ScaleError extends Error {
  override readonly name = "ScaleError";
  readonly kind: ScaleErrorKind;
  /** Byte offset in the input at which the offending item begins. */
  readonly offset: number;
  /** What was being read: "header", "trie node", … */
  readonly context: string;
  /** The fault alone. */
  readonly reason: string;

  constructor(kind: ScaleErrorKind, reason: string, offset: number, context: string) {
    super(`${context}: ${reason} (${kind} at byte ${offset})`);
    this.kind = kind;
    this.offset = offset;
    this.context = context;
    this.reason = reason;
  }
}
