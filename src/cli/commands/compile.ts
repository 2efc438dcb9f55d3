import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { compileModule } from "../../aot/index.ts";
import { load, type ValidModule } from "../../decoder/index.ts";
import { Runtime } from "../../host/runtime/index.ts";
import { UsageError } from "../args.ts";
import { readCode } from "../chain-input.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { count } from "../format.ts";
import { InputError, parseFeatures, readJson } from "../input.ts";
import { printJson, printLines } from "../io.ts";

/** Of the gas in a profile, what the chosen functions take together. */
const DEFAULT_SHARE = 0.97;

export const compile = defineCommand({
  name: "compile",
  summary: "write a module or runtime as JavaScript, to be run with --aot",
  positionals: [{ name: "CODE" }],
  required: "--out FILE",
  options: {
    out: { value: "FILE", short: "o", help: "where to write it: an ES module, .mjs or .js" },
    profile: { value: "FILE", help: "what lockstep profile --json printed: only what was hot" },
    share: { value: "N", help: `share of a profile's gas to compile (default ${DEFAULT_SHARE})` },
    "logical-stack": { help: "for runs that limit the logical stack, as pvf does" },
    features: COMMON_OPTIONS.features,
    json: COMMON_OPTIONS.json,
  },
  notes: `
CODE is a module, a runtime blob, or a chain specification or state with :code.
What is written runs without eval: a content security policy that allows 'self'
is enough. Import it and give it to lockstep/aot, or name it with --aot. It is
bound to the hash of CODE, to the gas schedule and to this version of Lockstep;
for anything else the machine runs. A large module is written as several files.

--json prints {"files":[{"file","bytes"}],"functions":N,"left":N}.
`,
  run({ positionals: [code], options }, io) {
    const { out, json } = options;
    if (out === undefined) throw new UsageError("missing --out FILE");
    const share = parseShare(options.share);
    const module = readModule(code!, parseFeatures(options.features));
    const functions =
      options.profile === undefined ? undefined : hotFunctions(module, options.profile, share);
    const { files, compiled, left } = compileModule(module, basename(out), {
      ...(functions !== undefined && { functions }),
      logicalStack: options["logical-stack"],
    });
    mkdirSync(dirname(out), { recursive: true });
    const written = files.map(({ name, source }) => {
      const file = join(dirname(out), name);
      writeFileSync(file, source);
      return { file, bytes: Buffer.byteLength(source) };
    });
    if (json) printJson(io, { files: written, functions: compiled, left: left.length });
    else {
      for (const { file, bytes } of written) printLines(io, `wrote ${file}, ${count(bytes, "byte")}`);
      const rest = left.length === 0 ? "" : `; ${count(left.length, "function")} left to the machine`;
      printLines(io, io.colors.dim(`${count(compiled, "function")} compiled${rest}`));
    }
    return EXIT.ok;
  },
});

function readModule(path: string, features: ReturnType<typeof parseFeatures>): ValidModule {
  const { blob } = readCode(path);
  const isModule = blob[0] === 0 && blob[1] === 0x61;
  const options = features && { features };
  return isModule ? load(blob, options) : Runtime.fromCode(blob, options).module;
}

/** The functions that took so much of the profile's gas, hottest first. @throws InputError */
function hotFunctions(module: ValidModule, path: string, share: number): number[] {
  const { gas, functions } = (readJson(path) ?? {}) as {
    readonly gas?: unknown;
    readonly functions?: unknown;
  };
  if (typeof gas !== "number" || !Array.isArray(functions)) {
    throw new InputError(`${path} is not what lockstep profile --json prints`);
  }
  const own = functions
    .filter((row: { kind?: unknown }) => row?.kind === "wasm")
    .map(({ func, self }: { func: number; self: number }) => ({
      index: func - module.importedFunctionCount,
      self,
    }))
    .sort((a, b) => b.self - a.self);
  const chosen: number[] = [];
  let covered = 0;
  for (const { index, self } of own) {
    if (covered >= share * gas) break;
    if (!(index in module.bodies)) throw new InputError(`${path} is a profile of other code`);
    covered += self;
    chosen.push(index);
  }
  return chosen;
}

function parseShare(text: string | undefined): number {
  if (text === undefined) return DEFAULT_SHARE;
  const share = Number(text);
  if (!(share > 0 && share <= 1)) throw new UsageError(`--share takes a number up to 1, not "${text}"`);
  return share;
}
