import type { FeatureSet } from "../src/decoder/index.ts";
import type { CommandResult } from "./run.ts";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How one script went. `failures` and `skips` name their commands; what passed is only counted. */
export interface ScriptReport extends Counts {
  /** Path of the script within its suite, without the `.json`. */
  readonly script: string;
  readonly failures: readonly CommandResult[];
  readonly skips: readonly CommandResult[];
}

export interface SuiteReport extends Counts {
  /** The folder or file that was run, as it was given. */
  readonly suite: string;
  readonly features: FeatureSet;
  readonly scripts: readonly ScriptReport[];
}

export interface Report extends Counts {
  readonly ok: boolean;
  readonly executor: string;
  readonly suites: readonly SuiteReport[];
}

export function reportScript(script: string, results: readonly CommandResult[]): ScriptReport {
  const failures = results.filter(({ status }) => status === "failed");
  const skips = results.filter(({ status }) => status === "skipped");
  const passed = results.length - failures.length - skips.length;
  return { script, passed, failed: failures.length, skipped: skips.length, failures, skips };
}

export function reportSuite(
  suite: string,
  features: FeatureSet,
  scripts: readonly ScriptReport[],
): SuiteReport {
  return { suite, features, ...sum(scripts), scripts };
}

/** A run in which nothing was checked is not ok: an empty folder must not look like a success. */
export function reportAll(executor: string, suites: readonly SuiteReport[]): Report {
  const counts = sum(suites);
  return { ok: counts.failed === 0 && counts.passed > 0, executor, ...counts, suites };
}

/** How often each reason to skip occurs, in the order of first occurrence. */
export function skipReasons(suite: SuiteReport): ReadonlyMap<string, number> {
  const reasons = new Map<string, number>();
  for (const { skips } of suite.scripts) {
    for (const { type, reason } of skips) {
      const key = `${type}: ${reason}`;
      reasons.set(key, (reasons.get(key) ?? 0) + 1);
    }
  }
  return reasons;
}

function sum(parts: readonly Counts[]): Counts {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const part of parts) {
    passed += part.passed;
    failed += part.failed;
    skipped += part.skipped;
  }
  return { passed, failed, skipped };
}
