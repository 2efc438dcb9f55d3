import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { FeatureSet } from "../src/decoder/index.ts";
import type { Executor } from "./executor.ts";
import { reportScript, reportSuite, type ScriptReport, type SuiteReport } from "./report.ts";
import { type ReadFile, runScript } from "./run.ts";
import { readScript, ScriptError } from "./script.ts";
import { type LoadedScript, loadWastScripts } from "./wast/index.ts";

/** A suite to run: a folder of scripts (nested as it may be) or one script. */
export interface Suite {
  readonly path: string;
  readonly features: FeatureSet;
}

/** The suites that are run when none is named, under a root folder that holds them by these names. */
const DEFAULT_SUITES: readonly (readonly [folder: string, features: FeatureSet])[] = [
  ["mvp", "mvp"],
  ["wast/mvp", "mvp"],
  ["sign-extension-ops", "polkadot"],
  ["nontrapping-float-to-int", "polkadot"],
  ["mutable-globals", "polkadot"],
  ["core-2.0-nosimd", "2.0"],
  ["wast/core-2.0", "2.0"],
];

/** For people who have no suite at hand. */
export const HOW_TO_GET_SUITES = `no test suite found. Take the scripts (test/core/*.wast) from a checkout of
https://github.com/WebAssembly/spec or https://github.com/WebAssembly/testsuite,
and run lockstep spectest FOLDER, or name the folder in the variable SPEC_TESTS. The scripts need the npm package
wabt (npm install wabt@1.0.39); those converted by its wast2json into folders of their own run without it`;

/**
 * The features a suite is run with unless the caller says otherwise: its own for a path through a folder that
 * bears the name of a default suite, else everything a Polkadot node accepts.
 */
export function featuresFor(path: string): FeatureSet {
  const folders = resolve(path).split(sep);
  return DEFAULT_SUITES.find(([folder]) => folders.includes(folder))?.[1] ?? "polkadot";
}

/** The default suites that exist under `root`. */
export function suitesUnder(root: string): Suite[] {
  return DEFAULT_SUITES.map(([folder, features]) => ({ path: join(root, folder), features })).filter(
    // Not by `statSync` alone: below a file it throws.
    ({ path }) => existsSync(path) && statSync(path).isDirectory(),
  );
}

/**
 * Runs every script of a suite.
 *
 * @param onScript is told of each script as it ends, with the number of scripts in the suite.
 * @throws ScriptError if the path is neither a folder nor a script, or a folder without any.
 * WabtError if the text modules of `.wast` scripts cannot be converted.
 */
export function runSuite(
  suite: Suite,
  executor: Executor,
  onScript: (report: ScriptReport, total: number) => void = () => undefined,
): SuiteReport {
  const files = findScripts(suite.path);
  if (files.length === 0) throw new ScriptError(`no test scripts (*.wast, *.json) in ${suite.path}`);
  const loaded = loadWastScripts(files.filter(isWast), suite.features);
  const scripts = files.map((file) => {
    const { script, readFile } = loaded.get(file) ?? loadConverted(file);
    const results = runScript(script, readFile, executor, suite.features);
    const report = reportScript(nameOf(suite.path, file), results);
    onScript(report, files.length);
    return report;
  });
  return reportSuite(suite.path, suite.features, scripts);
}

function isWast(file: string): boolean {
  return file.endsWith(".wast");
}

function loadConverted(file: string): LoadedScript {
  const readFile: ReadFile = (filename) => readFileSync(join(dirname(file), filename));
  return { script: readScript(parse(file)), readFile };
}

/** All `.wast` and `.json` files under a folder, in the order of their paths; a file stands for itself. */
function findScripts(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new ScriptError(`no such file or folder: ${path}`);
  if (!stats.isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => isWast(name) || name.endsWith(".json"))
    .sort()
    .map((name) => join(path, name));
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new ScriptError(`${file} is not JSON: ${error.message}`);
    throw error;
  }
}

/** wast2json's layout `address/address.json` is named once. */
function nameOf(suite: string, file: string): string {
  const path = (relative(suite, file) || basename(file)).replace(/\.(json|wast)$/, "");
  return basename(dirname(path)) === basename(path) ? dirname(path) : path;
}
