import { expect } from "chai";
import { CLIENTS, isInstalled, runClient } from "./clients.ts";

/** On generated code, too: enough to see that the two go together. */
const COMPILED = new Set(["source-map", "hash-wasm"]);

describe("packages that ship Wasm, on the polyfill", () => {
  for (const client of CLIENTS) {
    it(`${client.program} gives what it gives on the engine's Wasm`, async function () {
      if (!isInstalled(client)) {
        console.log(`      skipped: ${client.package} is not installed; npm ci --prefix test/clients`);
        this.skip();
      }
      const sides = COMPILED.has(client.program) ? (["machine", "jit"] as const) : (["machine"] as const);
      const [engine, ...ours] = await Promise.all([
        runClient(client, "engine"),
        ...sides.map((side) => runClient(client, side)),
      ]);
      expect(engine!.isLockstep).to.equal(false);
      for (const { isLockstep, result } of ours) {
        expect(isLockstep).to.equal(true);
        expect(result).to.deep.equal(engine!.result);
      }
    });
  }
});
