import { expect } from "chai";
import { load } from "../../src/decoder/index.ts";
import { type ExecutorFactory, ImportMap, instantiate, OPERATOR_1, Store, Trap } from "../../src/index.ts";
import { jit } from "../../src/jit/index.ts";
import { binary } from "../interp/build.ts";
import { watchingFunctions } from "./observed.ts";

/** Goes round `n` times: fills some bytes, copies them over each other, and adds one of them. */
const MODULE = load(
  binary({
    functions: [
      {
        export: "f",
        type: "i32 i32 i32 > i32",
        locals: "i32 i32",
        code: `loop
          local.get 1 i32.const 7 local.get 0 i32.add local.get 2 memory.fill
          local.get 1 i32.const 3 i32.add local.get 1 local.get 2 memory.copy
          local.get 4 local.get 1 i32.load8_u i32.add local.set 4
          local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end
          local.get 4`,
      },
    ],
    memory: [1],
  }),
  { features: "2.0" },
);

function outcome(args: readonly number[], gasLimit: bigint, executor?: ExecutorFactory): unknown {
  const schedule = { ...OPERATOR_1, id: "bytes", bulkByte: 3 };
  const store = new Store({ gasLimit, schedule, ...(executor && { executor }) });
  const instance = instantiate(store, MODULE, new ImportMap());
  let result: unknown;
  try {
    result = instance.call("f", ...args);
  } catch (error) {
    if (!(error instanceof Trap)) throw error;
    result = { code: error.code, stack: error.wasmStack };
  }
  return { result, gas: store.gasUsed, memory: instance.memory!.bytes.slice(0, 64).join() };
}

describe("bulk memory in generated code", () => {
  it("does, costs and traps as on the machine", () => {
    watchingFunctions((written) => {
      const executor = jit({ samples: 0 });
      for (const args of [
        [3, 8, 20],
        [1, 65_500, 33],
        [2, 65_500, 37],
        [1, -1, 1],
        [1, 65_536, 0],
        [2, 5, -1],
      ]) {
        for (const limit of [1_000_000n, 5n, 30n, 60n, 90n, 100n, 130n, 150n, 200n, 300n, 400n]) {
          expect(outcome(args, limit, executor), `${args}, ${limit}`).deep.equal(outcome(args, limit));
        }
      }
      expect(written.join()).include("h.copyMemory").and.include("h.fillMemory");
    });
  });
});
