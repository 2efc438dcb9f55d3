/**
 * Measures and saves: `npm run bench -- [SUITE…] [--out FOLDER]`. Without names all suites run.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { benchCommand } from "./command.ts";
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

/** This file again, with one suite. */
function apart(suite: string, folder: string): boolean {
  const self = [fileURLToPath(import.meta.url), suite, "--out", folder];
  return spawnSync(process.execPath, self, { stdio: "inherit" }).status === 0;
}

process.exitCode = await benchCommand(process.argv.slice(2), { suites: SUITES, apart });
