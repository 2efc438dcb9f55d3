import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { commands } from "../../src/cli/index.ts";
import { lockstep, lockstepJson } from "./support.ts";

const BIN = fileURLToPath(new URL("../../src/cli/bin.js", import.meta.url));

function spawn(...args: string[]) {
  return spawnSync(process.execPath, ["--no-expose-wasm", BIN, ...args], { encoding: "utf8" });
}

describe("cli/main", () => {
  it("lists every command, and prints a page for each", async () => {
    const { code, stdout } = await lockstep(["--help"]);
    expect(code).to.equal(0);
    for (const command of commands) {
      expect(stdout).to.contain(`\n  ${command.name} `);
      const page = await lockstep([command.name, "--help"]);
      expect(page.code).to.equal(0);
      expect(page.stdout).to.contain(`Usage: lockstep ${command.name}`);
      expect(await lockstep(["help", command.name])).to.deep.equal(page);
    }
  });

  it("keeps help within 80 columns", async () => {
    const pages = [["--help"], ...commands.map(({ name }) => [name, "--help"])];
    for (const page of pages) {
      const { stdout } = await lockstep(page);
      for (const line of stdout.split("\n")) expect([...line].length, line).to.be.at.most(80);
    }
  });

  it("prints the version of the package", async () => {
    const { stdout } = await lockstep(["--version"]);
    const manifest = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
    expect(stdout).to.equal(`${(JSON.parse(manifest) as { version: string }).version}\n`);
  });

  it("answers 2 to a command line it does not understand", async () => {
    expect(await lockstep(["verfy"])).to.deep.include({ code: 2, stdout: "" });
    expect((await lockstep(["verfy"])).stderr).to.match(/unknown command "verfy", did you mean verify/);
    const { code, stderr } = await lockstep(["run", "--wat"]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/unknown option --wat\nusage: lockstep run FILE \[EXPORT\] \[ARG…\]/);
    expect((await lockstep(["validate"])).stderr).to.match(/missing argument FILE/);
    expect((await lockstep(["verify", "--block", "x"])).code).to.equal(2);
    expect((await lockstep(["verify", "--block", "x", "--spec", "a", "--state", "b"])).code).to.equal(2);
    expect((await lockstep(["run", "x", "y", "--gas", "-5"])).code).to.equal(2);
    expect((await lockstep(["validate", "x", "--features", "mvp,fast"])).stderr).to.match(
      /unknown feature "mvp"/,
    );
  });

  it("answers 3 to files that cannot be read, in JSON too", async () => {
    const { code, stderr } = await lockstep(["validate", "/no/such/file"]);
    expect(code).to.equal(3);
    expect(stderr).to.equal("error: cannot read /no/such/file: no such file\n");
    const { json } = await lockstepJson<unknown>("validate", "/");
    expect(json).to.deep.equal({
      ok: false,
      error: { kind: "input", message: "cannot read /: it is a folder" },
    });
  });

  it("runs as a program, with the exit code and the streams of its own", () => {
    expect(spawn("--version")).to.include({ status: 0, stderr: "" });
    const usage = spawn("run");
    expect(usage).to.include({ status: 2, stdout: "" });
    expect(usage.stderr).to.match(/^error: missing argument FILE\n/);
    expect(spawn("validate", BIN)).to.include({ status: 3, stdout: "" });
  });
});
