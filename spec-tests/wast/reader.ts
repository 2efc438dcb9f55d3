import { basename } from "node:path";
import type { Action, Command, ModuleFile, RefusalType, Script } from "../script.ts";
import { takeArguments, takeExpected, Unsupported } from "./constants.ts";
import { Cursor } from "./cursor.ts";

/** A module that stands in a script. */
export interface ScriptModule {
  /** Bytes of the binary format, or a text that still has to be made one. */
  readonly format: "binary" | "text";
  readonly bytes: Uint8Array;
  /** What the script says of it. A converter may well refuse a text that is to be found invalid. */
  readonly valid: boolean;
}

/** A script and the modules its commands name, under names that are its own. */
export interface WastScript {
  readonly script: Script;
  readonly modules: ReadonlyMap<string, ScriptModule>;
}

/** What a script says of a module. */
type Verdict = "valid" | "invalid" | "malformed";

const VERDICTS: { readonly [type in RefusalType]: Verdict } = {
  assert_malformed: "malformed",
  assert_invalid: "invalid",
  assert_unlinkable: "valid",
  assert_uninstantiable: "valid",
};

/**
 * What a module's fields begin with. A script may leave out the `(module …)` around a single module.
 * Of later versions: `tag`, `rec`.
 */
const MODULE_FIELDS = new Set([
  "type",
  "rec",
  "import",
  "func",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "elem",
  "data",
  "tag",
]);

/**
 * Reads a script in its own language (interpreter/README.md of WebAssembly/spec, "Scripts"). The commands are those
 * that wast2json makes of it, with the lines that it gives: of the word `module`, `invoke` or `get`.
 *
 * @param file its path, for errors.
 * @throws WastSyntaxError with line and column. A command that is well-formed but unknown, or has values of types
 * that this engine does not have, becomes `unreadable` instead.
 */
export function readWast(source: Uint8Array, file: string): WastScript {
  return new Reader(source, file).read();
}

class Reader {
  readonly #cursor: Cursor;
  readonly #file: string;
  readonly #modules = new Map<string, ScriptModule>();
  /** Modules met so far, also those that are not kept. */
  #count = 0;

  constructor(source: Uint8Array, file: string) {
    this.#cursor = new Cursor(source, file);
    this.#file = file;
  }

  read(): WastScript {
    const commands: Command[] = [];
    const head = this.#cursor.peekHead();
    if (head !== undefined && MODULE_FIELDS.has(head)) commands.push(this.#readBareModule());
    while (this.#cursor.kind !== "end") commands.push(this.#readCommandOrReason());
    return { script: { source: basename(this.#file), commands }, modules: this.#modules };
  }

  #readBareModule(): Command {
    const cursor = this.#cursor;
    const { headLine: line, offset } = cursor;
    let end = offset;
    while (MODULE_FIELDS.has(cursor.peekHead() ?? "")) {
      cursor.open();
      end = cursor.leave(0);
    }
    const file = this.#keep("text", cursor.source.subarray(offset, end), "valid");
    return { type: "module", line, file, name: undefined };
  }

  #readCommandOrReason(): Command {
    const { headLine: line, depth } = this.#cursor;
    try {
      return this.#readCommand();
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      this.#cursor.leave(depth);
      return { type: "unreadable", line, reason: error.message };
    }
  }

  #readCommand(): Command {
    const cursor = this.#cursor;
    const line = cursor.headLine;
    const head = cursor.peekHead();
    if (head === "module") {
      const { file, name } = this.#takeModule("valid");
      return { type: "module", line, file, name };
    }
    if (head === "invoke" || head === "get") return { type: "action", line, action: this.#takeAction() };
    cursor.open();
    const command = this.#readOpened(head, line);
    cursor.close();
    return command;
  }

  /** A command whose `(` and keyword are taken, up to its `)`. */
  #readOpened(head: string | undefined, line: number): Command {
    const cursor = this.#cursor;
    switch (head) {
      case "register":
        return { type: head, line, as: cursor.takeName(), name: cursor.takeId() };
      case "assert_return":
        return {
          type: head,
          line: cursor.headLine,
          action: this.#takeAction(),
          expected: takeExpected(cursor),
        };
      case "assert_trap":
        if (cursor.peekHead() === "module") return this.#readRefusal("assert_uninstantiable");
        return this.#readFailure(head);
      case "assert_exhaustion":
        return this.#readFailure(head);
      case "assert_malformed":
      case "assert_invalid":
      case "assert_unlinkable":
        return this.#readRefusal(head);
      default:
        throw new Unsupported(`unknown command "${head}"`);
    }
  }

  #readFailure(type: "assert_trap" | "assert_exhaustion"): Command {
    const line = this.#cursor.headLine;
    return { type, line, action: this.#takeAction(), text: this.#cursor.takeName() };
  }

  #readRefusal(type: RefusalType): Command {
    const line = this.#cursor.headLine;
    const { file } = this.#takeModule(VERDICTS[type]);
    return { type, line, file, text: this.#cursor.takeName() };
  }

  #takeAction(): Action {
    const cursor = this.#cursor;
    const { offset } = cursor;
    const type = cursor.open();
    if (type !== "invoke" && type !== "get") throw cursor.error(`expected an action, found ${type}`, offset);
    const instance = cursor.takeId();
    const field = cursor.takeName();
    const args = type === "invoke" ? takeArguments(cursor) : [];
    cursor.close();
    return { type, instance, field, args };
  }

  #takeModule(verdict: Verdict): { file: ModuleFile; name: string | undefined } {
    const cursor = this.#cursor;
    const { offset } = cursor;
    const keyword = cursor.open();
    if (keyword !== "module") throw cursor.error(`expected a module, found ${keyword}`, offset);
    const name = cursor.takeId();
    if (cursor.takeKeyword("binary")) {
      const bytes = cursor.takeStrings();
      cursor.close();
      return { file: this.#keep("binary", bytes, verdict), name };
    }
    return { file: this.#keep("text", this.#takeText(offset), verdict), name };
  }

  /** The text of a module whose `(module` is taken and stands at `offset`. */
  #takeText(offset: number): Uint8Array {
    const cursor = this.#cursor;
    if (cursor.takeKeyword("quote")) {
      const text = cursor.takeStrings();
      cursor.close();
      return text;
    }
    if (cursor.kind === "atom") throw new Unsupported(`unknown kind of module "${cursor.takeAtom()}"`);
    // Only its parentheses are of interest here; what is in them is wabt's.
    return cursor.source.subarray(offset, cursor.leave(cursor.depth - 1));
  }

  #keep(format: "binary" | "text", bytes: Uint8Array, verdict: Verdict): ModuleFile {
    const filename = `module ${this.#count++}`;
    // A malformed text is for parsers of the text format: there is nothing to convert.
    if (format === "text" && verdict === "malformed") return { filename, format: "text" };
    this.#modules.set(filename, { format, bytes, valid: verdict === "valid" });
    return { filename, format: "binary" };
  }
}
