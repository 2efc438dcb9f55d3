import { expect } from "chai";
import { estimate, geomean, geomeanByRound, median, ratios } from "../../bench/statistics.ts";

describe("bench: statistics", () => {
  it("takes the middle of an odd and the mean of the two middle ones of an even number of values", () => {
    expect(median([9, 1, 5])).to.equal(5);
    expect(median([10, 9, 2, 1])).to.equal(5.5);
    expect(() => median([])).to.throw(RangeError);
  });

  it("leaves the values in their order", () => {
    const rounds = [3, 1, 2];
    expect(estimate(rounds)).to.deep.equal({ median: 2, low: 1, high: 3 });
    expect(rounds).to.deep.equal([3, 1, 2]);
  });

  it("means ratios so that a doubling and a halving cancel out", () => {
    expect(geomean([2, 0.5])).to.be.closeTo(1, 1e-12);
    expect(geomean([1, 10, 100])).to.be.closeTo(10, 1e-9);
    expect(() => geomean([1, 0])).to.throw(RangeError);
    expect(() => geomean([1, Number.NaN])).to.throw(RangeError);
    expect(() => geomean([])).to.throw(RangeError);
  });

  it("pairs rounds", () => {
    expect(ratios([10, 30], [5, 10])).to.deep.equal([2, 3]);
    expect(() => ratios([1, 2], [1])).to.throw(RangeError);
    const means = geomeanByRound([
      [1, 4],
      [4, 9],
    ]);
    expect(means[0]).to.be.closeTo(2, 1e-12);
    expect(means[1]).to.be.closeTo(6, 1e-12);
  });
});
