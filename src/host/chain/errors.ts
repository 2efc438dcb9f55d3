/**
 * What is wrong with a JSON document about a chain.
 * - `missing`: a required member is not there. - `type`: a value of another JSON type than expected.
 * - `hex`: a string is not `0x` and hex digits, or of the wrong length. - `number`: not a block number.
 * - `scale`: the bytes in a hex string do not decode. - `unsupported`: a form that cannot be used here.
 * - `remote`: the document is a JSON-RPC error, or an empty answer.
 */
export type ChainFormatErrorKind = "missing" | "type" | "hex" | "number" | "scale" | "unsupported" | "remote";

/** A chain spec, state or block file does not have the expected form. */
export class ChainFormatError extends Error {
  override readonly name = "ChainFormatError";
  readonly kind: ChainFormatErrorKind;
  /** Where in the document: `genesis.raw.top["0x3a63"]`; empty for the document itself. */
  readonly path: string;
  /** The fault alone. */
  readonly reason: string;

  constructor(kind: ChainFormatErrorKind, reason: string, path: string) {
    super(path === "" ? reason : `${path}: ${reason}`);
    this.kind = kind;
    this.path = path;
    this.reason = reason;
  }
}
