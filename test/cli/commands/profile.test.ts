import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { shared } from "../../decoder/shared.ts";
import { lockstep, lockstepJson, TestFolder } from "../support.ts";
import { tinyChain } from "../tiny-chain.ts";
import { watchedModule } from "../watched-module.ts";

interface JsonProfile {
  readonly gas: number;
  readonly functions: readonly { readonly name: string; readonly calls: number; readonly self: number }[];
}

describe("cli profile", () => {
  const folder = new TestFolder();
  const file = folder.write("module.wasm", watchedModule());
  const chain = tinyChain();
  const state = folder.write("state.json", chain.state);
  const block = folder.write("block.json", chain.block(chain.first));
  after(() => folder.remove());

  it("lists the functions by their gas", async () => {
    expect(await lockstep(["profile", "run", file, "main", "7"])).to.deep.equal({
      code: 0,
      stdout: [
        "12 gas, 2 functions, 3 calls",
        "",
        "self         total          calls  function",
        "   6  50.0%     12  100.0%      1  main",
        "   6  50.0%      6   50.0%      2  tiny::math::square",
        "",
      ].join("\n"),
      stderr: "",
    });
    const { stdout } = await lockstep(["profile", file, "main", "7", "--top", "1"]);
    expect(stdout).to.match(/ main\nand 1 more function: see --top\n$/);
  });

  it("profiles calls and verifications, host functions among them", async () => {
    const call = await lockstepJson<JsonProfile>("profile", "call", state, "Test_echo", "--input", "0x01");
    expect(call.json.gas).to.equal(7);
    expect(call.json.functions).to.have.length(1);
    expect(call.json.functions[0]).to.include({
      name: "Test_echo",
      kind: "wasm",
      calls: 1,
      self: 7,
      total: 7,
    });
    const verify = await lockstepJson<JsonProfile>("profile", "verify", "--block", block, "--state", state);
    expect(verify.json.functions.map(({ name, calls, self }) => [name, calls, self])).to.deep.equal([
      ["Core_execute_block", 1, 4],
      ["ext_storage_set_version_1", 1, 0],
    ]);
  });

  it("writes each format to stdout or a file", async () => {
    const out = join(folder.path, "profile.out");
    for (const format of ["speedscope", "chrome", "folded"]) {
      const { stdout } = await lockstep(["profile", file, "main", "7", "--format", format]);
      expect(stdout).to.contain("tiny::math::square");
      const written = await lockstep(["profile", file, "main", "7", "--format", format, "-o", out]);
      expect(written.stdout).to.equal(`wrote ${out}, ${Buffer.byteLength(stdout)} bytes\n`);
      expect(readFileSync(out, "utf8")).to.equal(stdout);
    }
    await lockstep(["profile", file, "main", "7", "--format", "pprof", "--out", out]);
    expect(gunzipSync(readFileSync(out)).toString("latin1")).to.contain("tiny::math::square");
    await lockstep(["profile", file, "main", "7", "--out", out]);
    expect(JSON.parse(readFileSync(out, "utf8")).exporter).to.equal("lockstep");
  });

  it("profiles a run that fails up to where it did, and answers as that", async () => {
    const out = join(folder.path, "failed.folded");
    const failed = await lockstep(["profile", file, "fail", "1", "--format", "folded", "-o", out]);
    expect(failed.code).to.equal(1);
    expect(failed.stderr).to.match(/^error: unreachable\n/);
    expect(readFileSync(out, "utf8")).to.equal("fail 4\nfail;tiny::math::square 3\n");
    const endless = await lockstep(["profile", "call", state, "Test_spin", "--gas", "500"]);
    expect(endless.code).to.equal(4);
    expect(endless.stdout).to.match(/^500 gas, 1 function, 1 call\n/);
  });

  it("gives the same bytes again, and with the other executor", async () => {
    const bytes = async (...args: string[]) => {
      const out = join(folder.path, "same");
      const { code } = await lockstep(["profile", ...args, "-o", out]);
      return [code, readFileSync(out).toString("hex")];
    };
    for (const format of ["speedscope", "chrome", "folded", "pprof"]) {
      for (const watched of [
        [file, "main", "7"],
        [file, "fail", "7"],
        ["verify", "--block", block, "--state", state],
      ]) {
        const args = [...watched, "--format", format];
        const once = await bytes(...args);
        expect(await bytes(...args)).to.deep.equal(once);
        expect(await bytes(...args, "--executor", "reference")).to.deep.equal(once);
      }
    }
  });

  it("answers 2 to what it does not understand, 3 to a file it cannot write", async () => {
    for (const args of [
      ["--format", "svg"],
      ["--format", "pprof"],
      ["--top", "many"],
      ["--json", "--format", "folded"],
    ]) {
      expect((await lockstep(["profile", file, "main", "7", ...args])).code, args.join(" ")).to.equal(2);
    }
    const nowhere = await lockstep(["profile", file, "main", "7", "-o", join(folder.path, "no", "such")]);
    expect(nowhere.code).to.equal(3);
  });

  const blocks = shared("chain/blocks");
  it(`names the functions of a real runtime${blocks === undefined ? " (skipped: no ../shared)" : ""}`, async function () {
    if (blocks === undefined) this.skip();
    const real = (name: string) => [
      ...["verify", "--block", join(blocks, name, "blocks.json")],
      ...["--witness", join(blocks, name, "witness.json"), "--code", join(blocks, name, "state.json")],
    ];
    const folded = await lockstep(["profile", ...real("paseo-1001002-synthetic-1"), "--format", "folded"]);
    expect(folded.stderr).to.equal("");
    expect(folded.code).to.equal(0);
    const lines = folded.stdout.split("\n").slice(0, -1);
    expect(lines.length).to.be.above(500);
    for (const line of lines) expect(line).to.match(/^Core_execute_block(;|\s)/);
    // The runtime's names are mangled, and there is one for every function.
    expect(folded.stdout).to.contain(";frame_executive::");
    expect(folded.stdout).to.not.match(/_ZN|_R[A-Z]|function \d/);
    const gas = lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
    const { json } = await lockstepJson<JsonProfile>("profile", ...real("paseo-1001002-synthetic-1"));
    expect(json.gas).to.equal(gas);
    expect(json.functions.some(({ name }) => name === "ext_storage_get_version_1")).to.equal(true);
    const slow = await lockstep([
      ...["profile", ...real("paseo-1001002-synthetic-1"), "--format", "folded"],
      ...["--executor", "reference"],
    ]);
    expect(slow).to.deep.equal(folded);
  });
});
