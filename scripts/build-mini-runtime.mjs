// Builds test/fixtures/mini-runtime/*.wasm: one runtime, once with the host's allocator and once with its own. The
// binaries are committed, so that tests need no wabt. With --check it only says whether they are up to date.
import { readFileSync, writeFileSync } from "node:fs";
import wabtFactory from "wabt";

const folder = new URL("../test/fixtures/mini-runtime/", import.meta.url);
const check = process.argv.includes("--check");
const read = (name) => readFileSync(new URL(name, folder), "utf8");
const wabt = await wabtFactory();

/** In the text format imports come first, wherever the parts have them. */
function moduleOf(...parts) {
  const lines = parts.flatMap((part) => read(part).split("\n"));
  const isImport = (line) => line.startsWith("  (import ");
  return ["(module", ...lines.filter(isImport), ...lines.filter((line) => !isImport(line)), ")"].join("\n");
}

function binaryOf(name, text) {
  const module = wabt.parseWat(name, text, {});
  module.validate();
  const { buffer } = module.toBinary({ write_debug_names: true });
  module.destroy();
  return Buffer.from(buffer);
}

let stale = 0;
for (const owner of ["host", "own"]) {
  const target = new URL(`${owner}-allocator.wasm`, folder);
  const binary = binaryOf(owner, moduleOf(`allocator-${owner}.wat`, "runtime.wat"));
  if (!check) writeFileSync(target, binary);
  else if (!binary.equals(readFileSync(target))) {
    console.error(
      `${owner}-allocator.wasm is not what its sources give: run node scripts/build-mini-runtime.mjs`,
    );
    stale++;
  }
}
process.exitCode = stale === 0 ? 0 : 1;
