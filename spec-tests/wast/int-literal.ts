import { LiteralError } from "./strings.ts";

const INTEGER = /^([+-]?)(0x[0-9a-fA-F](?:_?[0-9a-fA-F])*|[0-9](?:_?[0-9])*)$/;

/** The longest text of an i64 in any form, zeros in front aside: nothing longer needs to be computed. */
const MAX_DIGITS = 20;

/**
 * The bits of an integer literal, `iN` of spec 1.0, 6.3.2: signed or unsigned, so from -2^(N-1) to 2^N - 1.
 *
 * @throws LiteralError if it is none or does not fit.
 */
export function intBits(literal: string, width: 8 | 16 | 32 | 64): bigint {
  const match = INTEGER.exec(literal);
  if (match === null) throw new LiteralError(`"${literal}" is not an integer`);
  const [, sign, number] = match;
  const hex = number!.startsWith("0x");
  const digits = number!
    .slice(hex ? 2 : 0)
    .replaceAll("_", "")
    .replace(/^0+(?=.)/, "");
  const magnitude = digits.length > MAX_DIGITS ? 1n << 64n : BigInt(hex ? `0x${digits}` : digits);
  const limit = sign === "-" ? 1n << BigInt(width - 1) : (1n << BigInt(width)) - 1n;
  if (magnitude > limit) throw new LiteralError(`${literal} does not fit i${width}`);
  return BigInt.asUintN(width, sign === "-" ? -magnitude : magnitude);
}
