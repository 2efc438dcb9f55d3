import type { ScaleReader } from "../../scale/reader.ts";

/** `InvalidTransaction` by position; older runtimes have the first of them (runtime-calls.md section 5). */
const INVALID = [
  "Call",
  "Payment",
  "Future",
  "Stale",
  "BadProof",
  "AncientBirthBlock",
  "ExhaustsResources",
  "Custom",
  "BadMandatory",
  "MandatoryValidation",
  "BadSigner",
  "IndeterminateImplicit",
  "UnknownOrigin",
] as const;
/** `UnknownTransaction` by position. */
const UNKNOWN = ["CannotLookup", "NoUnsignedValidator", "Custom"] as const;

/** Why a transaction is not to be had in a block. */
export interface TransactionValidityError {
  /** "invalid": it will never do. "unknown": it could not be told. */
  readonly kind: "invalid" | "unknown";
  readonly index: number;
  /** Undefined for a position that is not known here. */
  readonly name: string | undefined;
  /** The number a runtime gives with `Custom`. */
  readonly custom: number | undefined;
}

/** What a pool needs to know of a valid transaction. */
export interface ValidTransaction {
  readonly priority: bigint;
  readonly requires: readonly Uint8Array[];
  readonly provides: readonly Uint8Array[];
  /** In blocks. */
  readonly longevity: bigint;
  readonly propagate: boolean;
}

export type TransactionValidity =
  | { readonly valid: true; readonly transaction: ValidTransaction }
  | { readonly valid: false; readonly error: TransactionValidityError };

/** What became of an extrinsic in a block. */
export type ApplyResult =
  | { readonly kind: "success" }
  /** It is in the block, and its call failed. `error` is the SCALE `DispatchError`, of the runtime's own layout. */
  | { readonly kind: "failed"; readonly error: Uint8Array }
  /** It is not in the block. */
  | { readonly kind: "refused"; readonly error: TransactionValidityError };

/** @throws ScaleError */
export function readValidityError(reader: ScaleReader): TransactionValidityError {
  const start = reader.offset;
  const tag = reader.u8();
  if (tag > 1) throw reader.error("invalid-value", `validity error tag is ${tag}`, start);
  const index = reader.u8();
  const name = tag === 0 ? INVALID[index] : UNKNOWN[index];
  return {
    kind: tag === 0 ? "invalid" : "unknown",
    index,
    name,
    custom: name === "Custom" ? reader.u8() : undefined,
  };
}

/** @throws ScaleError */
export function readValidity(reader: ScaleReader): TransactionValidity {
  const start = reader.offset;
  const tag = reader.u8();
  if (tag > 1) throw reader.error("invalid-value", `validity tag is ${tag}`, start);
  if (tag === 1) return { valid: false, error: readValidityError(reader) };
  const transaction = {
    priority: reader.u64(),
    requires: reader.vec((r) => r.bytes()),
    provides: reader.vec((r) => r.bytes()),
    longevity: reader.u64(),
    // The oldest runtimes do not say.
    propagate: reader.remaining === 0 || reader.bool(),
  };
  return { valid: true, transaction };
}

/** @throws ScaleError */
export function readApplyResult(reader: ScaleReader): ApplyResult {
  const start = reader.offset;
  const tag = reader.u8();
  if (tag > 1) throw reader.error("invalid-value", `apply result tag is ${tag}`, start);
  if (tag === 1) return { kind: "refused", error: readValidityError(reader) };
  const outcome = reader.u8();
  if (outcome > 1) throw reader.error("invalid-value", `dispatch outcome tag is ${outcome}`, start + 1);
  return outcome === 0 ? { kind: "success" } : { kind: "failed", error: reader.rest() };
}
