/**
 * Times `run` of a module on the engine's own Wasm, for engines with other flags than this process: MODULE ARGUMENT
 * MILLISECONDS prints the first call's result and the milliseconds of a call in the fastest of three samples, each as
 * many calls as fit into a third of the time, and one at least. That is how the suites take time in their own process.
 */
import { readFileSync } from "node:fs";
import { type EngineFunction, engineWasm } from "./wasm-api.ts";

const [file, argument, budget] = process.argv.slice(2) as [string, string, string];
const wasm = engineWasm();
const instance = new wasm.Instance(new wasm.Module(new Uint8Array(readFileSync(file))));
const run = instance.exports["run"] as EngineFunction;
const first = run(Number(argument));
let fastest = Number.POSITIVE_INFINITY;
for (let sample = 0; sample < 3; sample++) {
  const start = performance.now();
  let time: number;
  let calls = 0;
  do {
    run(Number(argument));
    calls++;
    time = performance.now() - start;
  } while (time < Number(budget) / 3);
  fastest = Math.min(fastest, time / calls);
}
console.log(`${first} ${fastest}`);
