import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Who runs the Wasm. */
export type Side = "lockstep" | "engine";
export type Workload = "block" | "metadata" | "load";

/** What one run in a process of its own took. */
export interface ColdRun {
  /** Milliseconds by step, in order. */
  readonly steps: Readonly<Record<string, number>>;
  /** Largest resident set of the process, in MB (10^6 bytes), and how much of it came during the steps. */
  readonly peak: number;
  readonly growth: number;
  /** What must be equal on both sides: a root, or a hash of the result. */
  readonly result: string;
  /** Milliseconds by part of the program, if the run was profiled. */
  readonly parts?: Readonly<Record<string, number>>;
}

const CHILD = fileURLToPath(new URL("cold-child.js", import.meta.url));
const run = promisify(execFile);

/**
 * One run in a fresh process: nothing compiled, nothing cached.
 * @param file for "metadata" and "load" the runtime.
 * @throws Error with what the process wrote, if it failed
 */
export async function coldRun(
  workload: Workload,
  side: Side,
  options: { readonly file?: string; readonly profile?: boolean } = {},
): Promise<ColdRun> {
  const args = [CHILD, workload, side, options.file ?? "", options.profile ? "profile" : ""];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as ColdRun;
}

/** Both sides in turn, `rounds` times. @throws Error if their results differ */
export async function coldRounds(
  workload: Workload,
  rounds: number,
  file?: string,
): Promise<Readonly<Record<Side, readonly ColdRun[]>>> {
  const runs: Record<Side, ColdRun[]> = { lockstep: [], engine: [] };
  const options = file === undefined ? {} : { file };
  for (let round = 0; round < rounds; round++) {
    for (const side of ["lockstep", "engine"] as const)
      runs[side].push(await coldRun(workload, side, options));
  }
  const results = new Set([...runs.lockstep, ...runs.engine].map(({ result }) => result));
  if (results.size !== 1) throw new Error(`${workload}: the sides differ: ${[...results].join(", ")}`);
  return runs;
}

export const totalOf = ({ steps }: ColdRun): number => Object.values(steps).reduce((sum, ms) => sum + ms, 0);
