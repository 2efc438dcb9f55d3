import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { KERNELS, type Kernel, kernelBytes } from "../../bench/kernels/table.ts";
import { withEntry } from "../../bench/peers/entry.ts";
import { OUTSIDERS } from "../../bench/peers/native.ts";
import { ImportMap, instantiate, load, Store } from "../../src/index.ts";

const kernel = (wanted: string): Kernel => KERNELS.find(({ name }) => name === wanted)!;

describe("bench: peers in processes of their own", () => {
  it("kernels with an entry that takes nothing give the same, and call nothing where they should not", () => {
    for (const name of ["fib64", "icall", "xxh64"]) {
      const { argument, result } = kernel(name);
      const main = (calls: 0 | 1) => {
        const module = load(withEntry(kernelBytes(kernel(name)), argument, calls));
        const store = new Store();
        const found = instantiate(store, module, new ImportMap()).call("main");
        return { found, gas: store.gasUsed };
      };
      expect(main(1).found, name).to.equal(result);
      expect(main(0).found, name).to.equal(0);
      expect(main(0).gas < 5n && main(1).gas > 1000n, name).to.equal(true);
    }
  });

  it("refuses modules of another form", () => {
    expect(() => withEntry(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), 1, 1)).to.throw("no section 1");
  });

  for (const { id, needs, isHere, time } of OUTSIDERS) {
    it(`${id} gives a time for a right result, and throws for a wrong one`, function () {
      if (!isHere()) {
        this.test!.title += ` (skipped: needs ${needs})`;
        this.skip();
      }
      expect(time(kernel("fib64"), 0.003)).to.be.above(0);
      expect(() => time({ ...kernel("fib64"), result: 1 }, 0.003)).to.throw("not 1");
    });
  }

  it("runs the tests' own engine without the engine's Wasm, which only child processes have", () => {
    expect("WebAssembly" in globalThis).to.equal(false);
    const { stdout } = spawnSync(process.execPath, ["-p", "typeof WebAssembly"], { encoding: "utf8" });
    expect(stdout.trim()).to.equal("object");
  });
});
