import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { lockstep, lockstepJson, TestFolder } from "../support.ts";

const HOSTILE = new URL("../../../../examples/modules/hostile.wasm", import.meta.url).pathname;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("cli compile", () => {
  const folder = new TestFolder();
  after(() => folder.remove());

  it("writes a module that --aot runs, with the same output", async () => {
    const out = join(folder.path, "hostile.mjs");
    const { code, json } = await lockstepJson<{
      files: { file: string; bytes: number }[];
      functions: number;
      left: number;
    }>("compile", HOSTILE, "-o", out);
    expect(code).to.equal(0);
    expect(json.files).to.deep.equal([{ file: out, bytes: readFileSync(out).length }]);
    expect(json.left).to.equal(0);
    expect(json.functions).to.be.greaterThan(1);
    for (const args of [["spin"], ["recurse"], ["hoard"], ["reach"]]) {
      const run = ["run", HOSTILE, ...args, "--gas", "3000000", "--json"];
      const machine = await lockstep(run);
      expect(await lockstep([...run, "--aot", out]), args[0]!).to.deep.equal(machine);
    }
  });

  it("compiles what was hot in a profile", async () => {
    const profiled = await lockstep(["profile", "run", HOSTILE, "hoard", "--json"]);
    const profile = folder.write("profile.json", encode(profiled.stdout));
    const out = join(folder.path, "hot.mjs");
    const { json } = await lockstepJson<{ functions: number }>(
      "compile",
      HOSTILE,
      "--profile",
      profile,
      "--out",
      out,
    );
    expect(json.functions).to.equal(1);
    const wrong = folder.write("wrong.json", {
      gas: 10,
      functions: [{ kind: "wasm", func: 4000, self: 10 }],
    });
    expect((await lockstep(["compile", HOSTILE, "--profile", wrong, "--out", out])).code).to.equal(3);
    const empty = folder.write("empty.json", []);
    expect((await lockstep(["compile", HOSTILE, "--profile", empty, "--out", out])).code).to.equal(3);
  });

  it("refuses what is no compiled module", async () => {
    const run = ["run", HOSTILE, "hoard", "--aot"];
    const missing = await lockstep([...run, join(folder.path, "nothing.mjs")]);
    expect(missing.code).to.equal(3);
    const text = await lockstep([...run, folder.write("text.mjs", encode("this is no JavaScript"))]);
    expect(text.code).to.equal(3);
    const other = await lockstep([...run, folder.write("other.mjs", encode("export const a = 1;\n"))]);
    expect(other.code).to.equal(3);
    expect(other.stderr).to.match(/no module that Lockstep compiled/);
    const both = await lockstep([...run, join(folder.path, "hot.mjs"), "--executor", "jit"]);
    expect(both.code).to.equal(2);
    expect((await lockstep(["compile", HOSTILE])).code).to.equal(2);
    expect((await lockstep(["compile", HOSTILE, "-o", "x.mjs", "--share", "2"])).code).to.equal(2);
  });
});
