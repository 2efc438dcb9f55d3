import { type Block, genesisHeader, readBlocks } from "../../host/chain/index.ts";
import { verifyBlock } from "../../host/chain/verify.ts";
import type { OptionValues, PositionalSpec } from "../args.ts";
import { UsageError } from "../args.ts";
import { stateOf } from "../chain-input.ts";
import { polkadotGenesis } from "../demo/genesis.ts";
import { POLKADOT_BLOCK_1 } from "../demo/polkadot-block-1.ts";
import { EXECUTION_OPTIONS, type ExecutionSettings, parseExecution } from "../execution-options.ts";
import type { Io } from "../io.ts";
import { REPLAY_OPTIONS, verified, verifyWorkload } from "./block-replay.ts";
import { runWorkload } from "./module-run.ts";
import { CALL_OPTIONS, callWorkload } from "./runtime-call.ts";
import type { Workload } from "./workload.ts";

/** What commands that watch something take: the words after their name, and the options of what they watch. */
export const WATCHED_POSITIONALS: readonly PositionalSpec[] = [
  { name: "COMMAND" },
  { name: "ARGUMENT", many: true },
];
export const WATCHED_OPTIONS = { ...REPLAY_OPTIONS, ...CALL_OPTIONS, ...EXECUTION_OPTIONS } as const;

/** Which options each of them takes beside those of all, and its arguments. */
const COMMANDS = {
  run: { options: [], usage: "run FILE EXPORT [ARG…]" },
  call: { options: Object.keys(CALL_OPTIONS), usage: "call CODE METHOD" },
  verify: { options: Object.keys(REPLAY_OPTIONS), usage: "verify --block FILE …" },
  demo: { options: [], usage: "demo" },
} as const;
type Watchable = keyof typeof COMMANDS;

type WatchedOptions = OptionValues<typeof WATCHED_OPTIONS>;

/**
 * What to watch, from a command line that repeats the watched command's: `run FILE EXPORT ARG…`, whose first word may
 * be left out, `call CODE METHOD`, `verify`, or `demo`.
 *
 * @throws UsageError, and what reading the inputs throws
 */
export async function selectWorkload(
  positionals: readonly string[],
  options: WatchedOptions,
  io: Io,
): Promise<Workload> {
  const [first] = positionals;
  const command: Watchable = Object.hasOwn(COMMANDS, first!) ? (first as Watchable) : "run";
  const [a, b, ...rest] = first === command ? positionals.slice(1) : positionals;
  checkOptions(command, options);
  const settings = parseExecution(options);
  switch (command) {
    case "run":
      if (a === undefined || b === undefined) throw misused(command);
      return runWorkload(a, b, rest, settings);
    case "call":
      if (a === undefined || b === undefined || rest.length > 0) throw misused(command);
      return callWorkload(a, b, options, settings);
    case "verify":
      if (a !== undefined) throw misused(command);
      return verifyWorkload(options, settings);
    case "demo":
      if (a !== undefined) throw misused(command);
      return demoWorkload(settings, io);
  }
}

function misused(command: Watchable): UsageError {
  return new UsageError(`what to watch is not clear; it is: ${COMMANDS[command].usage}`);
}

function checkOptions(command: Watchable, options: WatchedOptions): void {
  const known: readonly string[] = [...COMMANDS[command].options, ...Object.keys(EXECUTION_OPTIONS)];
  for (const name of Object.keys(WATCHED_OPTIONS) as (keyof WatchedOptions)[]) {
    if (options[name] !== undefined && !known.includes(name)) {
      throw new UsageError(`${command} takes no option --${name}`);
    }
  }
}

/** Polkadot's first block on its genesis, as the demo verifies it. */
async function demoWorkload(settings: ExecutionSettings, io: Io): Promise<Workload> {
  const state = stateOf(await polkadotGenesis(io, true));
  const [block] = readBlocks(POLKADOT_BLOCK_1) as [Block];
  return {
    title: "verify Polkadot 1",
    execute(watch, tell) {
      tell(verified(verifyBlock({ ...settings, ...watch, ...block, state, parent: genesisHeader(state) })));
    },
  };
}
