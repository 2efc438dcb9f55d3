import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { benchCommand } from "../../bench/command.ts";
import { loadResult, type Row, saveResult } from "../../bench/result.ts";
import type { Suite } from "../../bench/suites/suite.ts";
import { targetSuites } from "../../bench/targets.ts";
import { resultOf, rowOf } from "./results.ts";

const suite = (name: string, rows: readonly Row[]): Suite => ({
  name,
  summary: `measures ${name}`,
  run: async () => ({
    tables: rows.length === 0 ? [] : resultOf(rows).tables,
    skipped: ["the rest: no time"],
  }),
});

/** What is written to the console while `action` runs. */
async function said(action: () => Promise<number>): Promise<{ code: number; out: string; err: string }> {
  const { log, error } = console;
  const lines: { out: string[]; err: string[] } = { out: [], err: [] };
  console.log = (text: string) => lines.out.push(text);
  console.error = (text: string) => lines.err.push(text);
  try {
    return { code: await action(), out: lines.out.join("\n"), err: lines.err.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}

describe("bench: from the command line", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lockstep-bench-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const never = (): boolean => {
    throw new Error("one suite needs no other process");
  };
  const file = (name: string): string => join(folder, name);

  it("runs one suite here and saves it in the folder given, made if need be", async () => {
    const suites = [suite("sums", [rowOf("a", 2, 100)]), suite("others", [])];
    const out = file("deep/er");
    const { code, out: text } = await said(() =>
      benchCommand(["sums", "--out", out], { suites, apart: never }),
    );
    expect(code).to.equal(0);
    expect(text).to.contain("### Sums").and.to.contain("Skipped: the rest: no time.");
    expect(readdirSync(out)).to.deep.equal(["sums.json"]);
    const saved = loadResult(join(out, "sums.json"));
    expect(saved.suite).to.equal("sums");
    expect(saved.tables[0]!.rows[0]!.cells["ratio"]!.median).to.equal(2);
  });

  it("saves nothing where nothing was measured", async () => {
    const { out } = await said(() =>
      benchCommand(["none", "--out", folder], { suites: [suite("none", [])], apart: never }),
    );
    expect(out).to.contain("nothing saved");
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("runs several in processes of their own, and fails if one does", async () => {
    const suites = ["a", "b", "c"].map((name) => suite(name, []));
    const run: string[] = [];
    const apart = (name: string, to: string): boolean => {
      run.push(`${name} to ${to}`);
      return name !== "b";
    };
    expect((await said(() => benchCommand(["c", "b", "--out", folder], { suites, apart }))).code).to.equal(1);
    expect(run).to.deep.equal([`b to ${folder}/`, `c to ${folder}/`]);
    run.length = 0;
    expect((await said(() => benchCommand([], { suites, apart: () => true }))).code).to.equal(0);
  });

  it("runs exactly what targets need and ends with the verdicts on that", async () => {
    const suites = [...targetSuites(), "polyfill"].map((name) => suite(name, []));
    const run: string[] = [];
    const apart = (name: string): boolean => {
      run.push(name);
      const cells = { ratio: { median: 3, low: 3, high: 3 } };
      const table = {
        title: "Metadata of Polkadot 9400",
        note: "",
        columns: [],
        rows: [{ name: "steady", cells }],
      };
      if (name === "metadata") saveResult(file("metadata.json"), { ...resultOf([]), tables: [table] });
      return true;
    };
    const { code, out } = await said(() => benchCommand(["targets", "--out", folder], { suites, apart }));
    expect(code).to.equal(0);
    expect(run).to.have.members(["compiled", "smoldot", "metadata", "metering", "decode"]);
    expect(out).to.contain("| metadata, steady, to engine Wasm | ≤ 6.5 | **3.00** | met |");
    expect(out).to.match(/\| blocks, cold, [^|]*\| ≤ 1 \| \| not measured \|/);
  });

  it("says what there is when it does not understand", async () => {
    for (const args of [["sum"], ["--output", "x"]]) {
      const { code, err } = await said(() =>
        benchCommand(args, { suites: [suite("sums", [])], apart: never }),
      );
      expect(code).to.equal(2);
      expect(err).to.contain("sums      measures sums").and.to.contain("targets");
    }
  });

  describe("compare.js", () => {
    const compare = (...args: string[]) => {
      const script = fileURLToPath(new URL("../../bench/compare.js", import.meta.url));
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
      return { status, stdout, stderr };
    };
    const saved = (name: string, ...rows: Row[]): string => {
      saveResult(file(name), resultOf(rows));
      return file(name);
    };

    it("ends with 1 and names what became worse, beside what became better or is gone", () => {
      const before = saved("before.json", rowOf("a", 10, 100), rowOf("b", 10, 100), rowOf("c", 10, 100));
      const after = saved("after.json", rowOf("a", 12, 100), rowOf("b", 8, 50));
      expect(compare(before, after)).to.deep.equal({
        status: 1,
        stdout:
          "Worse:\n  Sums, a, ratio: 10.0 -> 12.0 (+20 %)\nBetter:\n  Sums, b, ratio: 10.0 -> 8.00 (-20 %)\nNo longer measured:\n  Sums: c\n",
        stderr: "",
      });
      expect(compare(before, after, "--times").stdout).to.contain("Sums, b, rate: 100 -> 50.0 (-50 %)");
    });

    it("ends with 0 where nothing did", () => {
      const before = saved("before.json", rowOf("a", 10, 100));
      expect(compare(before, saved("same.json", rowOf("a", 10, 100)))).to.deep.equal({
        status: 0,
        stdout: "No change beyond the noise.\n",
        stderr: "",
      });
      expect(compare(before, saved("better.json", rowOf("a", 8, 100))).status).to.equal(0);
    });

    it("ends with 2 where there is nothing to compare", () => {
      const before = saved("before.json", rowOf("a", 10, 100));
      expect(compare(before)).to.include({ status: 2 });
      saveResult(file("other.json"), { ...resultOf([]), suite: "products" });
      expect(compare(before, file("other.json"))).to.include({ status: 2 });
    });
  });
});
