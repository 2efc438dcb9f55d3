/**
 * Fetches and builds what benchmarks compare with, as far as it can be had: `npm run bench:peers`. Nothing of it becomes
 * part of the repository: npm packages go to bench/peers/node_modules, the rest to .cache/bench. What is missing is
 * named, and the suites do without it.
 */
import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COREMARK_FILE } from "../kernels/table.ts";
import { BUILT_PEERS, ROOT } from "../paths.ts";
import { WASM_INTERP_NEEDS, WASM3, wasmInterp } from "./native.ts";

const path = (name: string): string => fileURLToPath(new URL(name, ROOT));

/** @throws Error with what the command wrote, if it failed or is not there */
function run(command: string, args: readonly string[], options: SpawnSyncOptions = {}): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", ...options });
  if (error !== undefined) throw new Error(`${command}: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${String(stderr).trim().slice(-500)}`);
  return String(stdout);
}

const works = (command: string): boolean => spawnSync(command, ["--version"]).status === 0;

function firstThatWorks(...commands: readonly (string | undefined)[]): string {
  const found = commands.find((command) => command !== undefined && works(command));
  if (found === undefined) throw new Error(`needs one of ${commands.filter(Boolean).join(", ")}`);
  return found;
}

/** Does `work` in a folder that is removed afterwards. */
function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-peers-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function checkHash(file: string, sha256: string): void {
  const found = createHash("sha256").update(readFileSync(file)).digest("hex");
  if (found !== sha256) throw new Error(`${file} has SHA-256 ${found}, not ${sha256}`);
}

function installPackages(): string {
  run("npm", ["ci", "--prefix", path("bench/peers"), "--no-fund", "--no-audit"]);
  return "polywasm, wasm2js, smoldot's executor";
}

/** wasm3 (MIT) as the Python package pywasm3 ships it, in C. */
function buildWasm3(): string {
  const [version, sha256] = ["0.5.0", "5a47c8a39f7f6ae71b3316b2e5d86c9d0db6e771a65f09a86e4d4aa3a19aefcc"];
  const compiler = firstThatWorks(process.env["CC"], "clang", "gcc", "cc");
  return inFolder((folder) => {
    const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"];
    run("python3", [...pip, "--dest", folder, `pywasm3==${version}`]);
    const archive = join(folder, `pywasm3-${version}.tar.gz`);
    checkHash(archive, sha256);
    run("tar", ["-xzf", archive, "-C", folder]);
    const sources = join(folder, `pywasm3-${version}`, "wasm3");
    const files = readdirSync(sources).filter((name) => name.endsWith(".c"));
    mkdirSync(BUILT_PEERS, { recursive: true });
    // Its own flags for releases.
    const flags = ["-O3", "-DNDEBUG", "-fomit-frame-pointer", "-fno-stack-check", "-fno-stack-protector"];
    const inputs = [path("bench/peers/native/wasm3.c"), ...files.map((name) => join(sources, name))];
    run(compiler, [...flags, "-I", sources, ...inputs, "-lm", "-o", WASM3]);
    return `wasm3 ${version}, by ${run(compiler, ["--version"]).split("\n")[0]}`;
  });
}

const COREMARK_SOURCES: Readonly<Record<string, string>> = {
  "core_list_join.c": "153b84e961d08456193c9d9cac69d2b5b69c8fe5ea9241442db5abf2596d862d",
  "core_main.c": "1257e87ae3b3c1eb93b6944366c57cce2e13ef3692526618d6cccd755d12554a",
  "core_matrix.c": "3cf97c9f2e5f586c39704094d2cbc9f54a67854bb8d45e77b5f727ea869256c9",
  "core_state.c": "fba150073ddbf023f1d314372dd81967c31ae4f9d4ddfb2a3e4b49f2d1c9fca0",
  "core_util.c": "1a056bcd0d14fd378c8123534fa970de748d3384fad0c01323569797b9846bbe",
  "coremark.h": "50ba5735154626e229becf107a4f24409577629c197b8a35028868ae4899b027",
};

/**
 * CoreMark (Apache-2.0, and a licence of its own for its name), which Emscripten's tests have a copy of, out of Debian's
 * source package; or out of the folder that the environment variable COREMARK names.
 */
function buildCoreMark(): string {
  const compiler = firstThatWorks(process.env["WASM_CC"], "clang", "clang-14");
  return inFolder((folder) => {
    const sources = process.env["COREMARK"] ?? coreMarkOfDebian(folder);
    for (const [name, sha256] of Object.entries(COREMARK_SOURCES)) {
      checkHash(join(sources, name), sha256);
      copyFileSync(join(sources, name), join(folder, name));
    }
    for (const name of ["core_portme.c", "core_portme.h"])
      copyFileSync(path(`bench/peers/coremark/${name}`), join(folder, name));
    const inputs = readdirSync(folder).filter((name) => /^core_\w+\.c$/.test(name));
    // As the kernels. Emscripten's copy of main takes arguments, which Wasm's has not.
    const flags = [
      "--target=wasm32",
      "-O2",
      "-mcpu=mvp",
      "-nostdlib",
      "-Dmain=coremark_main",
      "-Wl,--no-entry",
    ];
    mkdirSync(BUILT_PEERS, { recursive: true });
    run(compiler, [...flags, "-I.", ...inputs, "-o", fileURLToPath(COREMARK_FILE)], { cwd: folder });
    return `CoreMark, by ${run(compiler, ["--version"]).split("\n")[0]}`;
  });
}

/** Apt is asked for sources in a configuration of its own, as most machines have none of sources. */
function coreMarkOfDebian(folder: string): string {
  const targets = run("apt-get", ["indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)"]);
  const places = [...new Set(targets.trim().split("\n"))].filter((place) => /debian/.test(place));
  const lists = join(folder, "lists");
  mkdirSync(join(lists, "partial"), { recursive: true });
  writeFileSync(join(folder, "sources.list"), places.map((place) => `deb-src ${place}\n`).join(""));
  const own = ["-o", `Dir::Etc::sourcelist=${join(folder, "sources.list")}`, "-o", "Dir::Etc::sourceparts=-"];
  const apt = [...own, "-o", `Dir::State::lists=${lists}`, "-o", "APT::Sandbox::User=root"];
  run("apt-get", [...apt, "update"]);
  run("apt-get", [...apt, "source", "--download-only", "emscripten"], { cwd: folder });
  const archive = readdirSync(folder).find((name) => /^emscripten_[^-]*\.orig\.tar\.xz$/.test(name));
  if (archive === undefined) throw new Error("Debian's source package of emscripten has another form");
  const wildcards = ["--wildcards", "--strip-components=4", "*/third_party/coremark/*"];
  mkdirSync(join(folder, "coremark"));
  run("tar", ["-xJf", archive, "-C", "coremark", ...wildcards], { cwd: folder });
  return join(folder, "coremark");
}

function findWasmInterp(): string {
  const found = wasmInterp();
  if (found === undefined) throw new Error(`needs ${WASM_INTERP_NEEDS}`);
  return `wasm-interp ${run(found, ["--version"]).trim()}`;
}

for (const [name, step] of Object.entries({
  "npm packages": installPackages,
  wasm3: buildWasm3,
  "wasm-interp": findWasmInterp,
  CoreMark: buildCoreMark,
})) {
  try {
    console.log(`ready: ${step()}`);
  } catch (error) {
    console.log(`not to be had: ${name}: ${(error as Error).message}`);
  }
}
