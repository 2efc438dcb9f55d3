import { Trap } from "../../interp/index.ts";
import { UsageError } from "../args.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXECUTION_OPTIONS, parseExecution } from "../execution-options.ts";
import { EXIT } from "../exit-codes.ts";
import { count } from "../format.ts";
import { printJson, printLines } from "../io.ts";
import { reportTrap } from "../trap-report.ts";
import { typeName, valueToJson } from "../values.ts";
import { refuseWasiOptions, runProgram, WASI_OPTIONS } from "../wasi-program.ts";
import { prepareRun } from "../workload/module-run.ts";

export const run = defineCommand({
  name: "run",
  summary: "call an exported function of a Wasm module, or run a WASI program",
  positionals: [{ name: "FILE" }, { name: "EXPORT", optional: true }, { name: "ARG", many: true }],
  options: { ...EXECUTION_OPTIONS, ...WASI_OPTIONS, json: COMMON_OPTIONS.json },
  notes: `
With --wasi FILE is a program: everything behind it are its arguments, and the
exit code is the program's. Options stand before FILE. Every feature is accepted
unless --features says otherwise.

Arguments follow the function's type: integers in decimal or 0x hex, signed or
unsigned; floats in decimal, or inf, nan, nan:0xPAYLOAD, with an optional sign.
Imported functions trap when they are called; the module gets no host.

--json prints {"values":[…],"gasUsed":N}, or
{"trap":{"code","message","stack"},"gasUsed":N}, frames innermost first. i32 is
a signed number; i64 a signed decimal string; a float is a number, or one of the
strings "-0", "inf", "-inf", "nan", "-nan", "nan:0xPAYLOAD", "-nan:0xPAYLOAD" (a
bare nan is the canonical one). For programs it prints
{"exitCode":N,"stdout":"…","stderr":"…","gasUsed":N}.
`,
  run({ positionals, options }, io) {
    const [file, name, ...args] = positionals;
    if (options.wasi) return runProgram(file!, positionals.slice(1), options, io);
    refuseWasiOptions(options);
    if (name === undefined) throw new UsageError("missing argument EXPORT");
    const run = prepareRun(file!, name, args, parseExecution(options));
    const { results } = run.type;
    const store = run.newStore();
    try {
      const values = run.execute(store).map((value, i) => valueToJson(value, results[i]!));
      if (options.json) {
        printJson(io, { values, gasUsed: Number(store.gasUsed) });
      } else {
        printLines(io, ...values.map((value, i) => `${typeName(results[i]!)} ${value}`));
        printLines(io, io.colors.dim(`gas ${count(store.gasUsed)}`));
      }
      return EXIT.ok;
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      return reportTrap(error, store.gasUsed, run.module, options.json, io);
    }
  },
});
