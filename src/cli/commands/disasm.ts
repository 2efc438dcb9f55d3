import { load, type Module } from "../../decoder/index.ts";
import { unpackCode } from "../../host/runtime/index.ts";
import { UsageError } from "../args.ts";
import { readCode } from "../chain-input.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { FunctionNames } from "../disasm/function-names.ts";
import { functionListing, functionTable } from "../disasm/listing.ts";
import { EXIT } from "../exit-codes.ts";
import { count } from "../format.ts";
import { InputError, parseFeatures } from "../input.ts";
import { printable } from "../printable.ts";
import { LineBuffer } from "../trace/line-buffer.ts";

export const disasm = defineCommand({
  name: "disasm",
  summary: "list a module's functions, and the operators of one or all",
  positionals: [{ name: "FILE" }],
  options: {
    function: { value: "N|NAME", help: "list the operators of this function" },
    all: { help: "list the operators of every function" },
    features: COMMON_OPTIONS.features,
  },
  notes: `
FILE is a module, a runtime blob (compressed or not, raw or as 0x hex text), or
a chain specification or state, whose code is listed. A function is named by its
index, imports counted; by its symbol as the module has it or demangled; or by
an export. Several functions may have one name: then all of them are listed.

Without --function: a line for each function with the offset and the size of its
code, type and name. Operators have their byte offset in the module, which is
where traps and errors point.
`,
  run({ positionals: [file], options }, io) {
    if (options.all && options.function !== undefined) {
      throw new UsageError("--all and --function exclude each other");
    }
    const features = parseFeatures(options.features) ?? "polkadot";
    const { blob } = readCode(file!);
    const module = load(isWasm(blob) ? blob : unpackCode(blob), { features });
    const names = new FunctionNames(module);
    const out = new LineBuffer(io.stdout);
    if (options.all || options.function !== undefined) {
      const functions =
        options.function === undefined ? module.functions.keys() : chosen(names, options.function);
      let isFirst = true;
      for (const func of functions) {
        if (!isFirst) out.line("");
        isFirst = false;
        for (const line of functionListing(module, func, names)) out.line(line);
      }
    } else {
      for (const line of overview(module)) out.line(line);
      for (const line of functionTable(module, names)) out.line(line);
    }
    out.flush();
    return EXIT.ok;
  },
});

/** Anything that begins like Wasm is read as such, so that errors are the decoder's, with their offsets. */
function isWasm(blob: Uint8Array): boolean {
  return blob[0] === 0 && blob[1] === 0x61;
}

/** @throws InputError if there is no such function. */
function chosen(names: FunctionNames, text: string): readonly number[] {
  const found = names.find(text);
  if (found.length > 0) return found;
  const similar = names.similar(text, 10);
  const hint = similar.length === 0 ? "" : `; there is ${similar.join(", ")}`;
  throw new InputError(`the module has no function "${text}"${hint}`);
}

function* overview(module: Module): Generator<string> {
  const { importedFunctionCount, bodies, names, producers, targetFeatures } = module;
  const code = bodies.reduce((sum, { start, end }) => sum + end - start, 0);
  yield `${count(bodies.length, "function")} in ${count(code, "byte")} of code, ${count(importedFunctionCount)} imported, ${count(names.functions.size)} named`;
  const tools = producers.map(({ name, version }) => (version === "" ? name : `${name} ${version}`));
  if (tools.length > 0) yield `made by ${printable(tools.join(", "))}`;
  const features = targetFeatures.map(({ use, name }) => (use === "used" ? name : `${name} (${use})`));
  if (features.length > 0) yield `target features ${printable(features.join(", "))}`;
  yield "";
}
