/** What is wrong with a hex string. */
export type HexErrorKind = "missing-prefix" | "odd-length" | "bad-digit";

/** A string is not the hex form of bytes. */
export class HexError extends Error {
  override readonly name = "HexError";
  readonly kind: HexErrorKind;
  /** Index of the offending character. */
  readonly offset: number;

  constructor(kind: HexErrorKind, reason: string, offset: number) {
    super(`${reason} (at character ${offset})`);
    this.kind = kind;
    this.offset = offset;
  }
}

export type Hex = `0x${string}`;

const BYTE_TO_HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** Bytes joined at a time: bounds the array of pieces that a large value needs. */
const CHUNK = 8192;

/** `0x` and two lower-case digits for each byte. */
export function bytesToHex(bytes: Uint8Array): Hex {
  let hex: Hex = "0x";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    const end = Math.min(start + CHUNK, bytes.length);
    const digits = new Array<string>(end - start);
    for (let i = start; i < end; i++) digits[i - start] = BYTE_TO_HEX[bytes[i]];
    hex += digits.join("");
  }
  return hex as Hex;
}

/** The value of a hex digit's character code, or -1. */
function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/**
 * The bytes of `0x…`, digits in either case.
 * @param prefix "optional" also takes digits alone, as people type them.
 * @throws HexError
 */
export function hexToBytes(hex: string, prefix: "required" | "optional" = "required"): Uint8Array {
  const prefixed = hex.startsWith("0x");
  if (!prefixed && prefix === "required") throw new HexError("missing-prefix", "hex must begin with 0x", 0);
  const start = prefixed ? 2 : 0;
  if (hex.length % 2 !== 0) throw new HexError("odd-length", "hex has an odd number of digits", hex.length);
  const bytes = new Uint8Array((hex.length - start) / 2);
  for (let i = 0, at = start; i < bytes.length; i++, at += 2) {
    const high = digit(hex.charCodeAt(at));
    const low = digit(hex.charCodeAt(at + 1));
    if (high < 0 || low < 0) throw new HexError("bad-digit", "not a hex digit", high < 0 ? at : at + 1);
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}
