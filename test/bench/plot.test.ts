import { expect } from "chai";
import { svgPlot } from "../../bench/plot.ts";
import { executorsPlot } from "../../bench/plots.ts";
import { type Results, renderTargets } from "../../bench/targets.ts";
import { resultOf } from "./results.ts";

const cell = (median: number) => ({ median, low: median, high: median });

/** Two kernels and their mean, as the suite names them. */
const results: Results = (suite) => {
  if (suite !== "compiled") return undefined;
  const rows = [
    { name: "sieve (i32)", cells: { jit: cell(1), polywasm: cell(4), machine: cell(10) } },
    { name: "fib32 (call)", cells: { jit: cell(5), polywasm: cell(4), machine: cell(20) } },
    { name: "CoreMark (mixed)", cells: { jit: cell(100), machine: cell(100) } },
    { name: "geometric mean", cells: { jit: cell(1.9), machine: cell(14.1) } },
  ];
  const columns = [
    { id: "machine", title: "the machine", unit: "ratio" as const },
    { id: "jit", title: "jit & co", unit: "ratio" as const },
  ];
  return { ...resultOf([]), tables: [{ title: "Kernels by executor", note: "", columns, rows }] };
};

describe("bench: plots and targets", () => {
  it("puts values on a logarithmic axis, a decade as wide as any other", () => {
    const row = { name: "a <b>", values: [1, 10], mean: 100, ours: true };
    const svg = svgPlot({ title: "t", note: "n", rows: [row] });
    const at = [...svg.matchAll(/cx="([\d.]+)"/g)].map(([, x]) => Number(x));
    expect(at[1]! - at[0]!).to.be.closeTo(at[2]! - at[1]!, 0.11);
    expect(svg).to.contain("a &#60;b&#62;").and.contain(">100</text>");
    expect(svg).not.to.match(/<script|href|url\(/);
  });

  it("refuses what has no place on it", () => {
    expect(() => svgPlot({ title: "", note: "", rows: [] })).to.throw(RangeError);
    const row = { name: "a", values: [0], mean: 1, ours: false };
    expect(() => svgPlot({ title: "", note: "", rows: [row] })).to.throw(RangeError);
  });

  it("plots executors by their means, with the 13 kernels alone as values", () => {
    const rows = executorsPlot(results)!.rows;
    expect(rows.map(({ name, values, ours }) => [name, values, ours])).to.deep.equal([
      ["jit & co", [1, 5], true],
      ["the machine", [10, 20], true],
    ]);
    expect(executorsPlot(() => undefined)).to.equal(undefined);
  });

  it("says of every target whether it is met, missed or not measured", () => {
    const line = (what: string) =>
      renderTargets(results)
        .split("\n")
        .find((text) => text.includes(what));
    expect(line("jit: all 13")).to.equal("| jit: all 13 kernels | ≤ 2 | **1.90** | met |");
    expect(line("machine: all 13")).to.match(
      /^\| machine: all 13 kernels \| ≤ 6 \| \*\*14\.1\*\* \| missed: [a-z].* \|$/,
    );
    expect(line("slowest kernel")).to.contain("**5.00** | missed");
    expect(line("worst kernel")).to.contain("**1.25** | missed");
    expect(line("overall")).to.contain("**1.79** | missed");
    expect(line("held out")).to.contain("not measured");
  });
});
