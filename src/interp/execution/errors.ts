/** A configuration or snapshot does not fit the code it is to go on in. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/**
 * Why a snapshot cannot be made or used.
 * - `malformed`: the bytes are no snapshot, or damaged.
 * - `version`: made by another version of the format.
 * - `missing-module`: a module it needs was not given; `mismatch`: something given is not what it was made with.
 * - `unsupported`: it would need something that cannot be saved.
 */
export type SnapshotErrorKind = "malformed" | "version" | "missing-module" | "mismatch" | "unsupported";

export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
  readonly kind: SnapshotErrorKind;

  constructor(kind: SnapshotErrorKind, reason: string) {
    super(`snapshot: ${reason}`);
    this.kind = kind;
  }
}
