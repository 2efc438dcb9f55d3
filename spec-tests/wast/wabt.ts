import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WabtFeatures } from "./wabt-features.ts";
import type { WabtRequest, WabtResponse, WabtResult } from "./wabt-protocol.ts";

/** wabt could not be run, or did not answer: nothing is known of the texts. */
export class WabtError extends Error {
  override readonly name = "WabtError";
}

export interface WabtPackage {
  /** Path of its main file. */
  readonly path: string;
  readonly version: string;
}

/** For people who have no wabt. */
export const NEEDS_WABT =
  "needs the npm package wabt to make binaries of a script's text modules: npm install wabt@1.0.39";

/** The package, if it is installed where this one is. */
export function findWabt(): WabtPackage | undefined {
  const { resolve } = createRequire(import.meta.url);
  try {
    const path = resolve("wabt");
    const { version } = JSON.parse(readFileSync(join(dirname(path), "package.json"), "utf8"));
    return { path, version: String(version) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Milliseconds for one batch; the whole suite of 1.0 takes one or two seconds. */
const TIMEOUT = 300_000;

/**
 * Makes binaries of modules in the text format, without validating them, in one child process that has the
 * engine's WebAssembly, whatever flags this one was started with.
 *
 * @returns for each text what became of it.
 * @throws WabtError
 */
export function convertTexts(
  wabt: WabtPackage,
  texts: readonly Uint8Array[],
  features: WabtFeatures,
): readonly WabtResult[] {
  const request: WabtRequest = { wabt: wabt.path, features, texts: texts.map(base64) };
  const program = fileURLToPath(new URL(`./wabt-child${extname(import.meta.url)}`, import.meta.url));
  const child = spawnSync(process.execPath, [...withWasm(process.execArgv), program], {
    input: JSON.stringify(request),
    env: { ...process.env, NODE_OPTIONS: withWasm((process.env["NODE_OPTIONS"] ?? "").split(" ")).join(" ") },
    encoding: "utf8",
    maxBuffer: Number.POSITIVE_INFINITY,
    timeout: TIMEOUT,
  });
  if (child.error !== undefined) throw new WabtError(`wabt could not be run: ${child.error.message}`);
  if (child.status !== 0) {
    throw new WabtError(`wabt ended with ${child.signal ?? `code ${child.status}`}: ${child.stderr.trim()}`);
  }
  const { results } = JSON.parse(child.stdout) as WabtResponse;
  if (results.length !== texts.length) {
    throw new WabtError(`wabt answered for ${results.length} of ${texts.length} modules`);
  }
  return results;
}

/** Flags without those that take WebAssembly away, and without a debugger's, whose port is taken. */
export function withWasm(flags: readonly string[]): string[] {
  return flags.filter(
    (flag) => !/^--(no[-_]?expose[-_]wasm|jitless|expose[-_]wasm=false|inspect)/.test(flag),
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
