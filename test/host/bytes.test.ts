import { expect } from "chai";
import { equalBytes } from "../../src/host/bytes.ts";

describe("equal bytes", () => {
  it("differ in any one byte, at any length and place in memory", () => {
    for (const length of [0, 1, 63, 64, 65, 68, 96, 127, 131]) {
      for (const offset of [0, 1, 4]) {
        const a = new Uint8Array(200).fill(5).subarray(offset, offset + length);
        const b = new Uint8Array(200).fill(5).subarray(4, 4 + length);
        expect(equalBytes(a, b)).to.equal(true);
        for (let i = 0; i < length; i++) {
          b[i] = 0x85;
          expect(equalBytes(a, b), `${length} ${offset} ${i}`).to.equal(false);
          b[i] = 5;
        }
      }
    }
    expect(equalBytes(new Uint8Array(3), new Uint8Array(4))).to.equal(false);
  });
});
