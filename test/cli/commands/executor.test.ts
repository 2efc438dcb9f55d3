import { expect } from "chai";
import { WabtError } from "../../../spec-tests/index.ts";
import { failureOf } from "../../../src/cli/failure.ts";
import { binary } from "../../interp/build.ts";
import { lockstep, TestFolder } from "../support.ts";
import { tinyChain } from "../tiny-chain.ts";
import { watchedModule } from "../watched-module.ts";

describe("cli: --executor, --gas and --features on everything that runs", () => {
  const folder = new TestFolder();
  const file = folder.write("module.wasm", watchedModule());
  const chain = tinyChain();
  const state = folder.write("state.json", chain.state);
  const block = folder.write("block.json", chain.block(chain.first));
  after(() => folder.remove());

  const runs: readonly (readonly string[])[] = [
    ["run", file, "main", "7"],
    ["run", file, "fail", "nan"],
    ["run", file, "grow"],
    ["call", state, "Test_echo", "--input", "0x0102"],
    ["call", state, "Test_trap"],
    ["verify", "--block", block, "--state", state],
    ["verify", "--block", block, "--state", state, "--gas", "3"],
  ];
  for (const args of runs) {
    it(`${args[0]} ${args.slice(args[0] === "verify" ? 5 : 2).join(" ")} gives the same on both executors`, async () => {
      const machine = await lockstep([...args, "--json"]);
      expect(machine.stdout).to.match(/^\{.*\}\n$/);
      for (const executor of ["machine", "jit", "reference"]) {
        expect(await lockstep([...args, "--json", "--executor", executor])).to.deep.equal(machine);
      }
    });
  }

  it("refuses an executor that does not exist", async () => {
    const { code, stderr } = await lockstep(["run", file, "main", "7", "--executor", "fast"]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/^error: --executor is machine, jit or reference, not "fast"\n/);
  });

  it("holds runtimes to the features", async () => {
    const extending = folder.write(
      "extending.wasm",
      binary({
        functions: [{ export: "Core_version", type: "i32 i32 > i64", code: "i64.const 1 i64.extend8_s" }],
        memory: [1],
        exportAll: true,
      }),
    );
    const refused = await lockstep(["call", extending, "Core_version", "--features", "mvp"]);
    expect(refused.code).to.equal(3);
    expect(refused.stderr).to.match(/sign-extension/);
    // With the feature it is decoded, and lacks what an entry point needs.
    const accepted = await lockstep(["call", extending, "Core_version"]);
    expect(accepted.stderr).to.match(/__heap_base/);
    const verified = await lockstep(["verify", "--block", block, "--state", state, "--features", "mvp"]);
    expect(verified.code).to.equal(0);
  });

  it("names the failure of a program it depends on as one of the system, not of its own", () => {
    expect(failureOf(new WabtError("wabt could not be run: ENOENT"))).to.include({
      exitCode: 3,
      kind: "system",
      message: "wabt could not be run: ENOENT",
    });
  });
});
