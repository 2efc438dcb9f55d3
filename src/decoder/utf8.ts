/** Code units handed to `String.fromCharCode` at once: well below any engine's limit on arguments. */
const CHUNK = 1024;

/**
 * The string whose UTF-8 encoding is `bytes[start, end)`, or undefined if that is none (spec, Binary Format, Names;
 * Unicode table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF. A leading U+FEFF is kept, as names
 * are compared code point by code point. Written out because `TextDecoder` is not part of ECMAScript.
 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  let units: number[] = [];
  let pos = start;
  while (pos < end) {
    const first = bytes[pos++]!;
    let code = first;
    if (first >= 0x80) {
      // The length of the sequence, and the range its second byte must lie in.
      let more: number;
      let low = 0x80;
      let high = 0xbf;
      if (first >= 0xc2 && first <= 0xdf) {
        more = 1;
        code = first & 0x1f;
      } else if (first >= 0xe0 && first <= 0xef) {
        more = 2;
        code = first & 0x0f;
        if (first === 0xe0) low = 0xa0;
        if (first === 0xed) high = 0x9f;
      } else if (first >= 0xf0 && first <= 0xf4) {
        more = 3;
        code = first & 0x07;
        if (first === 0xf0) low = 0x90;
        if (first === 0xf4) high = 0x8f;
      } else {
        return undefined;
      }
      if (pos + more > end) return undefined;
      for (; more > 0; more--) {
        const next = bytes[pos++]!;
        if (next < low || next > high) return undefined;
        code = (code << 6) | (next & 0x3f);
        low = 0x80;
        high = 0xbf;
      }
    }
    if (code > 0xffff) {
      units.push(0xd7c0 + (code >>> 10), 0xdc00 | (code & 0x3ff));
    } else {
      units.push(code);
    }
    if (units.length >= CHUNK) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}
