import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Kernel, kernelBytes } from "../kernels/table.ts";
import { ROOT } from "../paths.ts";

/*
 * Others that make JavaScript of Wasm. Neither validates, counts gas, bounds the stack or traps where memory ends.
 * They are not among the repository's dependencies: `npm ci --prefix bench/peers`.
 */

export const TRANSLATORS_NEED = "polywasm and wasm2js (npm ci --prefix bench/peers)";

const MODULES = new URL("bench/peers/node_modules/", ROOT);
const POLYWASM = new URL("polywasm/index.js", MODULES);
const WASM2JS = fileURLToPath(new URL("binaryen/bin/wasm2js", MODULES));

export const hasTranslators = (): boolean => existsSync(POLYWASM) && existsSync(WASM2JS);

type Run = (argument: number) => number;

/** Translates by strings, in the page: it needs `new Function`. */
export async function onPolywasm(kernel: Kernel): Promise<Run> {
  const { WebAssembly: wasm } = (await import(POLYWASM.href)) as { WebAssembly: PolywasmApi };
  const { instance } = await wasm.instantiate(kernelBytes(kernel));
  return instance.exports["run"]!;
}
interface PolywasmApi {
  instantiate(bytes: Uint8Array): Promise<{ readonly instance: { readonly exports: Record<string, Run> } }>;
}

/** Binaryen's translator, at build time, with its optimiser. */
export async function onWasm2js(kernel: Kernel): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-wasm2js-"));
  try {
    const input = join(folder, `${kernel.name}.wasm`);
    const output = join(folder, `${kernel.name}.mjs`);
    writeFileSync(input, kernelBytes(kernel));
    execFileSync(process.execPath, [WASM2JS, "-O", input, "-o", output], { stdio: "ignore" });
    return ((await import(pathToFileURL(output).href)) as { run: Run }).run;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
