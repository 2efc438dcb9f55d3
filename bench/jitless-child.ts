/** Times kernels on the machine and on code compiled before, in turn, and prints them as JSON. For `node --jitless`. */
import { aot } from "../src/aot/index.ts";
import { KERNELS, type Kernel } from "./kernels/table.ts";
import { compiledKernel, onLockstep } from "./suites/executors.ts";

const ROUNDS = 3;

function milliseconds(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** Small enough for an interpreter in an interpreter; results are known for the usual argument only. */
const ARGUMENTS: Readonly<Record<string, number>> = {
  sieve: 1,
  qsort: 1,
  crc32: 2,
  blake2b: 200,
  xxh64: 2,
  u128: 1500,
  fib64: 16,
  fib32: 16,
  mandel: 1,
  nbody: 300,
  memops: 1,
  hashmap: 1,
  icall: 20_000,
};

const found = [];
for (const kernel of KERNELS) {
  const smaller: Kernel = { ...kernel, argument: ARGUMENTS[kernel.name] ?? 1, result: Number.NaN };
  const machine = onLockstep(smaller);
  const generated = onLockstep(smaller, aot(await compiledKernel(kernel)));
  if (machine() !== generated()) throw new Error(`${kernel.name}: results differ`);
  const times = { name: `${kernel.name} (${kernel.class})`, machine: [] as number[], aot: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.machine.push(milliseconds(machine));
    times.aot.push(milliseconds(generated));
  }
  found.push(times);
}
console.log(JSON.stringify(found));
