import { readFileSync } from "node:fs";
import { expect } from "chai";
import { HELD_OUT, KERNELS } from "../../bench/kernels/table.ts";
import { compiledSource } from "../../bench/suites/executors.ts";
import { uncountedGenerated, uncountedLoop, uncountedSource } from "../../bench/suites/uncounted.ts";

describe("bench: without counting gas", () => {
  it("takes what counts out of generated code, which gives the same results", async () => {
    for (const kernel of [...KERNELS, ...HELD_OUT]) {
      expect(uncountedSource(compiledSource(kernel)), kernel.name).not.to.match(/\bg [-<] \d/);
    }
    // Making it checks the result.
    await uncountedGenerated(KERNELS.find(({ name }) => name === "fib64")!);
  });

  it("takes it out of the machine's loop", () => {
    const loop = readFileSync(new URL("../../src/interp/machine/loop.js", import.meta.url), "utf8");
    expect(uncountedLoop(loop)).not.to.match(/gas - |gas < 0/);
  });

  it("says so where code counts in a form that it does not know", () => {
    expect(() => uncountedSource("g = g - 5;")).to.throw("another form");
    expect(() => uncountedLoop("gas -= 1;")).to.throw("another form");
  });
});
