import { expect } from "chai";
import { digits, renderResult } from "../../bench/render.ts";
import { withResults } from "../../bench/report.ts";
import { C_PROGRAMS_TABLE } from "../../bench/suites/program-names.ts";
import { resultOf, rowOf } from "./results.ts";

describe("bench: report", () => {
  it("gives three significant digits without an exponent", () => {
    const given = [0, 0.001234, 0.5, 1, 9.999, 12.345, 123.45, 1234.5, 123456.7];
    const expected = ["0", "0.00123", "0.500", "1.00", "10.00", "12.3", "123", "1235", "123457"];
    expect(given.map(digits)).to.deep.equal(expected);
  });

  it("renders machine, tables and what was skipped", () => {
    const result = resultOf([rowOf("a", 10, 100), { name: "mean", cells: {} }]);
    const lines = renderResult(result).split("\n");
    expect(lines[0]).to.equal(
      "Measured on abacus, 2 cores, 4 GiB, linux x64, Node 20.0.0 (V8 11.0), load 0.3 at the start, 2030-01-02, commit abc1234.",
    );
    expect(lines.slice(2)).to.deep.equal([
      "### Sums",
      "",
      "Two and two.",
      "",
      "|      |                ratio | rate, MB/s | peer, ms |",
      "|------|---------------------:|-----------:|---------:|",
      "| a    | **10.0** (9.90–10.1) |        100 |          |",
      "| mean |                      |            |          |",
      "",
      "Skipped: products: no table.",
    ]);
  });

  it("has a dash for every figure of a program that the results lack", () => {
    const row = { name: "shout", cells: { ratio: { median: 2.345, low: 2, high: 3 } } };
    const saved = {
      ...resultOf([]),
      tables: [{ title: C_PROGRAMS_TABLE, note: "", columns: [], rows: [row] }],
    };
    const text = withResults("<!-- programs -->\nold\n<!-- end -->", (name) =>
      name === "programs" ? saved : undefined,
    );
    const figures = text.split("\n").filter((line) => / shout/.test(line));
    expect(figures[0]).to.match(/ \| – \/ 2\.35 \| – \/ – \|$/);
    expect(text.match(/ \| – \/ – \| – \/ – \|$/gm)).to.have.length.above(20);
    expect(text).not.to.contain("\nold\n");
  });

  it("replaces what stands between markers and nothing else, however often", () => {
    const text =
      "# Title\n<!-- results: sums -->\nold\n<!-- end -->\nmiddle\n<!-- results: none -->\n<!-- end -->\nend\n";
    const result = resultOf([rowOf("a", 1)]);
    const once = withResults(text, (name) => (name === "sums" ? result : undefined));
    expect(once).to.match(/^# Title\n<!-- results: sums -->\n\nMeasured on abacus/);
    expect(once).not.to.contain("old");
    expect(once).to.contain("<!-- results: none -->\n\nNot measured yet.\n\n<!-- end -->\nend\n");
    expect(withResults(once, (name) => (name === "sums" ? result : undefined))).to.equal(once);
  });
});
