// Builds the Go reactor that tests call. Needs Go 1.24 or newer; what it makes is committed, so that tests need none.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const folder = fileURLToPath(new URL("../test/fixtures/go-reactor/", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "lockstep-go-"));
const wasm = join(work, "reactor.wasm");
const flags = ["build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w", "-o", wasm, "."];
execFileSync("go", flags, {
  cwd: folder,
  env: { ...process.env, GOOS: "wasip1", GOARCH: "wasm", GOWORK: "off", GOTOOLCHAIN: "local" },
  stdio: "inherit",
});
const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
writeFileSync(join(folder, "reactor.wasm.br"), brotliCompressSync(readFileSync(wasm), { params }));
rmSync(work, { recursive: true });
