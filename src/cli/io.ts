import type pc from "picocolors";
import type { Input } from "../host/wasi/index.ts";

export type Colors = ReturnType<typeof pc.createColors>;

/** The part of a stream that commands write to. */
export interface Output {
  /** Bytes are those of a program that writes: not necessarily text. */
  write(text: string | Uint8Array): unknown;
}

/** Everything a command touches beside files: given to it, so that tests can look. */
export interface Io {
  /** Results. Byte-identical for identical input when `--json` is given. */
  readonly stdout: Output;
  /** Errors and progress. */
  readonly stderr: Output;
  /** What programs read as their standard input. Default: nothing. */
  readonly stdin?: Input;
  /** Whether somebody watches stderr: only then is progress shown. */
  readonly interactive: boolean;
  readonly colors: Colors;
  readonly env: { readonly [name: string]: string | undefined };
  /** Milliseconds from an arbitrary start; for human output only. */
  readonly now: () => number;
}

/** One JSON value on one line. */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printLines(io: Io, ...lines: readonly string[]): void {
  io.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

/** Shows `text` in place of the last progress on a terminal's stderr; the empty string clears it. */
export function showProgress(io: Io, text: string): void {
  if (io.interactive) io.stderr.write(`\r\u001b[2K${text}`);
}
