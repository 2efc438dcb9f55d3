import { basename } from "node:path";
import { allFeatures, load } from "../decoder/index.ts";
import {
  Captured,
  type CommandOptions,
  type Folder,
  type Input,
  loadReactor,
  ProcExit,
  runCommand,
  SeededEntropy,
  VirtualClock,
  WasiError,
} from "../host/wasi/index.ts";
import { type Func, Store, Trap } from "../interp/index.ts";
import { NodeFolder, SystemClock, systemEntropy } from "../node/index.ts";
import { type OptionSpecs, type OptionValues, UsageError } from "./args.ts";
import type { EXECUTION_OPTIONS } from "./execution-options.ts";
import { parseExecution } from "./execution-options.ts";
import { EXIT } from "./exit-codes.ts";
import { InputError, readBytes } from "./input.ts";
import { type Io, printJson, printLines } from "./io.ts";
import { reportTrap } from "./trap-report.ts";
import { parseValue, typeName, valueToJson } from "./values.ts";

export const WASI_OPTIONS = {
  wasi: { help: "FILE is a WASI program (preview 1)", endsOptions: true },
  dir: { value: "HOST[::GUEST]", help: "a folder the program may use, as GUEST", many: true },
  env: { value: "NAME=VALUE", help: "a variable of its environment", many: true },
  invoke: { value: "EXPORT", help: "call a function of a reactor instead of _start" },
  "system-clock": { help: "give it the machine's clocks, not virtual ones" },
  "system-random": { help: "give it real random numbers, not seeded ones" },
  seed: { value: "N", help: "seed of its random numbers (default 0)" },
} as const satisfies OptionSpecs;

type Options = OptionValues<
  typeof EXECUTION_OPTIONS & typeof WASI_OPTIONS & { readonly json: { readonly help: string } }
>;

/** @throws UsageError for options that only programs take. */
export function refuseWasiOptions(options: OptionValues<typeof WASI_OPTIONS>): void {
  for (const name of Object.keys(WASI_OPTIONS) as (keyof typeof WASI_OPTIONS)[]) {
    const value = options[name];
    const given = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
    if (given) throw new UsageError(`--${name} is for programs: give --wasi too`);
  }
}

/** Runs a WASI program. Returns its exit code. @throws UsageError, InputError, ModuleError, LinkError */
export function runProgram(file: string, args: readonly string[], options: Options, io: Io): number {
  const { features = allFeatures(), gasLimit, executor } = parseExecution(options);
  const captured = options.json ? { stdout: new Captured(), stderr: new Captured() } : undefined;
  const given = { ...wasiOptions(file, args, options, io), ...captured };
  const module = load(readBytes(file), { features });
  const store = new Store({
    ...(gasLimit !== undefined && { gasLimit }),
    ...(executor !== undefined && { executor }),
  });
  const { invoke } = options;
  const isCommand = module.exports.some(({ kind, name }) => kind === "func" && name === "_start");
  if (invoke === undefined && !isCommand) {
    throw new InputError("the module exports no _start, so it is no program; --invoke calls another export");
  }
  const report = (exitCode: number, more: object = {}): number => {
    if (captured !== undefined) {
      const { stdout, stderr } = captured;
      printJson(io, {
        exitCode,
        ...more,
        stdout: stdout.text,
        stderr: stderr.text,
        gasUsed: Number(store.gasUsed),
      });
    }
    return exitCode;
  };
  try {
    if (invoke === undefined) return report(runCommand(store, module, given));
    const reactor = loadReactor(module, { ...given, store });
    const func = reactor.instance.externs.get(invoke);
    if (func?.kind !== "func") throw new InputError(`the module exports no function "${invoke}"`);
    const { params, results } = func.value.type;
    if (args.length !== params.length) throw new UsageError(`${invoke} takes ${params.length} arguments`);
    const bits = params.map((param, i) => parseValue(args[i]!, param));
    reactor.initialize();
    const values = store
      .callBits(func.value as Func, bits)
      .map((value, i) => valueToJson(value, results[i]!));
    if (!options.json) printLines(io, ...values.map((value, i) => `${typeName(results[i]!)} ${value}`));
    return report(EXIT.ok, { values });
  } catch (error) {
    if (error instanceof ProcExit) return report(error.exitCode);
    if (!(error instanceof Trap)) throw error;
    return reportTrap(error, store.gasUsed, module, options.json, io);
  }
}

function wasiOptions(file: string, args: readonly string[], options: Options, io: Io): CommandOptions {
  const { invoke, seed } = options;
  return {
    args: invoke === undefined ? [basename(file), ...args] : [basename(file)],
    env: parseVariables(options.env),
    folders: openFolders(options.dir),
    stdin: io.stdin ?? NOTHING,
    stdout: io.stdout,
    stderr: io.stderr,
    clock: options["system-clock"] ? new SystemClock() : new VirtualClock(),
    entropy: options["system-random"] ? systemEntropy : new SeededEntropy(parseSeed(seed)),
  };
}

const NOTHING: Input = { read: () => 0 };

function parseSeed(text = "0"): bigint {
  if (!/^(\d{1,20}|0x[\da-f]{1,16})$/i.test(text))
    throw new UsageError(`--seed takes a number, not "${text}"`);
  return BigInt(text);
}

function parseVariables(given: readonly string[]): { readonly [name: string]: string } {
  const pairs = given.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageError(`--env takes NAME=VALUE, not "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

/** `HOST`, which the program knows by the same path, or `HOST::GUEST`. */
function openFolders(given: readonly string[]): { readonly [path: string]: Folder } {
  const folders: { [path: string]: Folder } = {};
  for (const text of given) {
    const at = text.indexOf("::");
    const [host, guest] = at < 0 ? [text, text] : [text.slice(0, at), text.slice(at + 2)];
    if (host === "" || guest === "") throw new UsageError(`--dir takes HOST or HOST::GUEST, not "${text}"`);
    if (Object.hasOwn(folders, guest)) throw new UsageError(`two folders are given as ${guest}`);
    folders[guest] = openFolder(host);
  }
  return folders;
}

function openFolder(path: string): Folder {
  try {
    return NodeFolder.open(path);
  } catch (error) {
    if (!(error instanceof WasiError)) throw error;
    throw new InputError(`cannot open the folder ${path}: ${REASONS.get(error.errno) ?? error.errno}`);
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["noent", "no such folder"],
  ["notdir", "it is no folder"],
  ["acces", "permission denied"],
  ["notsup", "only Linux has what keeps a program inside a folder"],
]);
