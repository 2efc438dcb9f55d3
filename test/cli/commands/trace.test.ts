import { expect } from "chai";
import { bytesToHex } from "../../../src/host/hex.ts";
import { lockstep, TestFolder } from "../support.ts";
import { KEY, tinyChain, VALUE } from "../tiny-chain.ts";
import { watchedModule } from "../watched-module.ts";

describe("cli trace", () => {
  const folder = new TestFolder();
  const file = folder.write("module.wasm", watchedModule());
  const chain = tinyChain();
  const state = folder.write("state.json", chain.state);
  const block = folder.write("block.json", chain.block(chain.first));
  after(() => folder.remove());

  async function trace(...args: string[]) {
    const { code, stdout, stderr } = await lockstep(["trace", ...args]);
    const lines = stdout.split("\n").slice(0, -1);
    return { code, stderr, events: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  }
  const SQUARE = { func: 2, name: "tiny::math::square" };
  const MAIN = { func: 1, name: "main" };

  it("tells calls and returns with their values, and the gas used up to each", async () => {
    const { code, events, stderr } = await trace("run", file, "main", "7");
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(events).to.deep.equal([
      { event: "call", depth: 0, ...MAIN, types: ["i32"], args: [7], gas: 6 },
      { event: "call", depth: 1, ...SQUARE, types: ["i32"], args: [7], gas: 9 },
      { event: "return", depth: 1, ...SQUARE, type: "i32", result: 49, gas: 9 },
      { event: "call", depth: 1, ...SQUARE, types: ["i32"], args: [7], gas: 12 },
      { event: "return", depth: 1, ...SQUARE, type: "i32", result: 49, gas: 12 },
      { event: "return", depth: 0, ...MAIN, type: "i32", result: 98, gas: 12 },
      { event: "result", values: [98], gas: 12 },
    ]);
    expect(await trace(file, "main", "7")).to.deep.equal({ code, events, stderr });
  });

  it("tells memory growth, refused too", async () => {
    const { events } = await trace(file, "grow", "--only", "memory");
    expect(events).to.deep.equal([
      { event: "grow", depth: 0, pages: 1, previous: 0, gas: 5 + 1024 },
      { event: "grow", depth: 0, pages: 9, previous: -1, gas: 5 + 1024 * 10 },
      { event: "result", values: [-1], gas: 5 + 1024 * 10 },
    ]);
  });

  it("ends with the trap, answered as run does", async () => {
    const { code, events, stderr } = await trace(file, "fail", "-0");
    expect(code).to.equal(1);
    expect(events[0]).to.deep.include({ types: ["f64"], args: ["-0"] });
    expect(events.at(-1)).to.deep.include({ event: "trap", code: "unreachable", gas: 7 });
    expect(stderr).to.match(/^error: unreachable\n {4}at fail \(#4, byte 0x/);
    const absent = await trace(file, "absent");
    expect(absent.events.slice(-2)[0]).to.deep.equal({
      event: "host",
      depth: 1,
      name: "env.missing",
      types: ["i64"],
      args: ["-1"],
      gas: 2,
    });
    const gas = await trace(file, "main", "7", "--gas", "8");
    expect(gas.code).to.equal(4);
    expect(gas.events.at(-1)).to.deep.include({ event: "trap", code: "out-of-gas", gas: 6 });
  });

  it("escapes names that steer terminals, and demangles the stack of a trap", async () => {
    const wild = await lockstep(["run", file, "wild"]);
    expect(wild.stderr).to.match(/at wild\\u\{1b\}\[31m\\u\{a\}name \(#6/);
  });

  it("tells host functions of a runtime by their declared types, in calls and verifications", async () => {
    const { code, events } = await trace("verify", "--block", block, "--state", state, "--host-only");
    expect(code).to.equal(0);
    expect(events).to.deep.equal([
      {
        event: "host",
        depth: 1,
        name: "ext_storage_set_version_1",
        types: ["span", "span"],
        args: [bytesToHex(KEY), bytesToHex(VALUE)],
        gas: 4,
      },
      { event: "host-return", depth: 1, name: "ext_storage_set_version_1", gas: 4 },
      { event: "block", number: 1, hash: events[2]!["hash"], gas: 4 },
    ]);
    const call = await trace("call", state, "Test_echo", "--input", "0x0102");
    expect(call.events.map(({ event }) => event)).to.deep.equal(["call", "return", "result"]);
    expect(call.events.at(-1)).to.deep.equal({ event: "result", output: "0x0102", gas: 7 });
    const trap = await trace("call", state, "Test_trap");
    expect(trap.code).to.equal(1);
    expect(trap.events.at(-1)).to.deep.include({ event: "trap", code: "unreachable" });
  });

  it("leaves out what is not asked for", async () => {
    const depths = async (...options: string[]) =>
      (await trace(file, "main", "7", ...options)).events.map(({ event, depth }) => [event, depth]);
    expect(await depths("--depth", "1")).to.deep.equal([
      ["call", 0],
      ["return", 0],
      ["result", undefined],
    ]);
    expect(await depths("--only", "call")).to.deep.equal([
      ["call", 0],
      ["call", 1],
      ["call", 1],
      ["result", undefined],
    ]);
    expect(await depths("--host-only")).to.deep.equal([["result", undefined]]);
    expect(await depths("--calls-only")).to.deep.equal(await depths());
  });

  it("prints the same bytes again, and with the other executor", async () => {
    for (const args of [
      [file, "main", "7"],
      [file, "fail", "1.5"],
      [file, "grow"],
      ["verify", "--block", block, "--state", state],
      ["call", state, "Core_version"],
      ["call", state, "Test_spin", "--gas", "500"],
    ]) {
      const once = await lockstep(["trace", ...args]);
      expect(once.stdout.length).to.be.above(0);
      expect(await lockstep(["trace", ...args])).to.deep.equal(once);
      expect(await lockstep(["trace", ...args, "--executor", "reference"])).to.deep.equal(once);
    }
  });

  it("answers 2 to what it does not understand", async () => {
    for (const args of [
      [file],
      ["run", file],
      ["call", state],
      ["verify", state],
      ["demo", "now"],
      [file, "main", "7", "--state", state],
      ["verify", "--block", block, "--state", state, "--input", "0x"],
      [file, "main", "7", "--only", "calls"],
      [file, "main", "7", "--only", "call", "--host-only"],
      [file, "main", "7", "--depth", "-1"],
      [file, "main", "7", "--executor", "fast"],
    ]) {
      expect((await lockstep(["trace", ...args])).code, args.join(" ")).to.equal(2);
    }
    expect((await lockstep(["trace", file, "nothing"])).code).to.equal(3);
  });
});
