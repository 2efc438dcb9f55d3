import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BUILT_PEERS, ROOT } from "../paths.ts";

/** What a kernel spends its time on. */
export type KernelClass = "i32" | "i64" | "call" | "f64" | "memory" | "mixed";

export interface Kernel {
  readonly name: string;
  readonly class: KernelClass;
  /** The argument of `run` for one iteration. */
  readonly argument: number;
  /** What `run(argument)` returns on a fresh instance. */
  readonly result: number;
  /** Where the binary is, if it is none of the repository's. */
  readonly file?: URL;
}

export const KERNELS: readonly Kernel[] = [
  { name: "sieve", class: "i32", argument: 8, result: 52336 },
  { name: "qsort", class: "i32", argument: 3, result: -1244444882 },
  { name: "crc32", class: "i32", argument: 30, result: -714605257 },
  { name: "blake2b", class: "i64", argument: 3000, result: -1658651761 },
  { name: "xxh64", class: "i64", argument: 30, result: -849282498 },
  { name: "u128", class: "i64", argument: 40000, result: 1798736415 },
  { name: "fib64", class: "i64", argument: 22, result: 17711 },
  { name: "fib32", class: "call", argument: 24, result: 46368 },
  { name: "mandel", class: "f64", argument: 2, result: 397948 },
  { name: "nbody", class: "f64", argument: 5000, result: -4419048 },
  { name: "memops", class: "memory", argument: 6, result: 1972230 },
  { name: "hashmap", class: "memory", argument: 8, result: -781143712 },
  { name: "icall", class: "call", argument: 300000, result: -80682699 },
];

/**
 * Kernels to judge by: nobody looks at them when instructions are chosen or thresholds set. Their results are those of
 * native builds.
 */
export const HELD_OUT: readonly Kernel[] = [
  { name: "sha256", class: "i32", argument: 60, result: 611883209 },
  { name: "siphash", class: "i64", argument: 60, result: -621210621 },
  { name: "queens", class: "call", argument: 10, result: 724 },
  { name: "matmul", class: "f64", argument: 12, result: 365 },
  { name: "lz", class: "memory", argument: 6, result: -175576598 },
  { name: "tree", class: "memory", argument: 4, result: -828332610 },
];

export const COREMARK_FILE = new URL("coremark.wasm", BUILT_PEERS);
export const COREMARK_NEEDS = "CoreMark (npm run bench:peers builds it)";

/** CoreMark, where it was built. Ten iterations end with the CRC that its documentation names. */
export function coreMark(): Kernel | undefined {
  if (!existsSync(COREMARK_FILE)) return undefined;
  return { name: "CoreMark", class: "mixed", argument: 10, result: 0xfcaf, file: COREMARK_FILE };
}

export function kernelFile(kernel: Kernel): string {
  return fileURLToPath(kernel.file ?? new URL(`bench/kernels/wasm/${kernel.name}.wasm`, ROOT));
}

export function kernelBytes(kernel: Kernel): Uint8Array {
  return new Uint8Array(readFileSync(kernelFile(kernel)));
}
