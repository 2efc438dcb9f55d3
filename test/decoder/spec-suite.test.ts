import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type FeatureSet, load, ModuleError } from "../../src/decoder/index.ts";
import { specSuite } from "./shared.ts";

interface Command {
  readonly type: string;
  readonly line: number;
  readonly filename?: string;
  readonly text?: string;
  readonly module_type?: string;
}

/** What the decoder and validator have to say to a command's module. */
const VERDICTS: { readonly [type: string]: "accept" | "reject" } = {
  module: "accept",
  assert_unlinkable: "accept",
  assert_uninstantiable: "accept",
  assert_invalid: "reject",
  assert_malformed: "reject",
};

interface Tally {
  accepted: number;
  rejected: number;
  /** Rejections in the suite's own words. */
  sameText: number;
  readonly wrong: string[];
}

function runSuite(folder: string, features: FeatureSet): Tally {
  const tally: Tally = { accepted: 0, rejected: 0, sameText: 0, wrong: [] };
  for (const name of readdirSync(folder)) {
    const script = JSON.parse(readFileSync(join(folder, name, `${name}.json`), "utf8")) as {
      commands: Command[];
    };
    for (const command of script.commands) {
      const verdict = VERDICTS[command.type];
      if (verdict === undefined || command.filename === undefined || command.module_type === "text") continue;
      const bytes = readFileSync(join(folder, name, command.filename));
      check(`${name}:${command.line} ${command.type}`, bytes, command, verdict, features, tally);
    }
  }
  return tally;
}

function check(
  where: string,
  bytes: Uint8Array,
  command: Command,
  verdict: "accept" | "reject",
  features: FeatureSet,
  tally: Tally,
): void {
  try {
    load(bytes, { features });
    if (verdict === "accept") tally.accepted++;
    else tally.wrong.push(`${where}: accepted, but "${command.text}"`);
  } catch (error) {
    if (!(error instanceof ModuleError) || verdict === "accept") {
      tally.wrong.push(`${where}: ${String(error)}`);
      return;
    }
    tally.rejected++;
    if (error.reason.startsWith(command.text!)) tally.sameText++;
    else if (process.env["SPEC_TEXTS"]) console.log(`${where}: "${command.text}" | ${error.message}`);
  }
}

const SUITES: readonly { name: string; features: FeatureSet; accepted: number; rejected: number }[] = [
  { name: "mvp", features: "mvp", accepted: 939, rejected: 1657 },
  { name: "sign-extension-ops", features: "polkadot", accepted: 2, rejected: 112 },
  { name: "nontrapping-float-to-int", features: "polkadot", accepted: 1, rejected: 25 },
  { name: "mutable-globals", features: "mvp", accepted: 33, rejected: 15 },
];

describe("decoder: official test suites", () => {
  for (const { name, features, accepted, rejected } of SUITES) {
    it(`judges every module of ${name} rightly (skipped where the suites are absent)`, function () {
      const folder = specSuite(name);
      if (folder === undefined) return this.skip();
      const tally = runSuite(folder, features);
      if (process.env["SPEC_TEXTS"]) console.log(name, tally.accepted, tally.rejected, tally.sameText);
      expect(tally.wrong).to.deep.equal([]);
      expect(tally.accepted).to.be.at.least(accepted);
      expect(tally.rejected).to.be.at.least(rejected);
    });
  }
});
