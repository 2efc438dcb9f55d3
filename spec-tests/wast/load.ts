import { readFileSync } from "node:fs";
import type { FeatureSet } from "../../src/decoder/index.ts";
import { type ReadFile, Skip } from "../run.ts";
import { type Script, ScriptError } from "../script.ts";
import { ConversionCache, conversionFolder } from "./conversion-cache.ts";
import { readWast, type ScriptModule, type WastScript } from "./reader.ts";
import { convertTexts, findWabt, NEEDS_WABT, type WabtPackage } from "./wabt.ts";
import { wabtFeatures } from "./wabt-features.ts";
import type { WabtResult } from "./wabt-protocol.ts";

/** A script that can be run: its commands, and how to get at the modules they name. */
export interface LoadedScript {
  readonly script: Script;
  readonly readFile: ReadFile;
}

export interface LoadOptions {
  /** Where conversions are kept. Default: `conversionFolder(process.env)`. */
  readonly cache?: string;
  /** What converts text modules; undefined if there is nothing. Default: the installed wabt. */
  readonly wabt?: WabtPackage | undefined;
}

/**
 * Reads `.wast` scripts and converts their text modules: those not in the cache all in one go, since starting
 * wabt takes longer than most scripts.
 *
 * Without wabt the scripts are read all the same, and every command that needs a text module is skipped.
 *
 * @throws WastSyntaxError if one of the files is not a script. @throws WabtError if wabt cannot be run.
 */
export function loadWastScripts(
  paths: readonly string[],
  features: FeatureSet,
  options: LoadOptions = {},
): Map<string, LoadedScript> {
  const scripts = paths.map((path) => readWast(readFileSync(path), path));
  const wabt = "wabt" in options ? options.wabt : findWabt();
  const cache = new ConversionCache(options.cache ?? conversionFolder(process.env));
  const results = wabt === undefined ? undefined : convertScripts(scripts, features, wabt, cache);
  return new Map(
    scripts.map(({ script, modules }, i) => {
      return [paths[i]!, { script, readFile: fileReader(modules, results?.[i]) }];
    }),
  );
}

/** For each script the results of its texts, in their order. */
function convertScripts(
  scripts: readonly WastScript[],
  features: FeatureSet,
  wabt: WabtPackage,
  cache: ConversionCache,
): (readonly WabtResult[])[] {
  const switches = wabtFeatures(features);
  const jobs = scripts.map(({ modules }) => {
    const texts = [...modules.values()].filter(isText).map(({ bytes }) => bytes);
    const key = cache.key(wabt.version, switches, texts);
    return { texts, key, results: texts.length === 0 ? [] : cache.get(key, texts.length) };
  });
  const missing = jobs.filter(({ results }) => results === undefined);
  if (missing.length > 0) {
    const made = convertTexts(
      wabt,
      missing.flatMap(({ texts }) => texts),
      switches,
    );
    let at = 0;
    for (const job of missing) {
      job.results = made.slice(at, at + job.texts.length);
      at += job.texts.length;
      cache.put(job.key, job.results);
    }
  }
  return jobs.map(({ results }) => results!);
}

function isText({ format }: ScriptModule): boolean {
  return format === "text";
}

/** @param results of the text modules, in their order; undefined if there was nothing to convert them. */
function fileReader(
  modules: ReadonlyMap<string, ScriptModule>,
  results: readonly WabtResult[] | undefined,
): ReadFile {
  const texts = [...modules].filter(([, module]) => isText(module));
  const converted = new Map(texts.map(([name], i) => [name, results?.[i]]));
  return (name) => {
    const module = modules.get(name);
    if (module === undefined) throw new ScriptError(`the script has no ${name}`);
    if (!isText(module)) return module.bytes;
    const result = converted.get(name);
    if (result === undefined) throw new Skip(NEEDS_WABT);
    if ("binary" in result) return new Uint8Array(Buffer.from(result.binary, "base64"));
    const where = result.line === undefined ? "" : ` (line ${result.line} of the module)`;
    const reason = `wabt refuses the text: ${result.refused}${where}`;
    // That a text is invalid in wabt's eyes too says nothing of the engine under test.
    throw module.valid ? new ScriptError(reason) : new Skip(reason);
  };
}
