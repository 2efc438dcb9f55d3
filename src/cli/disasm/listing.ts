import type { FunctionBody, Module, ValType } from "../../decoder/index.ts";
import { shorten } from "../format.ts";
import { printable } from "../printable.ts";
import { signature, typeName } from "../values.ts";
import type { FunctionNames } from "./function-names.ts";
import { type OperatorText, operatorsOf } from "./operators.ts";

/** Nesting beyond this is not indented further: hostile code nests a hundred thousand deep. */
const MAX_INDENT = 40;
const MAX_LISTED = 400;

/** A function with all its operators, line by line. */
export function* functionListing(module: Module, func: number, names: FunctionNames): Generator<string> {
  yield* header(module, func, names);
  if (func < module.importedFunctionCount) return;
  let depth = 1;
  for (const line of operatorsOf(module, func - module.importedFunctionCount, (index) =>
    names.shown(index),
  )) {
    const { name } = line.operator;
    if (name === "else" || name === "end") depth--;
    yield operatorLine(line, depth);
    if (name === "else" || line.operator.immediates === "block-type") depth++;
  }
}

function operatorLine({ offset, operator, immediates, comment }: OperatorText, depth: number): string {
  const indent = "  ".repeat(Math.min(Math.max(depth, 0), MAX_INDENT));
  const code = immediates === "" ? operator.name : `${operator.name} ${immediates}`;
  return `${address(offset)}  ${indent}${code}${comment === undefined ? "" : `  ;; ${comment}`}`;
}

function* header(module: Module, func: number, names: FunctionNames): Generator<string> {
  const typeIndex = module.functions[func]!;
  const { params, results } = module.types[typeIndex]!;
  const shown = names.shown(func);
  const symbol = names.symbol(func);
  yield `function ${func}${shown === undefined ? "" : ` ${shown}`}`;
  if (symbol !== undefined && printable(symbol) !== shown) yield field("symbol", printable(symbol));
  const imported = names.importOf(func);
  if (imported !== undefined) yield field("import", printable(imported));
  const exports = names.exportsOf(func);
  if (exports.length > 0) yield field("export", exports.map((name) => printable(name)).join(", "));
  yield field("type", `${typeIndex}, ${signature(params, results)}`);
  const body = module.bodies[func - module.importedFunctionCount];
  if (body === undefined || imported !== undefined) return;
  if (params.length + body.localCount > 0) yield field("locals", locals(params, body));
  yield field("code", `${address(body.start)} to ${address(body.end)}, ${body.end - body.start} bytes`);
}

const field = (name: string, text: string) => `  ${name.padEnd(6)}  ${shorten(text, MAX_LISTED)}`;
const address = (offset: number) => `0x${offset.toString(16).padStart(6, "0")}`;

/** `0-1 i32 (parameters), 2 i64, 3-9 i32` */
function locals(params: readonly ValType[], { locals: runs }: FunctionBody): string {
  const parts: string[] = [];
  let at = 0;
  const range = (count: number) => (count === 1 ? `${at}` : `${at}-${at + count - 1}`);
  for (const type of params) {
    parts.push(`${range(1)} ${typeName(type)} (parameter)`);
    at++;
  }
  for (const { count, type } of runs) {
    parts.push(`${range(count)} ${typeName(type)}`);
    at += count;
  }
  return parts.join(", ");
}

/** One line for every function: index, offset and size of its code, type, name. */
export function* functionTable(module: Module, names: FunctionNames): Generator<string> {
  const width = String(module.functions.length).length;
  for (let func = 0; func < module.functions.length; func++) {
    const { params, results } = module.types[module.functions[func]!]!;
    const body = module.bodies[func - module.importedFunctionCount];
    const place =
      func < module.importedFunctionCount || body === undefined
        ? "imported".padEnd(18)
        : `${address(body.start)} ${String(body.end - body.start).padStart(7)} B`.padEnd(18);
    const name = names.shown(func) ?? "";
    yield `${String(func).padStart(width)}  ${place}  ${shorten(signature(params, results), 60)}  ${name}`.trimEnd();
  }
}
