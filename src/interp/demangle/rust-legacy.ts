import { suffixOf } from "./suffix.ts";

const HASH = /^h[\da-f]{16}$/;

const ESCAPES: { readonly [name: string]: string } = {
  SP: "@",
  BP: "*",
  RF: "&",
  LT: "<",
  GT: ">",
  LP: "(",
  RP: ")",
  C: ",",
};

/**
 * Rust's first mangling: C++'s form of a nested name, each part with its length, the last one a hash:
 * `_ZN4core3fmt9Formatter3pad17h0123456789abcdefE`. Undefined if it is not of that form: C++ shares the prefix.
 */
export function demangleRustLegacy(symbol: string): string | undefined {
  const parts: string[] = [];
  let at = 3;
  while (symbol[at] !== "E") {
    const digits = /^[1-9]\d{0,4}/.exec(symbol.slice(at, at + 5))?.[0];
    if (digits === undefined) return undefined;
    at += digits.length;
    const part = symbol.slice(at, at + Number(digits));
    if (part.length < Number(digits)) return undefined;
    parts.push(part);
    at += part.length;
  }
  const suffix = suffixOf(symbol.slice(at + 1));
  const hash = parts.pop();
  if (suffix === undefined || hash === undefined || !HASH.test(hash) || parts.length === 0) return undefined;
  return parts.map(unescapePart).join("::") + suffix;
}

function unescapePart(part: string): string {
  // An underscore keeps a part that begins with an escape an identifier.
  return part
    .replace(/^_\$/, "$")
    .replace(/\$(?:([A-Z]{1,2})|u([\da-f]{1,6}))\$|\.\./g, (text, name?: string, code?: string) => {
      if (text === "..") return "::";
      if (name !== undefined) return ESCAPES[name] ?? text;
      const point = Number.parseInt(code!, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : text;
    });
}
