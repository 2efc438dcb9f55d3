import { CurveError } from "./errors.ts";

/**
 * Reads values as arkworks writes them without compression, and as its unchecked reader takes them: numbers must be
 * below their modulus, but points need not be on a curve, and what follows a value is not looked at.
 */
export class ArkReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws CurveError `malformed-input` at the end of the input */
  take(size: number): Uint8Array {
    const end = this.#at + size;
    if (end > this.#bytes.length) throw new CurveError("malformed-input");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** A number of `size` bytes, least significant first, below `modulus`. @throws CurveError `malformed-input` */
  number(size: number, modulus: bigint): bigint {
    return below(littleEndian(this.take(size)), modulus);
  }

  /** A list: its length in eight bytes, then its items. Room is taken as they come, not as the length says. */
  list<T>(item: (reader: ArkReader) => T): T[] {
    const length = littleEndian(this.take(8));
    // No item is empty, so what follows bounds their number.
    if (length > this.#bytes.length) throw new CurveError("malformed-input");
    return Array.from({ length: Number(length) }, () => item(this));
  }
}

/** A scalar of any size: a list of 64-bit limbs, the least significant first. */
export function readBigInteger(reader: ArkReader): bigint {
  const limbs = reader.list((r) => littleEndian(r.take(8)));
  return limbs.reduceRight((sum, limb) => (sum << 64n) | limb, 0n);
}

/** @throws CurveError `malformed-input` */
export function below(value: bigint, modulus: bigint): bigint {
  if (value >= modulus) throw new CurveError("malformed-input");
  return value;
}

export function littleEndian(bytes: Uint8Array): bigint {
  return bigEndian(bytes.slice().reverse());
}

export function bigEndian(bytes: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}

/** Writes `value` into all of `out`, most significant byte first. */
export function writeBigEndian(out: Uint8Array, value: bigint): void {
  let rest = value;
  for (let i = out.length - 1; i >= 0; i--) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

/** Writes `value` into all of `out`, least significant byte first. */
export function writeLittleEndian(out: Uint8Array, value: bigint): void {
  writeBigEndian(out, value);
  out.reverse();
}
