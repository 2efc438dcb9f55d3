/** Why a function of RFC-163 does not answer. */
export const CURVE_ERRORS = {
  /** The result does not fit the caller's buffer. */
  "output-too-small": 1,
  /** An input does not decode: cut off, not below its modulus, or with flags that are none. */
  "malformed-input": 2,
  /** The inputs are lists that should be of one length. */
  "length-mismatch": 3,
  /** The result is a point that has no affine form: only from points outside of the prime-order subgroup. */
  "degenerate-point": 4,
  /** Any other: there is no final exponentiation of zero. */
  unknown: 255,
} as const;

export class CurveError extends Error {
  readonly kind: keyof typeof CURVE_ERRORS;

  constructor(kind: keyof typeof CURVE_ERRORS) {
    super(kind);
    this.name = "CurveError";
    this.kind = kind;
  }
}
