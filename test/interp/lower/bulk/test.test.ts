import { expect } from "chai";
import type { Repetition, Sum } from "../../../../src/interp/lower/bulk/loop.ts";
import { testOf } from "../../../../src/interp/lower/bulk/test.ts";

const sum = (constant: number, ...terms: [lane: number, factor: number][]): Sum => ({
  kind: "sum",
  lanes: terms.map(([lane]) => lane),
  factors: terms.map(([, factor]) => factor),
  constant,
});
const repetition = (moving: Sum, limit: Sum, step: number): Repetition => ({
  moving,
  limit,
  step,
  order: "unsigned",
  isInclusive: false,
});

/** Whether `bulk` leaves the loop, by the instruction's own arithmetic. */
function leaves(operands: readonly number[], lanes: { readonly [lane: number]: number }): boolean {
  const [k, a, b, plus, m] = operands as [number, number, number, number, number];
  const distance = (lanes[a]! + Math.imul(k, lanes[b]!) + plus) | 0;
  return (distance + m) >>> 0 >= m << 1;
}

describe("when a loop is worth running in bulk", () => {
  const cases: [string, Repetition, (iterations: number) => { [lane: number]: number }][] = [
    ["up to a lane", repetition(sum(1, [6, 1]), sum(0, [10, 1]), 1), (n) => ({ 6: 70, 10: 71 + n })],
    ["down to a lane", repetition(sum(-4, [8, 1]), sum(0, [2, 1]), -4), (n) => ({ 8: 4 + 4 * n, 2: 0 })],
    ["down to 0", repetition(sum(-1, [4, 1]), sum(0), -1), (n) => ({ 4: n + 1 })],
    ["up from below 0", repetition(sum(2, [4, -1]), sum(0), 2), (n) => ({ 4: 2 - 2 * -n })],
    [
      "past the middle",
      repetition(sum(8, [2, 1]), sum(0, [4, 1]), 8),
      (n) => ({ 2: 0x7ffffff0, 4: 0x7ffffff8 + 8 * n }),
    ],
  ];
  for (const [name, loop, lanes] of cases) {
    it(`it goes ${name}`, () => {
      const operands = testOf(loop);
      for (const few of [0, 1, 15]) expect(leaves(operands, lanes(few)), `${few}`).equal(false);
      for (const many of [17, 18, 1000]) expect(leaves(operands, lanes(many)), `${many}`).equal(true);
    });
  }

  it("it always is where that is not easily told", () => {
    const hard = [
      repetition(sum(0, [2, 3]), sum(0), 3),
      repetition(sum(0, [2, 1], [4, 1]), sum(0, [6, 1]), 1),
      repetition(sum(0, [2, 1]), sum(0), 1 << 28),
      repetition(sum(5), sum(9), 1),
    ];
    for (const loop of hard) expect(leaves(testOf(loop), { 0: 0 }), JSON.stringify(loop)).equal(true);
  });
});
