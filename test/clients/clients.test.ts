import { expect } from "chai";
import { CLIENTS, isInstalled, runClient } from "./clients.ts";

describe("packages that ship Wasm, on the polyfill", () => {
  for (const client of CLIENTS) {
    it(`${client.program} gives what it gives on the engine's Wasm`, async function () {
      if (!isInstalled(client)) {
        console.log(`      skipped: ${client.package} is not installed; npm ci --prefix test/clients`);
        this.skip();
      }
      const [ours, engines] = await Promise.all([runClient(client, "lockstep"), runClient(client, "engine")]);
      expect([ours.isLockstep, engines.isLockstep]).to.deep.equal([true, false]);
      expect(ours.result).to.deep.equal(engines.result);
    });
  }
});
