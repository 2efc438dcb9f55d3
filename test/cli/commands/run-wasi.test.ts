import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { lockstep, lockstepJson } from "../support.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../../test/fixtures/${name}`, import.meta.url));
const programs = fixture("wasi/programs.wasm");

describe("cli run --wasi", () => {
  it("runs a program with its arguments, variables and exit code", async () => {
    const args = [
      "run",
      "--wasi",
      "--env",
      "HOME=/a=b",
      "--env",
      "X=",
      programs,
      "arguments",
      "--json",
      "-1",
    ];
    const { code, stdout, stderr } = await lockstep(args);
    expect(stdout).to.equal("1 arguments\n2 --json\n3 -1\nHOME /a=b\n");
    expect(stderr).to.equal("");
    expect(code).to.equal(4);
  });

  it("gives folders, by their own names or others", async function () {
    if (process.platform !== "linux") this.skip();
    const folder = mkdtempSync(join(tmpdir(), "lockstep-run-"));
    try {
      const { code, stdout } = await lockstep([
        "run",
        "--wasi",
        "--dir",
        `${folder}::/data`,
        programs,
        "files",
      ]);
      expect(stdout).to.match(/^size 8890\n/);
      expect(code).to.equal(0);
      expect(readFileSync(join(folder, "log.txt"), "utf8")).to.equal("lin");
      const attempt = ["escape", `${folder}/../secret`, "/etc/passwd"];
      const refused = await lockstep([
        "run",
        "--wasi",
        "--dir",
        folder,
        "--dir",
        `${folder}::/data`,
        programs,
        ...attempt,
      ]);
      expect(refused.stdout).to.contain(
        "/../secret: Operation not permitted\n/etc/passwd: Capabilities insufficient\n",
      );
      expect(refused.code).to.equal(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is the same in every run, unless told otherwise", async () => {
    const run = async (...options: string[]) =>
      (await lockstep(["run", "--wasi", ...options, programs, "randoms"])).stdout;
    expect(await run()).to.equal(await run());
    expect(await run("--seed", "0")).to.equal(await run());
    expect(await run("--seed", "7")).not.to.equal(await run());
    expect(await run("--system-random")).not.to.equal(await run("--system-random"));
    const clock = await lockstep(["run", "--wasi", programs, "clocks"]);
    expect(clock.stdout).to.match(/^now 15778368\d\d\nslept 2.5 s/);
  });

  it("prints one line of JSON", async () => {
    const { stdout, code } = await lockstep(["run", "--wasi", "--json", programs, "nonsense"]);
    const { gasUsed, ...rest } = JSON.parse(stdout);
    expect(rest).to.deep.equal({ exitCode: 64, stdout: "", stderr: 'no program "nonsense"\n' });
    expect(gasUsed).to.be.above(100);
    expect(code).to.equal(64);
  });

  it("reports traps and used-up gas as other runs do", async () => {
    const abort = await lockstep(["run", "--wasi", programs, "abort"]);
    expect(abort.stderr).to.match(/^trap: unreachable\n {4}at function \(#\d+, byte 0x/);
    expect(abort.code).to.equal(1);
    expect((await lockstep(["run", "--wasi", "--gas", "1000", programs, "arguments"])).code).to.equal(4);
  });

  it("says what it cannot do", async () => {
    const failures: [args: string[], code: number, message: string][] = [
      [["run", "--wasi", fixture("dwarf/failing-4.wasm")], 3, "exports no _start"],
      [["run", "--wasi", "--invoke", "none", fixture("dwarf/failing-4.wasm")], 3, 'no function "none"'],
      [["run", "--wasi", "--invoke", "fail", fixture("dwarf/failing-4.wasm")], 2, "takes 1 argument"],
      [["run", "--wasi", "--env", "novalue", programs], 2, "NAME=VALUE"],
      [["run", "--wasi", "--seed", "x", programs], 2, "--seed takes a number"],
      [["run", "--wasi", "--dir", "/a::", programs], 2, "HOST::GUEST"],
      [["run", "--dir", "/tmp", programs, "x"], 2, "give --wasi too"],
      [["run", programs], 2, "missing argument EXPORT"],
    ];
    if (process.platform === "linux") {
      failures.push([["run", "--wasi", "--dir", "/none/such", programs], 3, "no such folder"]);
      failures.push([["run", "--wasi", "--dir", "/tmp", "--dir", "/tmp", programs], 2, "two folders"]);
    }
    for (const [args, code, message] of failures) {
      const outcome = await lockstep(args);
      expect(outcome.stderr).to.contain(message);
      expect(outcome.code, message).to.equal(code);
    }
  });
});

describe("cli run, of a module with debug information", () => {
  it("tells the source's lines in stack traces", async () => {
    const file = fixture("dwarf/failing-5.wasm");
    const { stderr } = await lockstep(["run", file, "fail", "1"]);
    expect(stderr).to.equal(
      [
        "trap: integer divide by zero",
        "    at divide (#2, byte 0x8e, /project/dwarf/failing.c:5:19)",
        "    at twice (#1, byte 0x6f, /project/dwarf/failing.c:11:12)",
        "    at fail (#0, byte 0x4c, /project/dwarf/failing.c:17:10)",
        "",
      ].join("\n"),
    );
    const { json } = await lockstepJson<{ trap: { stack: { source?: object }[] } }>("run", file, "fail", "1");
    const source = { file: "/project/dwarf/failing.c", line: 5, column: 19 };
    expect(json.trap.stack[0]).to.deep.equal({ func: 2, name: "divide", offset: 0x8e, source });
  });
});
