/** An option of a command: `--name`, or `--name VALUE` / `--name=VALUE`; with a letter also `-n VALUE`. */
export interface OptionSpec {
  /** One letter that may stand for the name. */
  readonly short?: string;
  /** What the value is, for the help text ("FILE"); absent for a flag. */
  readonly value?: string;
  readonly help: string;
  /** May be given several times; only with a value. */
  readonly many?: boolean;
  /** A flag with which everything behind the first positional is positional too: the arguments of a program. */
  readonly endsOptions?: boolean;
}
export type OptionSpecs = { readonly [name: string]: OptionSpec };

/** Flags become booleans; options with a value become strings, undefined where not given, or lists of strings. */
export type OptionValues<S extends OptionSpecs> = {
  readonly [K in keyof S]: S[K] extends { readonly value: string }
    ? S[K] extends { readonly many: true }
      ? readonly string[]
      : string | undefined
    : boolean;
};

export interface PositionalSpec {
  readonly name: string;
  /** Takes all that remain, or none. Only the last one may. */
  readonly many?: boolean;
  /** May be left out. */
  readonly optional?: boolean;
}

export interface ParsedArgs<S extends OptionSpecs> {
  readonly options: OptionValues<S>;
  readonly positionals: readonly string[];
}

/** The command line does not say something this program understands. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A number may begin with a minus: `-1`, `-.5`, `-inf`, `-nan:0x1` are arguments and never options. */
const NEGATIVE_NUMBER = /^-(\d|\.\d|inf|nan)/i;

/**
 * Sorts arguments into options and positionals. Options may stand anywhere; after `--` all are positionals.
 *
 * @throws UsageError for an unknown or repeated option, a missing or a superfluous value or argument.
 */
export function parseArgs<S extends OptionSpecs>(
  args: readonly string[],
  specs: S,
  positionalSpecs: readonly PositionalSpec[],
): ParsedArgs<S> {
  const values = new Map<string, string | true | string[]>();
  const endOptions = (): boolean => [...values.keys()].some((name) => specs[name]!.endsOptions === true);
  const positionals: string[] = [];
  let onlyPositionals = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (onlyPositionals || !arg.startsWith("-") || arg === "-" || NEGATIVE_NUMBER.test(arg)) {
      positionals.push(arg);
      onlyPositionals ||= endOptions();
      continue;
    }
    if (arg === "--") {
      onlyPositionals = true;
      continue;
    }
    const [flag, attached] = splitOnce(arg, "=");
    const name = optionName(flag, specs);
    if (name === undefined) throw new UsageError(unknownOption(flag, Object.keys(specs)));
    const spec = specs[name]!;
    if (values.has(name) && spec.many !== true) throw new UsageError(`option ${flag} is given twice`);
    if (spec.value === undefined) {
      if (attached !== undefined) throw new UsageError(`option ${flag} takes no value`);
      values.set(name, true);
      continue;
    }
    const value = attached ?? args[++i];
    if (value === undefined || (attached === undefined && value.startsWith("--"))) {
      throw new UsageError(`option ${flag} needs a value: ${flag} ${spec.value}`);
    }
    if (spec.many === true) values.set(name, [...((values.get(name) as string[] | undefined) ?? []), value]);
    else values.set(name, value);
  }
  checkCount(positionals, positionalSpecs);
  const options = Object.entries(specs).map(([name, spec]) => [
    name,
    values.get(name) ?? (spec.value === undefined ? false : spec.many === true ? [] : undefined),
  ]);
  return { options: Object.fromEntries(options) as OptionValues<S>, positionals };
}

/** The name of the option that a flag means. */
function optionName(flag: string, specs: OptionSpecs): string | undefined {
  const name = flag.slice(2);
  if (flag.startsWith("--")) return Object.hasOwn(specs, name) ? name : undefined;
  return Object.keys(specs).find((candidate) => flag === `-${specs[candidate]!.short}`);
}

function checkCount(positionals: readonly string[], specs: readonly PositionalSpec[]): void {
  const missing = specs.find(({ many, optional }, i) => !many && !optional && i >= positionals.length);
  if (missing !== undefined) throw new UsageError(`missing argument ${missing.name}`);
  if (positionals.length > specs.length && !specs.at(-1)?.many) {
    throw new UsageError(`unexpected argument "${positionals[specs.length]}"`);
  }
}

function unknownOption(flag: string, known: readonly string[]): string {
  const similar = nearest(flag.replace(/^-+/, ""), known);
  return `unknown option ${flag}${similar === undefined ? "" : `, did you mean --${similar}?`}`;
}

/** The candidate that differs from `word` least, by at most two edits and less than half its length. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: editDistance(word.slice(0, 40), candidate) }))
    .filter(({ candidate, edits }) => edits <= 2 && 2 * edits < candidate.length)
    .sort((a, b) => a.edits - b.edits);
  return best?.candidate;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
