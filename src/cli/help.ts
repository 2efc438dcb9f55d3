import type { Command } from "./command.ts";

const GLOBAL_OPTIONS: readonly Row[] = [
  ["--help", "show this help, or that of a command"],
  ["--version", "print the version"],
];

const EXIT_CODES = `Exit codes: 0 ok, 1 trap or mismatch, 2 usage, 3 invalid input, 4 out of gas or
another limit.`;

type Row = readonly [left: string, right: string];

export function overview(commands: readonly Command[]): string {
  return [
    "Deterministic Wasm and Polkadot block verification in plain JavaScript.",
    "",
    "Usage: lockstep COMMAND [ARGUMENTS] [OPTIONS]",
    "",
    "Commands:",
    ...table(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Options:",
    ...table(GLOBAL_OPTIONS),
    "",
    EXIT_CODES,
    "",
  ].join("\n");
}

/** `lockstep run FILE EXPORT [ARG…] [OPTIONS]` */
export function usage(command: Command): string {
  const positionals = command.positionals.map(({ name, many, optional }) => {
    const text = many ? `${name}…` : name;
    return many || optional ? `[${text}]` : text;
  });
  const required = command.required === undefined ? [] : [command.required];
  return ["lockstep", command.name, ...positionals, ...required, "[OPTIONS]"].join(" ");
}

export function commandHelp(command: Command): string {
  const options = Object.entries(command.options).map(([name, { value, short, help }]): Row => {
    const letter = short === undefined ? "" : `-${short}, `;
    return [`${letter}--${name}${value === undefined ? "" : ` ${value}`}`, help];
  });
  const notes = command.notes === undefined ? [] : [command.notes.trim(), ""];
  return [
    `${command.summary[0]!.toUpperCase()}${command.summary.slice(1)}.`,
    "",
    `Usage: ${usage(command)}`,
    "",
    "Options:",
    ...table([...options, GLOBAL_OPTIONS[0]!]),
    "",
    ...notes,
    EXIT_CODES,
    "",
  ].join("\n");
}

function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
