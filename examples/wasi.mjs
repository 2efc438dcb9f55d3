// Runs a C program that knows nothing of Lockstep, in a world of its own: the same in every run, on every machine.
import { readFileSync } from "node:fs";
import { load, Store } from "lockstep";
import { Captured, contentOf, memoryFolder, runCommand } from "lockstep/wasi";

const module = load(readFileSync(new URL("../test/fixtures/wasi/programs.wasm", import.meta.url)));

function run(args, given = {}) {
  const stdout = new Captured();
  const exitCode = runCommand(new Store({ gasLimit: 10_000_000n }), module, {
    args: ["programs", ...args],
    stdout,
    ...given,
  });
  return { exitCode, said: stdout.text.trimEnd().split("\n") };
}

console.log(run(["arguments", "a", "b"], { env: { HOME: "/home/me" } }));
console.log(run(["shout"], { stdin: "what it reads is given beforehand" }).said);

const files = memoryFolder({ "readme.txt": "it can see this" });
console.log(run(["files"], { folders: { "/data": files } }).said.slice(0, 3));
console.log("left behind:", new TextDecoder().decode(contentOf(files, "log.txt")));

// It sleeps for 2.5 seconds, of virtual time.
console.log(run(["clocks"]).said);
