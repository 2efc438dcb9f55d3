/**
 * Measures and saves: `npm run bench -- [SUITE…] [--out FOLDER]`. Without names all suites run, each in a process of
 * its own, so that its results do not depend on which others were chosen.
 */
import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { RESULTS } from "./paths.ts";
import { renderResult } from "./render.ts";
import { makeResult, saveResult } from "./result.ts";
import { around } from "./suites/around.ts";
import { block } from "./suites/block.ts";
import { compiled } from "./suites/compiled.ts";
import { decoding } from "./suites/decode.ts";
import { hostCalls } from "./suites/host-calls.ts";
import { kernels } from "./suites/kernels.ts";
import { metadata } from "./suites/metadata.ts";
import { metering } from "./suites/metering.ts";
import { observing } from "./suites/observing.ts";
import { polyfill } from "./suites/polyfill.ts";
import { programs } from "./suites/programs.ts";
import { smoldot } from "./suites/smoldot.ts";
import type { Suite } from "./suites/suite.ts";

const SUITES: readonly Suite[] = [
  kernels,
  compiled,
  decoding,
  block,
  metadata,
  metering,
  observing,
  hostCalls,
  around,
  polyfill,
  programs,
  smoldot,
];

function usage(problem: string): number {
  console.error(problem);
  console.error("usage: npm run bench -- [SUITE…] [--out FOLDER]");
  for (const { name, summary } of SUITES) console.error(`  ${name.padEnd(10)}${summary}`);
  return 2;
}

/** Runs one suite here. */
async function runSuite(suite: Suite, folder: URL): Promise<void> {
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

function parse(args: string[]): { values: { out?: string | undefined }; positionals: string[] } | Error {
  try {
    return parseArgs({ args, allowPositionals: true, options: { out: { type: "string" } } });
  } catch (error) {
    if (error instanceof TypeError) return error; // an option there is not
    throw error;
  }
}

async function main(args: string[]): Promise<number> {
  const parsed = parse(args);
  if (parsed instanceof Error) return usage(parsed.message);
  const { values, positionals } = parsed;
  const unknown = positionals.find((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown !== undefined) return usage(`there is no suite ${unknown}`);
  const chosen = SUITES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const folder = values.out === undefined ? RESULTS : pathToFileURL(`${resolve(values.out)}/`);
  const [only] = chosen;
  if (chosen.length === 1) {
    await runSuite(only!, folder);
    return 0;
  }
  let failed = 0;
  for (const { name } of chosen) {
    const self = [fileURLToPath(import.meta.url), name, "--out", fileURLToPath(folder)];
    if (spawnSync(process.execPath, self, { stdio: "inherit" }).status !== 0) failed = 1;
  }
  return failed;
}

process.exitCode = await main(process.argv.slice(2));
