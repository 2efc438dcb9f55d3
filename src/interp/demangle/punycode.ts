const BASE = 36;
const MIN = 1;
const MAX = 26;

/**
 * RFC 3492 as Rust's v0 mangling has it: the basic characters, "_", then the rest in digits a-z, 0-9. Undefined if it
 * is malformed.
 */
export function decodePunycode(text: string): string | undefined {
  const split = text.lastIndexOf("_");
  const points = [...text.slice(0, Math.max(split, 0))].map((char) => char.codePointAt(0)!);
  let at = split + 1;
  let point = 128;
  let index = 0;
  let bias = 72;
  let isFirst = true;
  while (at < text.length) {
    const before = index;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const digit = digitOf(text.charCodeAt(at++));
      if (digit === undefined) return undefined;
      index += digit * weight;
      if (index > 0x7fff_ffff) return undefined;
      const threshold = Math.min(MAX, Math.max(MIN, k - bias));
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    const count = points.length + 1;
    bias = adapt(index - before, count, isFirst);
    isFirst = false;
    point += Math.floor(index / count);
    index %= count;
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return undefined;
    points.splice(index++, 0, point);
  }
  return points.map((value) => String.fromCodePoint(value)).join("");
}

function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? 700 : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((BASE - MIN) * MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - MIN));
  return k + Math.floor(((BASE - MIN + 1) * rest) / (rest + 38));
}

/** Past the end `charCodeAt` gave NaN, which is no digit either. */
function digitOf(code: number): number | undefined {
  if (code >= 0x61 && code <= 0x7a) return code - 0x61;
  return code >= 0x30 && code <= 0x39 ? code - 0x30 + 26 : undefined;
}
