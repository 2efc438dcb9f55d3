import { ScriptError } from "../script.ts";

const NEWLINE = 0x0a;

/** Where something stands in a text: line and column, both counted from 1. A column is a character, not a byte. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A file is not a script: its tokens, its parentheses or the form of a command are wrong. */
export class WastSyntaxError extends ScriptError {
  readonly line: number;
  readonly column: number;

  constructor(problem: string, file: string, { line, column }: Position) {
    super(`${file}:${line}:${column}: ${problem}`);
    this.line = line;
    this.column = column;
  }
}

/** The position of a byte offset, in one pass over what is before it: for errors, of which there is one. */
export function positionOf(source: Uint8Array, offset: number): Position {
  let [line, column] = [1, 1];
  for (let i = 0; i < offset; i++) {
    const byte = source[i]!;
    if (byte === NEWLINE) {
      line++;
      column = 1;
    } else if ((byte & 0xc0) !== 0x80) {
      // All but the continuation bytes of UTF-8.
      column++;
    }
  }
  return { line, column };
}

/** Counts the lines of a text for offsets that only grow, so that all of them together cost one pass. */
export class LineCounter {
  readonly #source: Uint8Array;
  #offset = 0;
  #line = 1;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  /** The line, from 1, of an offset not before that of the last call. */
  lineAt(offset: number): number {
    for (; this.#offset < offset; this.#offset++) {
      if (this.#source[this.#offset] === NEWLINE) this.#line++;
    }
    return this.#line;
  }
}
