import { isRefType, V128, type ValType } from "../src/decoder/module.ts";
import { type Expected, expectedVector, type TypedBits, typeByName, widthOf } from "./values.ts";

/** Something the module under test is asked to do. `instance` undefined means the current one. */
export interface Action {
  readonly type: "invoke" | "get";
  readonly instance: string | undefined;
  readonly field: string;
  readonly args: readonly TypedBits[];
}

/** Where a command finds its module. `text` modules are for parsers of the text format. */
export interface ModuleFile {
  readonly filename: string;
  readonly format: "binary" | "text";
}

export type RefusalType =
  | "assert_malformed"
  | "assert_invalid"
  | "assert_unlinkable"
  | "assert_uninstantiable";

/** One step of a script. `line` is its line in the .wast source; lines may repeat, so a command's key is its index. */
export type Command = { readonly line: number } & (
  | { readonly type: "module"; readonly file: ModuleFile; readonly name: string | undefined }
  | { readonly type: "register"; readonly as: string; readonly name: string | undefined }
  | { readonly type: "action"; readonly action: Action }
  | { readonly type: "assert_return"; readonly action: Action; readonly expected: readonly Expected[] }
  | { readonly type: "assert_trap" | "assert_exhaustion"; readonly action: Action; readonly text: string }
  | { readonly type: RefusalType; readonly file: ModuleFile; readonly text: string }
  /** A command of a kind or with values that this runner does not know. It fails when it is run: nothing is passed over in silence. */
  | { readonly type: "unreadable"; readonly reason: string }
);

/** A test script: commands in order, sharing one store. */
export interface Script {
  /** The .wast file it was made from. */
  readonly source: string;
  readonly commands: readonly Command[];
}

/** A file is not a converted script at all (a single bad command becomes an `unreadable` one instead). */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

/** Reads wast2json's JSON, already parsed. @throws ScriptError if it has no list of commands. */
export function readScript(json: unknown): Script {
  const script = record(json, "the script");
  const commands = script["commands"];
  if (!Array.isArray(commands)) throw new ScriptError("the script has no list of commands");
  const source = script["source_filename"];
  return { source: typeof source === "string" ? source : "", commands: commands.map(readCommandOrReason) };
}

function readCommandOrReason(json: unknown): Command {
  try {
    return readCommand(record(json, "the command"));
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    const line = typeof json === "object" && json !== null ? (json as { line?: unknown }).line : undefined;
    return { type: "unreadable", line: typeof line === "number" ? line : 0, reason: error.message };
  }
}

function readCommand(json: Fields): Command {
  const type = text(json, "type");
  const line = typeof json["line"] === "number" ? json["line"] : 0;
  switch (type) {
    case "module":
      return { type, line, file: readFileRef(json), name: optionalText(json, "name") };
    case "register":
      return { type, line, as: text(json, "as"), name: optionalText(json, "name") };
    case "action":
      return { type, line, action: readAction(json["action"]) };
    case "assert_return":
      return {
        type,
        line,
        action: readAction(json["action"]),
        expected: list(json, "expected").map(readExpected),
      };
    case "assert_trap":
    case "assert_exhaustion":
      return { type, line, action: readAction(json["action"]), text: text(json, "text") };
    case "assert_malformed":
    case "assert_invalid":
    case "assert_unlinkable":
    case "assert_uninstantiable":
      return { type, line, file: readFileRef(json), text: text(json, "text") };
    default:
      throw new ScriptError(`unknown command "${type}"`);
  }
}

function readFileRef(json: Fields): ModuleFile {
  const format = json["module_type"] === "text" ? "text" : "binary";
  return { filename: text(json, "filename"), format };
}

function readAction(value: unknown): Action {
  const json = record(value, "the action");
  const type = text(json, "type");
  if (type !== "invoke" && type !== "get") throw new ScriptError(`unknown action "${type}"`);
  const args = type === "invoke" ? list(json, "args").map(readArgument) : [];
  return { type, instance: optionalText(json, "module"), field: text(json, "field"), args };
}

function readArgument(value: unknown): TypedBits {
  const expected = readExpected(value);
  if ("bits" in expected) return expected;
  throw new ScriptError("nan" in expected ? `nan:${expected.nan} is not an argument` : "not an argument");
}

function readExpected(value: unknown): Expected {
  const json = record(value, "the value");
  const name = text(json, "type");
  const type = typeByName(name);
  if (type === undefined) throw new ScriptError(`values of type ${name} are not supported`);
  if (isRefType(type)) return readReference(json, type);
  if (type === V128) return readVector(json);
  const digits = text(json, "value");
  if (digits === "nan:canonical") return { type, nan: "canonical" };
  if (digits === "nan:arithmetic") return { type, nan: "arithmetic" };
  if (!/^\d{1,20}$/.test(digits)) throw new ScriptError(`"${digits}" is not a value of type ${name}`);
  const bits = BigInt(digits);
  if (bits !== BigInt.asUintN(widthOf(type), bits)) throw new ScriptError(`${digits} does not fit ${name}`);
  return { type, bits };
}

/** `null`, a number that stands for a reference of the host, or nothing for any reference but null. */
function readReference(json: Fields, type: ValType): Expected {
  const value = optionalText(json, "value");
  if (value === undefined) return { type, any: true };
  if (value === "null") return { type, bits: 0n };
  if (!/^\d{1,10}$/.test(value)) throw new ScriptError(`"${value}" is not a reference`);
  return { type, bits: BigInt(value) + 1n };
}

/** Lanes as unsigned numbers, their width told by their type. */
function readVector(json: Fields): Expected {
  const width = Number(/^[if](8|16|32|64)$/.exec(text(json, "lane_type"))?.[1] ?? Number.NaN);
  const lanes = list(json, "value").map((lane) => {
    if (lane === "nan:canonical") return "canonical";
    if (lane === "nan:arithmetic") return "arithmetic";
    if (typeof lane !== "string" || !/^\d{1,20}$/.test(lane)) throw new ScriptError("not a lane of a vector");
    return BigInt(lane);
  });
  if (lanes.length !== 128 / width) throw new ScriptError("a vector has another number of lanes");
  return expectedVector(width, lanes);
}

type Fields = { readonly [field: string]: unknown };

function record(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ScriptError(`${what} is not an object`);
  }
  return value as Fields;
}

function text(json: Fields, field: string): string {
  const value = json[field];
  if (typeof value !== "string") throw new ScriptError(`"${field}" is not a string`);
  return value;
}

function optionalText(json: Fields, field: string): string | undefined {
  return json[field] === undefined ? undefined : text(json, field);
}

function list(json: Fields, field: string): readonly unknown[] {
  const value = json[field];
  if (!Array.isArray(value)) throw new ScriptError(`"${field}" is not a list`);
  return value;
}
