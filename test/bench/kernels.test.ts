import { expect } from "chai";
import { coreMark, HELD_OUT, KERNELS, kernelBytes } from "../../bench/kernels/table.ts";
import { generatedModule } from "../../bench/subjects/generated.ts";
import { ImportMap, instantiate, load, Store } from "../../src/index.ts";

describe("bench: subjects", () => {
  for (const kernel of [...KERNELS, ...HELD_OUT, ...[coreMark() ?? []].flat()]) {
    it(`${kernel.name} gives its known result on a fresh instance`, () => {
      const instance = instantiate(new Store(), load(kernelBytes(kernel)), new ImportMap());
      expect(instance.call("run", kernel.argument)).to.equal(kernel.result);
    });
  }

  it("the generated module is valid and has as many functions as asked for", () => {
    expect(load(generatedModule(10)).bodies).to.have.length(10);
  });
});
