import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { InputError } from "../input.ts";

const run = promisify(execFile);

/** Milliseconds for npm to answer at all. */
const TIMEOUT = 180_000;

/**
 * Has the user's own npm fetch the tarball of a package, alone: no dependencies, no scripts, and whatever
 * registry and proxy the user has set up.
 *
 * @param spec name and exact version, `name@1.2.3`.
 * @throws InputError saying what npm said.
 */
export async function npmPack(spec: string, folder: string): Promise<void> {
  const args = ["pack", spec, "--pack-destination", folder, "--ignore-scripts", "--loglevel=error"];
  const patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000"];
  // Inside `npm run` npm tells where it is, which also works where npm is a shell script; other package
  // managers set the variable too, to programs that pack differently.
  const npm = process.env["npm_execpath"];
  const [program, prefix] = npm?.endsWith("npm-cli.js") ? [process.execPath, [npm]] : ["npm", []];
  const shell = program === "npm" && process.platform === "win32";
  try {
    await run(program, [...prefix, ...args, ...patience], { timeout: TIMEOUT, shell });
  } catch (error) {
    throw new InputError(`npm could not fetch ${spec}: ${reasonOf(error)}`);
  }
}

/** npm's own words, without its prefix and without the pointer to its log file. */
function reasonOf(error: unknown): string {
  const { code, killed, stderr } = error as { code?: unknown; killed?: boolean; stderr?: string };
  if (code === "ENOENT") return "there is no npm on the PATH";
  if (killed) return `no answer within ${TIMEOUT / 1000} s`;
  const lines = (stderr ?? "")
    .split("\n")
    .map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("A complete log"));
  return lines.slice(0, 3).join("; ") || `it ended with code ${String(code)}`;
}
