import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root: this file is built to `<out>/test/decoder/`. */
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** The path of something in the folder of test material beside the repository, or undefined where it is absent. */
export function shared(path: string): string | undefined {
  const full = join(ROOT, "..", "shared", path);
  return existsSync(full) ? full : undefined;
}

/** The converted official test suites: where SPEC_TESTS says, else in the shared folder. */
export function specSuite(name: string): string | undefined {
  const from = process.env["SPEC_TESTS"];
  if (from === undefined) return shared(join("wasm-spec", name));
  const full = resolve(from, name);
  return existsSync(full) ? full : undefined;
}
