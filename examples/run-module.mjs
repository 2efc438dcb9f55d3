// Loads a module, gives it a host function and a gas limit, and calls it.
import { readFileSync } from "node:fs";
import { hostFunc, I32, ImportMap, instantiate, load, Store } from "lockstep";

const module = load(readFileSync(new URL("modules/collatz.wasm", import.meta.url)));

const visited = [];
const visit = hostFunc("visit", { params: [I32], results: [] }, (n) => {
  visited.push(n);
});
const imports = new ImportMap().define("host", "visit", { kind: "func", value: visit });

const store = new Store({ gasLimit: 1_000_000n });
const instance = instantiate(store, module, imports);

console.log("steps", instance.call("steps", 6));
console.log("visited", visited.join(" "));
console.log("gas", store.gasUsed);
