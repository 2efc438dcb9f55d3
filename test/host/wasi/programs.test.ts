import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { load } from "../../../src/decoder/index.ts";
import {
  Captured,
  type CommandOptions,
  contentOf,
  memoryFolder,
  runCommand,
  SeededEntropy,
  VirtualClock,
} from "../../../src/host/wasi/index.ts";
import { type ExecutorFactory, Store, Trap } from "../../../src/interp/index.ts";
import { reference } from "../../../src/interp/reference/index.ts";
import { jit } from "../../../src/jit/index.ts";
import { NodeFolder } from "../../../src/node/index.ts";

const url = new URL("../../../../test/fixtures/wasi/programs.wasm", import.meta.url);
const module = load(readFileSync(url));

function run(args: string[], options: CommandOptions = {}, executor?: ExecutorFactory) {
  const store = new Store({ gasLimit: 100_000_000n, ...(executor !== undefined && { executor }) });
  const stdout = new Captured();
  const stderr = new Captured();
  const exitCode = runCommand(store, module, { args: ["programs", ...args], stdout, stderr, ...options });
  return { exitCode, stdout: stdout.text, stderr: stderr.text, gas: store.gasUsed };
}

const FILES = `size 8890
last end
first line X
truncate ok
stat ok 3 file
pwrite 4
pread 6 0 h
again File exists
rename ok
gone No such file or directory
unlink ok
unlink No such file or directory
write Bad file descriptor
closed Bad file descriptor
`;
const FOLDERS = `mkdir ok
mkdir File exists
mkdir No such file or directory
entries 102, . to a-name-of-some-length-99
rmdir Directory not empty
rmdir ok
opendir No such file or directory
`;
const LINKS = `symlink ok
readlink 4
lstat ok 1
stat ok 1
link ok
links 2
loop Symbolic link loop
`;
const ESCAPE = `/etc/passwd: Capabilities insufficient
/data/../etc/passwd: Operation not permitted
/data/./../../etc/passwd: Operation not permitted
up ok
through Operation not permitted
absolute Operation not permitted
rename Operation not permitted
mkdir Operation not permitted
`;
const OUTSIDE = ["/etc/passwd", "/data/../etc/passwd", "/data/./../../etc/passwd"];

describe("C programs with wasi-libc", () => {
  it("are given arguments and variables, and give an exit code", () => {
    const { exitCode, stdout } = run(["arguments", "näh", ""], { env: { HOME: "/home/me" } });
    expect(stdout).to.equal("1 arguments\n2 näh\n3 \nHOME /home/me\n");
    expect(exitCode).to.equal(4);
    expect(run([]).exitCode).to.equal(64);
  });

  it("read and write streams", () => {
    const text = "one line\n".repeat(5000);
    const { stdout, stderr, exitCode } = run(["shout"], { stdin: text });
    expect(stdout).to.equal(text.toUpperCase());
    expect(stderr).to.equal("45000 bytes\n");
    expect(exitCode).to.equal(0);
  });

  const programs: [string, string][] = [
    ["files", FILES],
    ["folders", FOLDERS],
    ["links", LINKS],
  ];
  for (const [name, expected] of programs) {
    it(`use ${name} in memory`, () => {
      const { stdout, exitCode } = run([name], { folders: { "/data": memoryFolder() } });
      expect(stdout).to.equal(expected);
      expect(exitCode).to.equal(0);
    });

    it(`use ${name} of this machine`, function () {
      if (process.platform !== "linux") this.skip();
      const path = mkdtempSync(join(tmpdir(), "lockstep-wasi-"));
      try {
        expect(run([name], { folders: { "/data": NodeFolder.open(path) } }).stdout).to.equal(expected);
      } finally {
        rmSync(path, { recursive: true });
      }
    });
  }

  it("cannot leave the folders they were given", function () {
    expect(run(["escape", ...OUTSIDE], { folders: { "/data": memoryFolder() } }).stdout).to.equal(ESCAPE);
    if (process.platform !== "linux") this.skip();
    const path = mkdtempSync(join(tmpdir(), "lockstep-wasi-"));
    try {
      const { stdout } = run(["escape", ...OUTSIDE], { folders: { "/data": NodeFolder.open(path) } });
      expect(stdout).to.equal(ESCAPE);
    } finally {
      rmSync(path, { recursive: true });
    }
  });

  it("leave what they wrote in the folder, and find what was there", () => {
    const root = memoryFolder({ "kept.txt": "as it was" });
    run(["files"], { folders: { "/data": root } });
    expect(contentOf(root, "log.txt")).to.deep.equal(new TextEncoder().encode("lin"));
    expect(contentOf(root, "kept.txt")).to.deep.equal(new TextEncoder().encode("as it was"));
  });

  it("sleep in virtual time", () => {
    const { stdout } = run(["clocks"], { clock: new VirtualClock({ start: 1_000_000_000n * 86_400n }) });
    expect(stdout).to.equal("now 86400\nslept 2.5 s\npoll 1 1\n");
  });

  it("draw the random numbers of their seed", () => {
    const draw = (seed: bigint): string => run(["randoms"], { entropy: new SeededEntropy(seed) }).stdout;
    expect(draw(1n))
      .to.equal(draw(1n))
      .and.match(/^getentropy ok\n[\da-f]{16}\n$/);
    expect(draw(1n)).not.to.equal(draw(2n));
    expect(run(["randoms"]).stdout).to.equal(draw(0n));
  });

  it("trap where they abort", () => {
    expect(() => run(["abort"])).to.throw(Trap, "unreachable");
  });

  it("do the same for the same gas on every executor", function () {
    this.timeout(60_000);
    for (const args of [["links"], ["clocks"], ["randoms"]]) {
      const options = () => ({ folders: { "/data": memoryFolder() } });
      const machine = run(args, options());
      expect(run(args, options(), jit()), args[0]).to.deep.equal(machine);
      expect(run(args, options(), reference), args[0]).to.deep.equal(machine);
    }
  });

  it("cannot run longer than their gas, whatever they have the host do", () => {
    const store = new Store({ gasLimit: 20_000n });
    const endless = { read: (into: Uint8Array) => into.length };
    expect(() => runCommand(store, module, { args: ["programs", "shout"], stdin: endless }))
      .to.throw(Trap)
      .with.property("code", "out-of-gas");
  });
});
