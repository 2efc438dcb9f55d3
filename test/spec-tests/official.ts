import { expect } from "chai";
import type { Executor } from "../../spec-tests/executor.ts";
import { runSuite } from "../../spec-tests/suites.ts";
import type { FeatureSet } from "../../src/decoder/index.ts";
import { specSuite } from "../decoder/shared.ts";

/** How many commands of each suite must pass; text modules are skipped there. */
const SUITES: readonly (readonly [name: string, features: FeatureSet, passed: number])[] = [
  ["mvp", "mvp", 18_900],
  ["sign-extension-ops", "polkadot", 870],
  ["nontrapping-float-to-int", "polkadot", 610],
  ["mutable-globals", "polkadot", 140],
];

/** Tests that the official suites pass on an executor; those that are not there skip and say so. */
export function passesOfficialSuites(executor: Executor): void {
  for (const [name, features, passed] of SUITES) {
    it(name, function () {
      this.timeout(60_000);
      const path = specSuite(name);
      if (path === undefined) {
        console.log(`      the suite ${name} is not there: set SPEC_TESTS to the folder that holds it`);
        this.skip();
      }
      const report = runSuite({ path, features }, executor);
      const failures = report.scripts.flatMap(({ script, failures }) =>
        failures.map((f) => `${script}:${f.line} ${f.reason}`),
      );
      expect(failures).to.deep.equal([]);
      expect(report.passed).to.be.at.least(passed);
    });
  }
}
