import { load, type ValidModule } from "../../decoder/index.ts";
import { type Func, ImportMap, instantiate, Store, Trap } from "../../interp/index.ts";
import { UsageError } from "../args.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { count } from "../format.ts";
import { InputError, parseFeatures, parseGas, readBytes, unwrapHexText } from "../input.ts";
import { printJson, printLines } from "../io.ts";
import { exitCodeOf, stackLines, trapToJson } from "../trap-report.ts";
import { parseValue, signature, typeName, valueToJson } from "../values.ts";

export const run = defineCommand({
  name: "run",
  summary: "call an exported function of a Wasm module",
  positionals: [{ name: "FILE" }, { name: "EXPORT" }, { name: "ARG", many: true }],
  options: { gas: COMMON_OPTIONS.gas, features: COMMON_OPTIONS.features, json: COMMON_OPTIONS.json },
  notes: `
Arguments follow the function's type: integers in decimal or 0x hex, signed or
unsigned; floats in decimal, or inf, nan, nan:0xPAYLOAD, with an optional sign.
Imported functions trap when they are called; the module gets no host.

--json prints {"values":[…],"gasUsed":N}, or
{"trap":{"code","message","stack"},"gasUsed":N}, frames innermost first. i32 is
a signed number; i64 a signed decimal string; a float is a number, or one of the
strings "-0", "inf", "-inf", "nan", "-nan", "nan:0xPAYLOAD", "-nan:0xPAYLOAD" (a
bare nan is the canonical one).
`,
  run({ positionals: [file, name, ...args], options }, io) {
    const gasLimit = parseGas(options.gas);
    const features = parseFeatures(options.features) ?? "polkadot";
    const module = load(unwrapHexText(readBytes(file!)), { features });
    const store = new Store(gasLimit === undefined ? {} : { gasLimit });
    const { params, results } = exportedType(module, name!);
    if (args.length !== params.length) {
      throw new UsageError(
        `${name} takes ${count(params.length, "argument")}, ${signature(params, results)}`,
      );
    }
    const bits = params.map((type, i) => parseValue(args[i]!, type));
    try {
      // Instantiation may trap too: in the start function.
      const instance = instantiate(store, module, new ImportMap(), { onMissing: "trap" });
      const func = instance.exports.get(name!)!.value as Func;
      const values = store.callBits(func, bits).map((value, i) => valueToJson(value, results[i]!));
      if (options.json) {
        printJson(io, { values, gasUsed: Number(store.gasUsed) });
      } else {
        printLines(io, ...values.map((value, i) => `${typeName(results[i]!)} ${value}`));
        printLines(io, io.colors.dim(`gas ${count(store.gasUsed)}`));
      }
      return EXIT.ok;
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      if (options.json) printJson(io, { trap: trapToJson(error), gasUsed: Number(store.gasUsed) });
      const lines = [`${io.colors.red("trap:")} ${error.message}`, ...stackLines(error.wasmStack)];
      io.stderr.write(`${lines.join("\n")}\n`);
      return exitCodeOf(error);
    }
  },
});

/** @throws InputError if the module exports no function of that name. */
function exportedType(module: ValidModule, name: string) {
  const found = module.exports.find((entry) => entry.name === name && entry.kind === "func");
  if (found !== undefined) return module.types[module.functions[found.index]!]!;
  const names = module.exports.filter(({ kind }) => kind === "func").map((entry) => entry.name);
  const known = names.length === 0 ? "it exports no functions" : `it has ${names.slice(0, 20).join(", ")}`;
  throw new InputError(`the module exports no function "${name}"; ${known}${names.length > 20 ? ", …" : ""}`);
}
