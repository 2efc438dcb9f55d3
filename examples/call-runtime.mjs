// node examples/call-runtime.mjs CODE METHOD: asks a runtime for its version and calls an entry point that takes no
// arguments, on an empty state.
import { readFileSync } from "node:fs";
import { bytesToHex, counting } from "lockstep/host";
import { Runtime, RuntimeError } from "lockstep/polkadot";

const [codeFile, method] = process.argv.slice(2);
const runtime = Runtime.fromCode(readFileSync(codeFile));
const { specName, specVersion } = runtime.version();
console.log(`${specName} ${specVersion}, code hash ${bytesToHex(runtime.codeHash)}`);

const counts = new Map();
try {
  const { output, gasUsed } = runtime.call(method, new Uint8Array(0), {
    gasLimit: 1_000_000_000n,
    decorate: counting(counts),
  });
  console.log(`${method}: ${output.length} bytes, ${gasUsed} gas`);
} catch (error) {
  if (!(error instanceof RuntimeError)) throw error;
  console.log(`${error.kind}: ${error.message}`);
  process.exitCode = 1;
}
for (const [name, count] of [...counts].sort(([, a], [, b]) => b - a)) console.log(`${count} x ${name}`);
