import { readFileSync } from "node:fs";
import { expect } from "chai";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { hostApi } from "../../../src/host/polkadot/index.ts";
import { Harness } from "./harness.ts";

const VECTORS = new URL("../../../../test/fixtures/elliptic-curves/vectors.txt", import.meta.url);

interface Vector {
  readonly name: string;
  readonly inputs: readonly Uint8Array[];
  readonly code: number;
  /** Undefined where there is none. */
  readonly result: string | undefined;
}

function vectors(): Vector[] {
  const lines = readFileSync(VECTORS, "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [name, ...fields] = line.split(" ") as [string, ...string[]];
    const [code, result] = fields.slice(-2) as [string, string];
    const inputs = fields.slice(0, -2).map((text) => hexToBytes(text, "optional"));
    return { name, inputs, code: Number(code), result: result === "-" ? undefined : `0x${result}` };
  });
}

const functionOf = (name: string) => `ext_host_calls_${name}_version_1`;

/** Larger than any result, and not empty: what is not written must stay. */
const room = () => new Uint8Array(600).fill(0xa5);

/** Calls a function and gives its code and all of the buffer afterwards. */
function call(name: string, ...inputs: Uint8Array[]): { code: number; out: Uint8Array } {
  const inPlace = name === "bls12_381_final_exponentiation";
  const args = inPlace ? inputs : [...inputs, room()];
  const { lanes, out } = new Harness().filling(args.length - 1, functionOf(name), ...args);
  return { code: lanes[0]!, out };
}

const ALL = vectors();
const one = (name: string): Vector => ALL.find((item) => item.name === name && item.code === 0)!;

describe("elliptic curves", () => {
  for (const name of new Set(ALL.map((vector) => vector.name))) {
    it(`${name} gives what arkworks gives`, () => {
      for (const { inputs, code, result } of ALL.filter((vector) => vector.name === name)) {
        const answer = call(name, ...inputs);
        expect(answer.code).to.equal(code);
        if (result === undefined) {
          const before = name === "bls12_381_final_exponentiation" ? inputs[0] : room();
          expect(answer.out).to.deep.equal(before);
          continue;
        }
        const size = (result.length - 2) / 2;
        expect(bytesToHex(answer.out.subarray(0, size))).to.equal(result);
        expect(answer.out.subarray(size).every((byte) => byte === 0xa5)).to.equal(true);
      }
    });
  }

  it("are all tested", () => {
    const listed = hostApi().filter(({ chapter }) => chapter === "elliptic curves");
    expect([...new Set(ALL.map(({ name }) => functionOf(name)))].sort()).to.deep.equal(
      listed.map(({ name }) => name).sort(),
    );
  });

  it("allocate nothing, and leave a buffer that is too small", () => {
    const { inputs, result } = one("pallas_mul");
    const size = (result!.length - 2) / 2;
    const h = new Harness();
    const small = h.filling(2, functionOf("pallas_mul"), ...inputs, new Uint8Array(size - 1).fill(1));
    expect(small.lanes[0]).to.equal(1);
    expect(small.out).to.deep.equal(new Uint8Array(size - 1).fill(1));
    expect(h.int(functionOf("pallas_mul"), ...inputs, new Uint8Array(size))).to.equal(0);
    expect(h.allocations).to.deep.equal([]);
  });

  it("refuse inputs that are cut off, and numbers that are not below their modulus", () => {
    for (const name of new Set(ALL.map((vector) => vector.name))) {
      const { inputs } = one(name);
      for (const [i, input] of inputs.entries()) {
        const replaced = (bytes: Uint8Array) => inputs.map((other, k) => (k === i ? bytes : other));
        expect(call(name, ...replaced(input.slice(0, -1))).code, `${name} ${i}`).to.equal(2);
        expect(call(name, ...replaced(input.slice().fill(0xff))).code, `${name} ${i}`).to.equal(2);
      }
    }
  });

  it("take lengths for what they are worth", () => {
    const huge = new Uint8Array(16).fill(0xff);
    const { inputs } = one("vesta_msm");
    expect(call("vesta_msm", huge, inputs[1]!).code).to.equal(2);
    expect(call("vesta_msm", inputs[0]!, huge).code).to.equal(2);
    const point = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, ...new Uint8Array(96));
    expect(call("bls12_381_multi_miller_loop", point, new Uint8Array(8)).code).to.equal(3);
  });

  it("look at nothing behind a value", () => {
    const { inputs, result } = one("bls12_381_mul_g1");
    const longer = inputs.map((input) => Uint8Array.from([...input, 1, 2, 3]));
    const { code, out } = call("bls12_381_mul_g1", ...longer);
    expect(code).to.equal(0);
    expect(bytesToHex(out.subarray(0, 96))).to.equal(result);
  });

  it("know the flags of points as arkworks does", () => {
    const one = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
    const flagged = (point: Uint8Array, at: number, flags: number) => {
      const bytes = point.slice();
      bytes[at]! |= flags;
      return bytes;
    };
    const zero = new Uint8Array(96);
    for (const flags of [0x80, 0x20, 0x60, 0xc0, 0xe0]) {
      expect(call("bls12_381_mul_g1", flagged(zero, 0, flags), one).code).to.equal(2);
    }
    expect(call("bls12_381_mul_g1", flagged(flagged(zero, 0, 0x40), 95, 1), one).code).to.equal(2);
    const infinity = call("bls12_381_mul_g1", flagged(zero, 0, 0x40), one);
    expect([infinity.code, infinity.out[0]]).to.deep.equal([0, 0x40]);
    // The Pasta curves' infinity may have coordinates; the sign of y says nothing where y is there.
    const point = Uint8Array.from({ length: 65 }, (_, i) => (i < 64 ? 1 : 0));
    expect(call("pallas_mul", flagged(point, 64, 0xc0), one).code).to.equal(2);
    const { code, out } = call("pallas_mul", flagged(point, 64, 0x40), one);
    expect([code, out[64]]).to.deep.equal([0, 0x40]);
    expect(call("pallas_mul", flagged(point, 64, 0x80), one)).to.deep.equal(call("pallas_mul", point, one));
  });
});
