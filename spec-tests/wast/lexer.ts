import { positionOf, WastSyntaxError } from "./position.ts";

/**
 * A token and the bytes it takes: `source[start, end)`. An `atom` is a keyword, an identifier or a number, told
 * apart by who reads it; a `string` includes its quotes. After the last token comes `end`, again and again.
 */
export interface Token {
  readonly kind: "(" | ")" | "string" | "atom" | "end";
  readonly start: number;
  readonly end: number;
}

const OPEN = code("(");
const CLOSE = code(")");
const QUOTE = code('"');
const BACKSLASH = code("\\");
const SEMICOLON = code(";");
const AT = code("@");
const NEWLINE = code("\n");
const RETURN = code("\r");

/**
 * What atoms are made of: `idchar`, and the characters that the text format reserves (spec 1.0, 6.3.1 and 6.3.2).
 * No command has the latter; modules may, and it is not for the reader of the script to refuse them.
 */
const ATOM = new Set([..."!#$%&'*+-./:<=>?@\\^_`|~,[]{}"].map(code));
for (const [first, last] of ["09", "AZ", "az"]) {
  for (let char = code(first!); char <= code(last!); char++) ATOM.add(char);
}

function code(char: string): number {
  return char.charCodeAt(0);
}

/**
 * Splits a script into tokens: the lexical format of spec 1.0, 6.3, with the annotations of later versions, which
 * are passed over like comments. Works on bytes, since strings of scripts need not be UTF-8.
 */
export class Lexer {
  readonly source: Uint8Array;
  readonly #file: string;
  #at: number;

  /** @param file name for errors. @param start offset to begin at. */
  constructor(source: Uint8Array, file: string, start = 0) {
    this.source = source;
    this.#file = file;
    this.#at = start;
  }

  /** @throws WastSyntaxError */
  next(): Token {
    this.#skipSpace();
    const start = this.#at;
    if (start >= this.source.length) return { kind: "end", start, end: start };
    const byte = this.source[start]!;
    if (byte === OPEN || byte === CLOSE) {
      this.#at++;
      return { kind: byte === OPEN ? "(" : ")", start, end: this.#at };
    }
    if (byte === QUOTE) {
      this.#skipString();
      return { kind: "string", start, end: this.#at };
    }
    while (ATOM.has(this.source[this.#at]!)) this.#at++;
    if (this.#at === start) throw this.error(`unexpected ${describe(byte)}`, start);
    return { kind: "atom", start, end: this.#at };
  }

  error(problem: string, offset: number): WastSyntaxError {
    return new WastSyntaxError(problem, this.#file, positionOf(this.source, offset));
  }

  #skipSpace(): void {
    const { source } = this;
    for (;;) {
      const byte = source[this.#at];
      const following = source[this.#at + 1];
      if (byte === 0x20 || byte === 0x09 || byte === NEWLINE || byte === RETURN) this.#at++;
      else if (byte === SEMICOLON && following === SEMICOLON) this.#skipLine();
      else if (byte === OPEN && following === SEMICOLON) this.#skipBlock();
      else if (byte === OPEN && following === AT) this.#skipAnnotation();
      else return;
    }
  }

  #skipLine(): void {
    const end = this.source.indexOf(NEWLINE, this.#at);
    this.#at = end < 0 ? this.source.length : end;
  }

  /** Block comments nest. */
  #skipBlock(): void {
    const { source } = this;
    const start = this.#at;
    let depth = 0;
    do {
      const [byte, following] = [source[this.#at], source[this.#at + 1]];
      if (byte === undefined) throw this.error("a block comment without end", start);
      const opens = byte === OPEN && following === SEMICOLON;
      const closes = byte === SEMICOLON && following === CLOSE;
      if (opens) depth++;
      if (closes) depth--;
      this.#at += opens || closes ? 2 : 1;
    } while (depth > 0);
  }

  /** An annotation, `(@name …)`, ends at the parenthesis that closes it; those in its strings do not count. */
  #skipAnnotation(): void {
    const start = this.#at;
    let depth = 0;
    for (;;) {
      const byte = this.source[this.#at];
      if (byte === undefined) throw this.error("an annotation without end", start);
      if (byte === QUOTE) {
        this.#skipString();
        continue;
      }
      const following = this.source[this.#at + 1];
      if (byte === SEMICOLON && following === SEMICOLON) this.#skipLine();
      else if (byte === OPEN && following === SEMICOLON) this.#skipBlock();
      else {
        this.#at++;
        if (byte === OPEN) depth++;
        if (byte === CLOSE && --depth === 0) return;
      }
    }
  }

  #skipString(): void {
    const start = this.#at++;
    for (;;) {
      const byte = this.source[this.#at];
      if (byte === undefined || byte === NEWLINE || byte === RETURN) {
        throw this.error("a string without end", start);
      }
      this.#at += byte === BACKSLASH ? 2 : 1;
      if (byte === QUOTE) return;
    }
  }
}

function describe(byte: number): string {
  return byte > 0x20 && byte < 0x7f
    ? `"${String.fromCharCode(byte)}"`
    : `byte 0x${byte.toString(16).padStart(2, "0")}`;
}
