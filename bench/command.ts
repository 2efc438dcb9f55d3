import { existsSync } from "node:fs";
import { loadavg } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { RESULTS } from "./paths.ts";
import { renderResult } from "./render.ts";
import { loadResult, makeResult, type Result, saveResult } from "./result.ts";
import type { Suite } from "./suites/suite.ts";
import { renderTargets, targetSuites } from "./targets.ts";

/** Instead of a suite's name: all suites that targets are judged by, and then the verdicts. */
const TARGETS = "targets";

export interface CommandParts {
  readonly suites: readonly Suite[];
  /** Measures one suite in a process of its own. Returns whether it went well. */
  readonly apart: (suite: string, folder: string) => boolean;
}

/**
 * `npm run bench`. Several suites run in processes of their own, so that the results of one do not depend on which others
 * were chosen.
 * @returns the exit code
 */
export async function benchCommand(
  args: readonly string[],
  { suites, apart }: CommandParts,
): Promise<number> {
  const parsed = parse(args);
  if (parsed instanceof Error) return usage(parsed.message, suites);
  const { values, positionals } = parsed;
  const isKnown = (name: string): boolean => name === TARGETS || suites.some((suite) => suite.name === name);
  const unknown = positionals.find((name) => !isKnown(name));
  if (unknown !== undefined) return usage(`there is no suite ${unknown}`, suites);
  const names = positionals.flatMap((name) => (name === TARGETS ? targetSuites() : [name]));
  const chosen = suites.filter(({ name }) => names.length === 0 || names.includes(name));
  const folder = values.out === undefined ? RESULTS : pathToFileURL(`${resolve(values.out)}/`);
  let code = 0;
  if (chosen.length === 1) await measure(chosen[0]!, folder);
  else for (const { name } of chosen) if (!apart(name, fileURLToPath(folder))) code = 1;
  if (positionals.includes(TARGETS)) console.log(`\n${renderTargets(savedIn(folder))}`);
  return code;
}

function parse(
  args: readonly string[],
): { values: { out?: string | undefined }; positionals: string[] } | Error {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { out: { type: "string" } } });
  } catch (error) {
    if (error instanceof TypeError) return error; // an option there is not
    throw error;
  }
}

function usage(problem: string, suites: readonly Suite[]): number {
  console.error(problem);
  console.error("usage: npm run bench -- [SUITE…] [--out FOLDER]");
  for (const { name, summary } of suites) console.error(`  ${name.padEnd(10)}${summary}`);
  console.error(`  ${TARGETS.padEnd(10)}the suites that targets are judged by, and the verdicts`);
  return 2;
}

/** Runs one suite here. */
async function measure(suite: Suite, folder: URL): Promise<void> {
  const [load] = loadavg() as [number];
  const result = makeResult(suite.name, await suite.run(), load, process.env);
  const path = fileURLToPath(new URL(`${suite.name}.json`, folder));
  console.log(`\n${renderResult(result)}`);
  if (result.tables.length === 0) {
    console.log("Nothing was measured, nothing saved.");
    return;
  }
  saveResult(path, result);
  console.log(`Saved to ${path}`);
}

/** The results in a folder, by their suites' names. */
export const savedIn =
  (folder: URL) =>
  (name: string): Result | undefined => {
    const path = fileURLToPath(new URL(`${name}.json`, folder));
    return existsSync(path) ? loadResult(path) : undefined;
  };
