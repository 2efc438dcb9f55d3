import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Elsewhere } from "../interleave.ts";
import { type Kernel, kernelBytes, kernelFile } from "../kernels/table.ts";
import { BUILT_PEERS } from "../paths.ts";
import { withEntry } from "./entry.ts";

/*
 * Executors that run kernels in processes of their own: the engine with its baseline compiler alone, and native
 * interpreters. All are optional; see install.ts.
 */

/** A process that runs kernels and takes the time itself, or from outside. */
export interface Outsider {
  readonly id: string;
  readonly needs: string;
  readonly isHere: () => boolean;
  /** @throws Error if the process fails or gives a wrong result */
  readonly time: (kernel: Kernel, seconds: number) => number;
}

export const WASM3 = fileURLToPath(new URL("wasm3", BUILT_PEERS));
export const WASM_INTERP_NEEDS = "wasm-interp (Debian's package wabt)";

const CHILD = fileURLToPath(new URL("../engine/kernel-child.js", import.meta.url));

/** Everything that would run kernels elsewhere, were it here. */
export const OUTSIDERS: readonly Outsider[] = [
  {
    id: "liftoff",
    needs: "V8's baseline compiler (--liftoff-only)",
    isHere: () => spawnSync(process.execPath, ["--liftoff-only", "-e", "0"]).status === 0,
    time: (kernel, seconds) => timedByItself(process.execPath, ["--liftoff-only", CHILD], kernel, seconds),
  },
  {
    id: "wasm3",
    needs: "native wasm3 (npm run bench:peers builds it)",
    isHere: () => existsSync(WASM3),
    time: (kernel, seconds) => timedByItself(WASM3, [], kernel, seconds),
  },
  {
    id: "interp",
    needs: WASM_INTERP_NEEDS,
    isHere: () => wasmInterp() !== undefined,
    time: (kernel) => timedFromOutside(wasmInterp()!, kernel),
  },
];

/** Those of them that are here, each with the kernel, for `interleaved`. */
export function elsewhere(kernel: Kernel, outsiders: readonly Outsider[]): Elsewhere[] {
  return outsiders.map(({ id, time }) => ({ name: id, time: (seconds) => time(kernel, seconds) }));
}

/** The command, undefined if it is not here. */
export function wasmInterp(): string | undefined {
  const command = process.env["WASM_INTERP"] ?? "wasm-interp";
  return spawnSync(command, ["--version"]).status === 0 ? command : undefined;
}

/** A process that prints the first call's result and the milliseconds of a call: its start is in neither. */
function timedByItself(command: string, args: readonly string[], kernel: Kernel, seconds: number): number {
  const { name, argument, result } = kernel;
  const own = [kernelFile(kernel), String(argument), String(seconds * 1000)];
  const { stdout, stderr, status } = spawnSync(command, [...args, ...own], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} on ${command} failed: ${stderr}`);
  const [found, time] = stdout.trim().split(" ").map(Number) as [number, number];
  if (found !== result) throw new Error(`${name} on ${command} gave ${found}, not ${result}`);
  return time;
}

const RUNS = 2;

/**
 * wasm-interp calls exports without parameters only, and takes no time. So it gets the kernel with such an export, and
 * what counts is the whole process, less a process that loads the same module and calls nothing.
 */
function timedFromOutside(command: string, kernel: Kernel): number {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-interp-"));
  try {
    const once = (calls: 0 | 1): number => {
      const file = join(folder, `${calls}.wasm`);
      writeFileSync(file, withEntry(kernelBytes(kernel), kernel.argument, calls));
      const start = performance.now();
      const { stdout } = spawnSync(command, [file, "--run-all-exports"], { encoding: "utf8" });
      const time = performance.now() - start;
      const found = Number(/i32:(\d+)/.exec(stdout)?.[1]) | 0;
      const expected = calls === 0 ? 0 : kernel.result;
      if (found !== expected)
        throw new Error(`${kernel.name} on wasm-interp gave ${stdout}, not ${expected}`);
      return time;
    };
    const fastest = (calls: 0 | 1): number => Math.min(...Array.from({ length: RUNS }, () => once(calls)));
    return Math.max(fastest(1) - fastest(0), Number.EPSILON);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
