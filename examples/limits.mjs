// Runs code that would take everything it is given, and looks at how it ends.
import { readFileSync } from "node:fs";
import { ImportMap, instantiate, load, ModuleError, Store, Trap } from "lockstep";

const bytes = readFileSync(new URL("modules/hostile.wasm", import.meta.url));
const module = load(bytes);

function outcome(name) {
  const store = new Store({ gasLimit: 5_000_000n, maxCallDepth: 1000, maxMemoryPages: 100 });
  const instance = instantiate(store, module, new ImportMap());
  try {
    return `returned ${instance.call(name)}, gas ${store.gasUsed}`;
  } catch (error) {
    if (!(error instanceof Trap)) throw error;
    const [at] = error.wasmStack;
    return `trapped: ${error.code} in ${at.name} at byte ${at.offset}, gas ${store.gasUsed}`;
  }
}

for (const name of ["spin", "recurse", "hoard", "reach"]) console.log(name.padEnd(8), outcome(name));

try {
  load(bytes.subarray(0, 100));
} catch (error) {
  if (!(error instanceof ModuleError)) throw error;
  console.log("cut off ", `${error.kind}: ${error.reason} at byte ${error.offset}, ${error.context}`);
}
