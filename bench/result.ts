import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { dirname } from "node:path";
import type { Estimate } from "./statistics.ts";

/** What was measured on. Times of different machines say nothing about each other; ratios do, more or less. */
export interface MachineInfo {
  readonly cpu: string;
  readonly cores: number;
  /** In GiB. */
  readonly memory: number;
  readonly platform: string;
  readonly node: string;
  readonly v8: string;
}

/** `ratio` is ours to the peer's. `share` is a part of a whole, in percent. */
export type Unit = "ratio" | "ms" | "MB/s" | "MB" | "share" | "count";

export interface Column {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** Absent for columns that only inform. */
  readonly better?: "lower" | "higher";
}

export interface Row {
  readonly name: string;
  /** By column id. */
  readonly cells: Readonly<Record<string, Estimate>>;
}

export interface Table {
  readonly title: string;
  /** What exactly was measured. */
  readonly note: string;
  /** Ratios first. */
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What a suite found. */
export interface Findings {
  readonly tables: readonly Table[];
  /** What could not be measured here, and why. */
  readonly skipped: readonly string[];
}

export interface Result extends Findings {
  readonly format: 1;
  readonly suite: string;
  /** ISO 8601. */
  readonly date: string;
  /** As `git describe` names it; absent outside a repository. */
  readonly commit?: string;
  readonly machine: MachineInfo;
  /** How many processes wanted to run when the suite began, averaged over a minute. */
  readonly load: number;
}

export function machineInfo(): MachineInfo {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
  };
}

/** @param env `BENCH_DATE` sets the date, for results that must be the same each time they are made. */
export function makeResult(
  suite: string,
  findings: Findings,
  load: number,
  env: { readonly [name: string]: string | undefined },
): Result {
  const commit = describeCommit();
  return {
    format: 1,
    suite,
    date: env["BENCH_DATE"] || new Date().toISOString(),
    ...(commit !== undefined && { commit }),
    machine: machineInfo(),
    load,
    ...findings,
  };
}

function describeCommit(): string | undefined {
  try {
    const args = ["describe", "--always", "--dirty"];
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined; // no git, or no repository: a result is as good without it
  }
}

export function saveResult(path: string, result: Result): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(rounded(result), null, 1)}\n`);
}

/** @throws Error if the file holds no result. */
export function loadResult(path: string): Result {
  const result = JSON.parse(readFileSync(path, "utf8")) as Partial<Result>;
  if (result.format !== 1 || !Array.isArray(result.tables)) throw new Error(`${path} is no benchmark result`);
  return result as Result;
}

/** Six digits are more than the noise leaves; files are shorter for it. */
function rounded(result: Result): unknown {
  return JSON.parse(
    JSON.stringify(result, (_, value) => (typeof value === "number" ? Number(value.toPrecision(6)) : value)),
  );
}
