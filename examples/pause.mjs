// Runs a call in parts, looks into it between them, and ends it as another process could: from bytes.
import { readFileSync } from "node:fs";
import { hostFunc, I32, ImportMap, instantiate, load, restore, Store, snapshot } from "lockstep";

const module = load(readFileSync(new URL("modules/collatz.wasm", import.meta.url)));
const visit = hostFunc("visit", { params: [I32], results: [] }, () => {});
const imports = new ImportMap().define("host", "visit", { kind: "func", value: visit });
const store = new Store();
const execution = instantiate(store, module, imports).start("steps", [27]);

for (let part = 1; part <= 3; part++) {
  execution.run({ gas: 500n });
  const [{ name, offset, operator, locals }] = execution.frames;
  console.log(`${store.gasUsed} gas: ${name}, n = ${locals[0].value}, before ${operator} at byte ${offset}`);
}

const bytes = snapshot(execution);
console.log(`snapshot: ${bytes.length} bytes`);
const restored = restore(bytes, { modules: [module], imports });
restored.execution.run();
console.log(`${restored.store.gasUsed} gas: ${restored.execution.status} ${restored.execution.result}`);
