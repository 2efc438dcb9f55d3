/**
 * Runs the Web Platform Tests of the JS API on the polyfill, in this process:
 *
 *     npm run wpt -- FOLDER [PART…]
 *
 * FOLDER is a checkout of the Web Platform Tests, or its `wasm` folder's parent; PARTs choose files by their paths.
 * `--native` runs them on the engine's WebAssembly, to see what it says.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { installWebAssembly } from "../../src/host/webassembly/index.ts";
import { reasonToSkip } from "./applies.ts";
import { runFile } from "./file.ts";
import { serve } from "./server.ts";

const native = process.argv.includes("--native");
const [root, ...parts] = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
if (root === undefined) {
  console.error("usage: npm run wpt -- FOLDER [PART…]");
  process.exit(2);
}

const files = readdirSync(join(root, "wasm"), { recursive: true, encoding: "utf8" })
  .map((path) => join("wasm", path))
  .filter((path) => path.endsWith(".any.js") && !path.includes("esm-integration"))
  .filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)))
  .sort();

const { origin } = await serve(root);
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const path of files) {
  const reason = reasonToSkip(path);
  if (reason !== undefined) {
    console.log(`- ${path}: skipped, ${reason}`);
    counts.skipped++;
    continue;
  }
  if (!native) installWebAssembly({ force: true });
  for (const { name, error, passed } of await runFile(root, path, origin)) {
    const why = passed ? undefined : reasonToSkip(path, name);
    if (passed) counts.passed++;
    else if (why !== undefined) counts.skipped++;
    else {
      counts.failed++;
      console.log(`✗ ${path}: ${name}\n    ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
}
console.log(
  `${files.length} files: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
);
process.exitCode = counts.failed === 0 ? 0 : 1;
