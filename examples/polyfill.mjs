// Runs a program that expects `WebAssembly` where the engine has none, and limits what it may use.
import { readFileSync } from "node:fs";
import { Store } from "lockstep";
import { createWebAssembly } from "lockstep/polyfill";
import "lockstep/polyfill/auto";

const bytes = readFileSync(new URL("modules/collatz.wasm", import.meta.url));
const imports = { host: { visit: (n) => visited.push(n) } };
const visited = [];

// `auto` has defined the global object's, as there was none: from here on it is like any other.
const { instance } = await WebAssembly.instantiate(bytes, imports);
console.log("steps", instance.exports.steps(6), "visited", visited.join(" "));

// One of one's own has a store of one's own, with its limits and its gas.
const store = new Store({ gasLimit: 1000n, maxMemoryPages: 16 });
const { Module, Instance, RuntimeError } = createWebAssembly({ store });
const limited = new Instance(new Module(bytes), imports);
try {
  limited.exports.steps(27);
} catch (error) {
  console.log(error instanceof RuntimeError, error.message, store.gasUsed);
}
