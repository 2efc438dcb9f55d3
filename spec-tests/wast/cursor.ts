import { Lexer, type Token } from "./lexer.ts";
import { LineCounter } from "./position.ts";
import { LiteralError, stringBytes, stringName } from "./strings.ts";

const LATIN1 = new TextDecoder("latin1");

/**
 * Reads a script token by token, one token ahead. A method that takes something throws a WastSyntaxError, with the
 * place, if something else is there.
 */
export class Cursor {
  readonly source: Uint8Array;
  readonly #file: string;
  readonly #lexer: Lexer;
  readonly #lines: LineCounter;
  #token: Token;
  #depth = 0;

  constructor(source: Uint8Array, file: string) {
    this.source = source;
    this.#file = file;
    this.#lexer = new Lexer(source, file);
    this.#lines = new LineCounter(source);
    this.#token = this.#lexer.next();
  }

  get kind(): Token["kind"] {
    return this.#token.kind;
  }

  /** Offset of the token ahead. */
  get offset(): number {
    return this.#token.start;
  }

  /**
   * Line, from 1, of the keyword after the `(` ahead: that is where wast2json says a command is. Asked for what is
   * ahead, never for what is behind, it costs one pass over the whole source.
   */
  get headLine(): number {
    return this.#lines.lineAt(this.#head().start);
  }

  /** How many parentheses are open. */
  get depth(): number {
    return this.#depth;
  }

  /** The keyword or other atom that comes after the `(` ahead; undefined if nothing like that is ahead. */
  peekHead(): string | undefined {
    const head = this.#head();
    return this.kind === "(" && head.kind === "atom" ? this.#text(head) : undefined;
  }

  /** Takes a `(` and the keyword after it. */
  open(): string {
    this.#take("(");
    return this.#text(this.#take("atom"));
  }

  /** Takes a `)`. Returns the offset behind it. */
  close(): number {
    return this.#take(")").end;
  }

  /** Takes the keyword ahead if it is this one. */
  takeKeyword(keyword: string): boolean {
    if (this.kind !== "atom" || this.#text(this.#token) !== keyword) return false;
    this.#advance();
    return true;
  }

  /** Takes the identifier ahead, `$name` with its dollar, if there is one. */
  takeId(): string | undefined {
    if (this.kind !== "atom" || this.source[this.offset] !== 0x24) return undefined;
    return this.#text(this.#advance());
  }

  takeAtom(): string {
    return this.#text(this.#take("atom"));
  }

  /** Takes a string and decodes it as a name. */
  takeName(): string {
    return this.#decode(stringName);
  }

  /** Takes all the strings ahead: one after the other they are one string of bytes. */
  takeStrings(): Uint8Array {
    const parts: Uint8Array[] = [];
    while (this.kind === "string") parts.push(this.#decode(stringBytes));
    const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** Takes everything up to the parenthesis that leaves `depth` open, that one included. Returns the offset behind it. */
  leave(depth: number): number {
    let end = this.offset;
    while (this.#depth > depth) {
      if (this.kind === "end") throw this.error('expected ")", found the end');
      end = this.#advance().end;
    }
    return end;
  }

  /** An error at the token ahead, or at the offset given. */
  error(problem: string, offset: number = this.offset): Error {
    return this.#lexer.error(problem, offset);
  }

  /** The token after the `(` ahead; without a `(`, the token ahead. */
  #head(): Token {
    if (this.kind !== "(") return this.#token;
    return new Lexer(this.source, this.#file, this.#token.end).next();
  }

  #decode<T>(decode: (token: Uint8Array) => T): T {
    const { start, end } = this.#take("string");
    try {
      return decode(this.source.subarray(start, end));
    } catch (error) {
      if (!(error instanceof LiteralError)) throw error;
      throw this.error(error.message, start + error.offset);
    }
  }

  #take(kind: Token["kind"]): Token {
    if (this.kind !== kind) throw this.error(`expected ${nameOf(kind)}, found ${this.#describe()}`);
    return this.#advance();
  }

  #advance(): Token {
    const token = this.#token;
    if (token.kind === "(") this.#depth++;
    if (token.kind === ")") {
      if (this.#depth === 0) throw this.error('")" closes nothing');
      this.#depth--;
    }
    this.#token = this.#lexer.next();
    return token;
  }

  #text({ start, end }: Token): string {
    return LATIN1.decode(this.source.subarray(start, end));
  }

  #describe(): string {
    return this.kind === "atom" ? this.#text(this.#token) : nameOf(this.kind);
  }
}

const NAMES: { readonly [kind in Token["kind"]]: string } = {
  "(": '"("',
  ")": '")"',
  string: "a string",
  atom: "a word",
  end: "the end",
};

function nameOf(kind: Token["kind"]): string {
  return NAMES[kind];
}
