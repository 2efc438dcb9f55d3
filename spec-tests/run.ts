import { type FeatureSet, ModuleError } from "../src/decoder/index.ts";
import { LinkError, Trap } from "../src/interp/index.ts";
import { ActionError, type Executor, type Running, type Session } from "./executor.ts";
import {
  type Action,
  type Command,
  type ModuleFile,
  type RefusalType,
  type Script,
  ScriptError,
} from "./script.ts";
import { trapMatches } from "./trap-text.ts";
import { matches, showAll, type TypedBits } from "./values.ts";

/**
 * Reads a file that a script names, relative to the script.
 *
 * @throws Skip if it cannot be had through nobody's fault, ScriptError if the script is at fault.
 */
export type ReadFile = (filename: string) => Uint8Array;

/** How one command went. `index` counts from 0 in the script's list of commands. */
export interface CommandResult {
  readonly index: number;
  readonly line: number;
  readonly type: Command["type"];
  readonly status: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped; empty when it passed. */
  readonly reason: string;
}

/** A command did not do what the script says; the message tells both. */
class Mismatch extends Error {}

/** A command that cannot be put to this engine; the message says why. */
export class Skip extends Error {}

const TEXT_FORMAT = "needs a parser of the text format";

/**
 * Runs a script's commands in order in one store. Never throws for what the engine under test does: an error of
 * a kind that an engine must not throw is reported as that command's failure.
 */
export function runScript(
  script: Script,
  readFile: ReadFile,
  executor: Executor,
  features: FeatureSet,
): CommandResult[] {
  const runner = new Runner(executor.open(features), readFile);
  return script.commands.map((command, index) => {
    const { line, type } = command;
    try {
      runner.run(command);
      return { index, line, type, status: "passed", reason: "" };
    } catch (error) {
      const status = error instanceof Skip ? "skipped" : "failed";
      return { index, line, type, status, reason: reasonOf(error) };
    }
  });
}

class Runner {
  readonly #session: Session;
  readonly #readFile: ReadFile;
  /** A skipped module stands for an instance that was never made: what is asked of it is skipped as well. */
  readonly #named = new Map<string, Running | Skip | undefined>();
  #current: Running | Skip | undefined;

  constructor(session: Session, readFile: ReadFile) {
    this.#session = session;
    this.#readFile = readFile;
  }

  /** Returns when the command passes. */
  run(command: Command): void {
    switch (command.type) {
      case "module":
        this.#instantiate(command.file, command.name);
        return;
      case "register":
        this.#session.register(command.as, this.#instance(command.name));
        return;
      case "action":
        this.#perform(command.action);
        return;
      case "assert_return": {
        const actual = this.#perform(command.action);
        const { expected } = command;
        const same =
          actual.length === expected.length && expected.every((value, i) => matches(value, actual[i]!));
        if (!same) throw new Mismatch(`expected ${showAll(expected)}, got ${showAll(actual)}`);
        return;
      }
      case "assert_trap":
        this.#expectTrap(command.action, command.text, (trap) => trapMatches(command.text, trap));
        return;
      case "assert_exhaustion":
        // Only a clean report counts, not whatever the engine's own stack overflow looks like.
        this.#expectTrap(command.action, command.text, (trap) => trap.code === "call-stack-exhausted");
        return;
      case "unreadable":
        throw new Mismatch(command.reason);
      default:
        this.#expectRefusal(command.type, command.file, command.text);
    }
  }

  #instantiate(file: ModuleFile, name: string | undefined): void {
    // Until it succeeds there is no current instance: later commands must not run on the one before.
    this.#bind(name, undefined);
    try {
      this.#bind(name, this.#session.load(this.#read(file)).instantiate());
    } catch (error) {
      if (error instanceof Skip) this.#bind(name, error);
      throw error;
    }
  }

  #bind(name: string | undefined, instance: Running | Skip | undefined): void {
    this.#current = instance;
    if (name !== undefined) this.#named.set(name, instance);
  }

  #read(file: ModuleFile): Uint8Array {
    if (file.format === "text") throw new Skip(TEXT_FORMAT);
    return this.#readFile(file.filename);
  }

  #instance(name: string | undefined): Running {
    const instance = name === undefined ? this.#current : this.#named.get(name);
    if (instance instanceof Skip) throw instance;
    if (instance !== undefined) return instance;
    throw new Mismatch(name === undefined ? "there is no current instance" : `there is no instance ${name}`);
  }

  #perform(action: Action): readonly TypedBits[] {
    const instance = this.#instance(action.instance);
    return action.type === "get" ? [instance.get(action.field)] : instance.invoke(action.field, action.args);
  }

  #expectTrap(action: Action, text: string, accept: (trap: Trap) => boolean): void {
    const trap = expectError(() => this.#perform(action), Trap, text);
    if (!accept(trap)) throw new Mismatch(`expected Trap "${text}", got ${reasonOf(trap)}`);
  }

  #expectRefusal(type: RefusalType, file: ModuleFile, text: string): void {
    const bytes = this.#read(file);
    if (type === "assert_malformed" || type === "assert_invalid") {
      expectError(() => this.#session.load(bytes), ModuleError, text);
      return;
    }
    const loaded = this.#session.load(bytes);
    const instantiate = () => loaded.instantiate();
    if (type === "assert_unlinkable") expectError(instantiate, LinkError, text);
    else expectError(instantiate, Trap, text);
  }
}

/** The error of class `type` that `run` must throw. `text` is the script's word for it. */
function expectError<E extends Error>(
  run: () => unknown,
  type: abstract new (...args: never[]) => E,
  text: string,
): E {
  try {
    run();
  } catch (error) {
    if (error instanceof type) return error;
    if (error instanceof Skip) throw error;
    throw new Mismatch(`expected ${type.name} "${text}", got ${reasonOf(error)}`);
  }
  throw new Mismatch(`expected ${type.name} "${text}", but it succeeded`);
}

function reasonOf(error: unknown): string {
  if ([Mismatch, Skip, ActionError, ScriptError].some((type) => error instanceof type)) {
    return (error as Error).message;
  }
  if (error instanceof Trap) return `trap ${error.code}: ${error.message}`;
  if (error instanceof ModuleError || error instanceof LinkError) return `${error.name}: ${error.message}`;
  return `unexpected ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
}
