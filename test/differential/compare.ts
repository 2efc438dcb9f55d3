import { expect } from "chai";
import type { StoreOptions } from "../../src/interp/index.ts";
import { EXECUTORS, type Observation, observe, type Perform, type Workload } from "./observe.ts";

/** Runs a workload on every executor; fails with `label` where they can be told apart. */
export function compare(
  label: string,
  workload: Workload,
  options: StoreOptions,
  perform?: Perform,
): Observation {
  const slow = observe(workload, EXECUTORS.reference, options, perform);
  for (const [name, executor] of Object.entries(EXECUTORS)) {
    if (executor === EXECUTORS.reference) continue;
    expect(observe(workload, executor, options, perform), `${label}, ${name}`).to.deep.equal(slow);
  }
  return slow;
}

/** Adds to `seen` how often calls ended in which way. */
export function count(seen: Map<string, number>, { outcomes }: Observation): void {
  for (const { outcome } of outcomes) {
    const kind = "trap" in outcome ? outcome.trap : "returned";
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
  }
}
