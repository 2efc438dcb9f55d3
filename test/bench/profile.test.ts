import { expect } from "chai";
import { PART_NAMES, profiled } from "../../bench/profile.ts";
import { generatedModule } from "../../bench/subjects/generated.ts";
import { load } from "../../src/index.ts";

describe("bench: profile", () => {
  it("counts the time of the work, all of it and by the part that took it", async () => {
    const module = generatedModule(200);
    let elapsed = 0;
    const parts = await profiled(() => {
      const start = performance.now();
      do load(module);
      while (performance.now() - start < 200);
      elapsed = performance.now() - start;
    });
    const total = Object.values(parts).reduce((sum, ms) => sum + ms, 0);
    expect(total).to.be.within(0.7 * elapsed, 1.1 * elapsed);
    expect(parts["decoding and validating"]).to.be.above(0.5 * total);
    expect(PART_NAMES).to.include.members(Object.keys(parts));
  });
});
