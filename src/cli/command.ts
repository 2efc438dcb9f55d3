import type { OptionSpecs, ParsedArgs, PositionalSpec } from "./args.ts";
import type { Io } from "./io.ts";

/**
 * One command: its command line as data, from which parsing and help derive, and what it does. `run` returns
 * the exit code for verdicts, or that of the program it ran; what is wrong with the input it throws, and `main` reports
 * it.
 */
export interface Command<S extends OptionSpecs = OptionSpecs> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: S;
  /** Options that may not be left out, as the usage line shows them. */
  readonly required?: string;
  /** More for `lockstep COMMAND --help`: formats, defaults. Lines of at most 80 columns. */
  readonly notes?: string;
  run(args: ParsedArgs<S>, io: Io): number | Promise<number>;
}

/** Lets the options' types be inferred from their table. */
export function defineCommand<const S extends OptionSpecs>(command: Command<S>): Command<S> {
  return command;
}

/** Options that several commands share, worded once. */
export const COMMON_OPTIONS = {
  json: { help: "print one JSON object on stdout" },
  gas: { value: "N", help: 'gas limit, or "unlimited" (default 10,000,000,000)' },
  features: { value: "SET", help: "mvp, polkadot (default), 2.0 or a list: mutable-globals,…" },
  spec: { value: "FILE", help: "raw chain specification: its genesis is the state" },
  state: { value: "FILE", help: 'state as JSON: {"0xkey":"0xvalue",…}, or {"main","child"}' },
} as const satisfies OptionSpecs;
