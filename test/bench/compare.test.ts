import { expect } from "chai";
import { compareResults, missingRows } from "../../bench/compare.ts";
import { resultOf, rowOf } from "./results.ts";

describe("bench: comparing results", () => {
  const before = resultOf([rowOf("a", 10, 100, 5), rowOf("b", 10, 100, 5)]);

  it("finds nothing in equal results", () => {
    expect(compareResults(before, before, true)).to.deep.equal([]);
    expect(missingRows(before, before)).to.deep.equal([]);
  });

  it("names what became worse, and what better, by each column's direction", () => {
    const after = resultOf([rowOf("a", 12, 80, 5), rowOf("b", 8, 130, 5)]);
    const changes = compareResults(before, after, true).map(({ row, column, worse }) => [row, column, worse]);
    expect(changes).to.deep.equal([
      ["a", "ratio", true],
      ["a", "rate", true],
      ["b", "ratio", false],
      ["b", "rate", false],
    ]);
  });

  it("takes no column into account that only informs", () => {
    const after = resultOf([rowOf("a", 10, 100, 50), rowOf("b", 10, 100, 50)]);
    expect(compareResults(before, after, true)).to.deep.equal([]);
  });

  it("lets pass what the noise explains, and what is too little", () => {
    const noisy = { ratio: { median: 12, low: 10.05, high: 14 } };
    expect(compareResults(before, resultOf([{ name: "a", cells: noisy }]), true)).to.deep.equal([]);
    const still = (median: number) =>
      resultOf([{ name: "a", cells: { ratio: { median, low: median, high: median } } }]);
    expect(compareResults(still(10), still(10.4), true)).to.deep.equal([]);
    expect(compareResults(still(10), still(10.6), true)).to.have.length(1);
  });

  it("compares only ratios where times do not count", () => {
    const after = resultOf([rowOf("a", 12, 80, 5)]);
    const columns = compareResults(before, after, false).map(({ column }) => column);
    expect(columns).to.deep.equal(["ratio"]);
  });

  it("names what is no longer measured", () => {
    expect(missingRows(before, resultOf([rowOf("b", 1)]))).to.deep.equal(["Sums: a"]);
    expect(missingRows(before, { ...before, tables: [] })).to.deep.equal(["Sums"]);
    const [table] = before.tables;
    const informs = {
      ...before,
      tables: [{ ...table!, columns: [{ id: "peer", title: "peer", unit: "ms" as const }] }],
    };
    expect(missingRows(informs, { ...before, tables: [] })).to.deep.equal([]);
  });
});
