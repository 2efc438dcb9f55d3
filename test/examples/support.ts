import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The repository's root: this file is built to `<out>/test/examples/`. */
const ROOT = new URL("../../../", import.meta.url);

/** The bytes of a file of this repository. */
export function repositoryFile(path: string): Buffer {
  return readFileSync(new URL(path, ROOT));
}

export interface ExampleOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an example as a reader would, on the built package, in a process without the engine's own Wasm. */
export function runExample(name: string, ...args: string[]): ExampleOutcome {
  const file = fileURLToPath(new URL(`examples/${name}.mjs`, ROOT));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--no-expose-wasm", file, ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}
