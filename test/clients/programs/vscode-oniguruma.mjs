// The regular expressions of VS Code's grammars: Oniguruma in C, by Emscripten, with its embind calls.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { loadWASM, createOnigScanner, createOnigString } = require("vscode-oniguruma");

const PATTERNS = [
  String.raw`\b(function|return|const|let|if|else)\b`,
  String.raw`"(?:[^"\\]|\\.)*"`,
  String.raw`(?<number>\b\d+(?:\.\d+)?\b)`,
  "//.*$",
  String.raw`(?i)[\p{L}_$][\p{L}\p{N}_$]*`,
];
const SOURCE = Array.from(
  { length: 40 },
  (_, i) => `function größe${i}(a, b) { const x = "text ${i}"; return a * ${i}.5 + b; } // comment`,
).join("\n");

export async function open() {
  const file = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await loadWASM(new Uint8Array(file).buffer);
  const scanner = createOnigScanner(PATTERNS);
  const text = createOnigString(SOURCE);
  return () => {
    const tokens = [];
    for (let at = 0; ; ) {
      const match = scanner.findNextMatchSync(text, at);
      if (match === null) break;
      const [{ start, end }] = match.captureIndices;
      tokens.push(`${match.index}:${start}-${end}`);
      at = Math.max(end, start + 1);
    }
    return { tokens: tokens.length, first: tokens.slice(0, 12), last: tokens.at(-1) };
  };
}
