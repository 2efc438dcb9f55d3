/** A literal is not of the text format. `offset` counts from the literal's first byte. */
export class LiteralError extends Error {
  override readonly name = "LiteralError";
  readonly offset: number;

  constructor(problem: string, offset = 0) {
    super(problem);
    this.offset = offset;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;

/** Escapes of one character (spec 1.0, 6.3.3). */
const ESCAPES: ReadonlyMap<string, number> = new Map([
  ["t", 0x09],
  ["n", 0x0a],
  ["r", 0x0d],
  ['"', QUOTE],
  ["'", 0x27],
  ["\\", BACKSLASH],
]);

const UTF8 = new TextEncoder();

/**
 * The bytes that a string token stands for, which may be any at all: `\hh` is a byte, `\u{h…}` a character's UTF-8.
 *
 * @param token the token with its quotes.
 * @throws LiteralError
 */
export function stringBytes(token: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(token.length);
  let length = 0;
  for (let at = 1; at < token.length - 1; ) {
    const byte = token[at]!;
    if (byte < 0x20 || byte === DELETE) throw new LiteralError("a control character in a string", at);
    if (byte !== BACKSLASH) {
      bytes[length++] = byte;
      at++;
      continue;
    }
    const { value, size } = readEscape(token, at);
    bytes.set(value, length);
    length += value.length;
    at += size;
  }
  return bytes.subarray(0, length);
}

/** An escape is never shorter than what it stands for: `\u{10ffff}` has 10 bytes, its UTF-8 has 4. */
function readEscape(token: Uint8Array, at: number): { value: ArrayLike<number>; size: number } {
  // The longest escape of use; leading zeros in braces may make it longer.
  const letters = String.fromCharCode(...token.subarray(at + 1, at + 4));
  const single = ESCAPES.get(letters[0]!);
  if (single !== undefined) return { value: [single], size: 2 };
  const hex = /^[0-9a-fA-F]{2}/.exec(letters);
  if (hex !== null) return { value: [Number.parseInt(hex[0], 16)], size: 3 };
  if (letters.startsWith("u{")) return readCodePoint(token, at);
  throw new LiteralError(`unknown escape "\\${letters[0]}"`, at);
}

function readCodePoint(token: Uint8Array, at: number): { value: Uint8Array; size: number } {
  const end = token.indexOf(0x7d, at);
  const digits = end < 0 ? "" : new TextDecoder("latin1").decode(token.subarray(at + 3, end));
  if (digits === "" || /[^0-9a-fA-F_]|^_|__|_$/.test(digits))
    throw new LiteralError("a malformed \\u{…}", at);
  const point = Number.parseInt(digits.replaceAll("_", ""), 16);
  if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
    throw new LiteralError(`\\u{${digits}} is not a character`, at);
  }
  return { value: UTF8.encode(String.fromCodePoint(point)), size: end + 1 - at };
}

/** The name that a string token stands for. @throws LiteralError if it is not UTF-8 either. */
export function stringName(token: Uint8Array): string {
  const bytes = stringBytes(token);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new LiteralError("a name that is not UTF-8");
  }
}
