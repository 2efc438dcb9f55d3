import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { WabtFeatures } from "./wabt-features.ts";
import type { WabtResult } from "./wabt-protocol.ts";

/** Goes up when the same texts are to be converted in another way. */
const REVISION = 1;

/** Answers of a file system that cannot be written: one can do without a cache there. */
const READ_ONLY = new Set(["EACCES", "EPERM", "EROFS", "ENOSPC", "ENOTDIR"]);

/** `wast` in `$LOCKSTEP_CACHE`, else in `.cache/lockstep` of the working directory. */
export function conversionFolder(env: { readonly [name: string]: string | undefined }): string {
  return join(env["LOCKSTEP_CACHE"] || join(".cache", "lockstep"), "wast");
}

/** Conversions kept on disk, a file for each script, named by the hash of all that they depend on. */
export class ConversionCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The name under which the conversions of a script's texts are kept. */
  key(wabtVersion: string, features: WabtFeatures, texts: readonly Uint8Array[]): string {
    const hash = createHash("sha256");
    hash.update(JSON.stringify([REVISION, wabtVersion, features, texts.map(({ length }) => length)]));
    for (const text of texts) hash.update(text);
    return hash.digest("hex");
  }

  /** What is kept under a key, if it is there whole: anything else is made anew. */
  get(key: string, count: number): readonly WabtResult[] | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path(key), "utf8");
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "EACCES"].includes(codeOf(error))) return undefined;
      throw error;
    }
    try {
      const results: unknown = JSON.parse(text);
      return Array.isArray(results) && results.length === count && results.every(isResult)
        ? results
        : undefined;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  put(key: string, results: readonly WabtResult[]): void {
    const path = this.#path(key);
    // Under a name of its own first: a broken or parallel run never leaves half a file under the final one.
    const draft = `${path}.${process.pid}`;
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(draft, JSON.stringify(results));
      renameSync(draft, path);
    } catch (error) {
      if (!READ_ONLY.has(codeOf(error))) throw error;
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

function isResult(value: unknown): value is WabtResult {
  if (typeof value !== "object" || value === null) return false;
  const { binary, refused } = value as { readonly [field: string]: unknown };
  return typeof binary === "string" || typeof refused === "string";
}
