import { createRequire } from "node:module";
import { nearest, parseArgs, UsageError } from "./args.ts";
import type { Command } from "./command.ts";
import { commands } from "./commands/index.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { failureOf } from "./failure.ts";
import { commandHelp, overview, usage } from "./help.ts";
import { type Io, printJson, printLines, showProgress } from "./io.ts";

/**
 * Runs the program: `args` are the words after its name. Writes to the given streams and returns the exit code;
 * never throws for what is wrong with its input.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") return help(rest[0], io);
  if (name === "--version" || name === "-V") {
    printLines(io, version());
    return EXIT.ok;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) return unknownCommand(name, io);
  if (rest.includes("--help") || rest.includes("-h")) return help(name, io);
  try {
    return await command.run(parseArgs(rest, command.options, command.positionals), io);
  } catch (error) {
    return report(error, command, rest.includes("--json"), io);
  }
}

function help(name: string | undefined, io: Io): ExitCode {
  if (name === undefined || name.startsWith("-")) {
    io.stdout.write(overview(commands));
    return EXIT.ok;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) return unknownCommand(name, io);
  io.stdout.write(commandHelp(command));
  return EXIT.ok;
}

function unknownCommand(name: string, io: Io): ExitCode {
  const similar = nearest(
    name,
    commands.map((command) => command.name),
  );
  const hint = similar === undefined ? "see lockstep --help" : `did you mean ${similar}?`;
  io.stderr.write(`${io.colors.red("error:")} unknown command "${name}", ${hint}\n`);
  return EXIT.usage;
}

function report(error: unknown, command: Command, json: boolean, io: Io): ExitCode {
  const failure = failureOf(error);
  showProgress(io, "");
  if (json) {
    const { kind, message, details } = failure;
    printJson(io, { ok: false, error: { kind, message, ...details } });
  }
  io.stderr.write(`${io.colors.red("error:")} ${[failure.message, ...(failure.lines ?? [])].join("\n")}\n`);
  if (error instanceof UsageError) io.stderr.write(`usage: ${usage(command)}\n`);
  return failure.exitCode;
}

/** From the package's own manifest. */
function version(): string {
  const manifest = createRequire(import.meta.url)("lockstep/package.json") as { version: string };
  return manifest.version;
}
