// Runs one program in this process, on the engine's WebAssembly if it has one, else on Lockstep's:
//
//     node [--no-expose-wasm] test/clients/run.mjs PROGRAM [REPETITIONS] [jit]
//
// and prints as JSON on one line what it gave, and what it took in milliseconds: until the package was ready, the first
// time, and the best of the repetitions.
import { installWebAssembly } from "../../dist/src/host/webassembly/index.js";
import { jit } from "../../dist/src/jit/index.js";

const [name, repetitions = "0", executor] = process.argv.slice(2);
const isLockstep = installWebAssembly(executor === "jit" ? { executor: jit() } : {}) !== undefined;

const started = performance.now();
const { open } = await import(`./programs/${name}.mjs`);
const work = await open();
const opened = performance.now();
const result = await work();
const first = performance.now();
let best = first - opened;
for (let i = 0; i < Number(repetitions); i++) {
  const from = performance.now();
  await work();
  best = Math.min(best, performance.now() - from);
}
const times = { open: opened - started, first: first - opened, best };
process.stdout.write(`${JSON.stringify({ isLockstep, result, times })}\n`);
process.exit();
