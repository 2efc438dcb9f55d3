import { expect } from "chai";
import { ImportMap, type Instance, instantiate, Store } from "../../../src/interp/index.ts";
import { bulk } from "../../../src/interp/machine/bulk.ts";
import type { MachineState } from "../../../src/interp/machine/state.ts";
import { build } from "../build.ts";

// The function that the `bulk` instruction calls, alone: that it acts where it should, and that it declines where it
// must, cannot be seen from outside.

const next = (local: number, by: number): string =>
  `local.get ${local} i32.const ${by} i32.add local.set ${local}`;
const UP = `loop local.get 0 local.get 1 i32.load8_u i32.store8 ${next(0, 1)} ${next(1, 1)}
  local.get 2 i32.const -1 i32.add local.tee 2 br_if 0 end`;
const DOWN = `loop ${next(0, -1)} ${next(1, -1)} local.get 0 local.get 1 i32.load8_u i32.store8
  local.get 2 i32.const -1 i32.add local.tee 2 br_if 0 end`;
const FILL = `loop local.get 0 local.get 1 i32.store16 ${next(0, 2)} local.get 0 local.get 2 i32.lt_u br_if 0 end`;
const FAR = `loop local.get 0 i32.const 7 i32.store8 4294967295 ${next(0, 1)}
  local.get 2 i32.const -1 i32.add local.tee 2 br_if 0 end`;
/** Static arrays that end at 2000 and 1000, by an index from a negative number to 0. */
const STATIC = `loop local.get 0 i32.const 2000 i32.add local.get 0 i32.const 1000 i32.add i32.load8_u i32.store8
  local.get 0 i32.const 1 i32.add local.tee 0 br_if 0 end`;
const SHIFT = `loop local.get 0 local.get 3 local.get 4 i32.shr_u
  local.get 1 i32.load local.tee 3 local.get 5 i32.shl i32.or i32.store ${next(1, 4)}
  ${next(0, 4)} local.get 0 local.get 2 i32.lt_u br_if 0 end`;

function instanceOf(code: string): Instance {
  const instance = instantiate(
    new Store({ gasLimit: 1000n }),
    build({
      functions: [{ export: "f", type: "i32 i32 i32 >", locals: "i32 i32 i32", code: `${code}` }],
      memory: [1],
    }),
    new ImportMap(),
  );
  instance.start("f", [0, 0, 1]).run();
  expect(instance.code.bulks).length(1);
  return instance;
}

/** Runs the loop's bulk part with these locals. */
function run(instance: Instance, locals: readonly number[], gas = 1_000_000) {
  const { bytes, view } = instance.memory!;
  bytes.forEach((_, i) => {
    bytes[i] = i % 251;
  });
  const before = bytes.slice();
  // Frames need not begin at lane 0.
  const fp = 6;
  const i32 = new Int32Array(64);
  locals.forEach((value, i) => {
    i32[fp + 2 * i] = value;
  });
  const used = bulk(
    { instance, bytes, view, i32 } as unknown as MachineState,
    instance.code.bulks[0]!,
    fp,
    gas,
  );
  const cost = instance.code.bulks[0]!.cost;
  expect(used % cost).equal(0);
  return {
    iterations: used / cost,
    locals: locals.map((_, i) => i32[fp + 2 * i]),
    before,
    bytes,
    cost,
  };
}

describe("running loops in bulk", () => {
  it("does all iterations but the last", () => {
    const { iterations, locals, before, bytes } = run(instanceOf(UP), [1000, 100, 50]);
    expect(iterations).equal(49);
    expect(locals).deep.equal([1049, 149, 1]);
    expect(bytes.subarray(1000, 1049)).deep.equal(before.subarray(100, 149));
    expect(bytes[1049]).equal(before[1049]);
  });

  it("does no more than the gas pays for, with one iteration left over", () => {
    const instance = instanceOf(UP);
    const { cost } = run(instance, [1000, 100, 50]);
    expect(run(instance, [1000, 100, 50], 10 * cost).iterations).equal(9);
    expect(run(instance, [1000, 100, 50], 11 * cost - 1).iterations).equal(9);
    expect(run(instance, [1000, 100, 50], 3 * cost).iterations).equal(0);
  });

  it("does not bother with a few iterations", () => {
    const instance = instanceOf(UP);
    expect(run(instance, [1000, 100, 3]).iterations).equal(0);
    expect(run(instance, [1000, 100, 4]).iterations).equal(3);
  });

  it("copies into overlapping memory only from the side on which the loop began", () => {
    for (const [code, start, isSafe] of [
      [UP, 0, (distance: number) => distance <= 0 || distance >= 49],
      [DOWN, 50, (distance: number) => distance >= 0 || distance <= -49],
    ] as const) {
      const instance = instanceOf(code);
      for (let distance = -60; distance <= 60; distance++) {
        const { iterations, before, bytes } = run(instance, [1000 + distance + start, 1000 + start, 50]);
        expect(iterations, `distance ${distance}`).equal(isSafe(distance) ? 49 : 0);
        const from = 1000 + (start === 0 ? 0 : 1);
        const expected = isSafe(distance)
          ? before.slice(from, from + 49)
          : before.slice(from + distance, from + distance + 49);
        expect(bytes.slice(from + distance, from + distance + 49)).deep.equal(expected);
      }
    }
  });

  it("declines what is not all within the memory", () => {
    const instance = instanceOf(UP);
    // The last iteration, which is the block's, may lie outside.
    expect(run(instance, [65536 - 49, 100, 50]).iterations).equal(49);
    expect(run(instance, [65536 - 48, 100, 50]).iterations).equal(0);
    expect(run(instance, [100, 65536 - 49, 50]).iterations).equal(49);
    expect(run(instance, [100, 65536 - 48, 50]).iterations).equal(0);
    expect(run(instance, [-20, 100, 50]).iterations).equal(0);
    expect(run(instanceOf(DOWN), [49, 200, 50]).iterations).equal(49);
    expect(run(instanceOf(DOWN), [48, 200, 50]).iterations).equal(0);
  });

  it("takes a negative index for what it is", () => {
    const instance = instanceOf(STATIC);
    const { iterations, locals, before, bytes } = run(instance, [-50]);
    expect(iterations).equal(49);
    expect(locals).deep.equal([-1]);
    expect(bytes.slice(1950, 1999)).deep.equal(before.slice(950, 999));
    // Addresses that go from the end of the address space to its beginning.
    expect(run(instance, [-1010]).iterations).equal(0);
    expect(run(instance, [-1000]).iterations).equal(999);
  });

  it("adds offsets to addresses in 33 bits", () => {
    // Modulo 2^32 these would be addresses 0 to 48.
    expect(run(instanceOf(FAR), [1, 0, 50]).iterations).equal(0);
  });

  it("fills with a pattern", () => {
    const { iterations, locals, before, bytes } = run(instanceOf(FILL), [1001, 0x1234, 1100]);
    expect(iterations).equal(49);
    expect(locals).deep.equal([1099, 0x1234, 1100]);
    for (let at = 1001; at < 1099; at += 2) expect([bytes[at], bytes[at + 1]]).deep.equal([0x34, 0x12]);
    expect([bytes[1000], bytes[1099]]).deep.equal([before[1000], before[1099]]);
  });

  it("copies words at another alignment, if the word it begins with is the one in memory", () => {
    const instance = instanceOf(SHIFT);
    const word = (at: number): number =>
      (at % 251) | (((at + 1) % 251) << 8) | (((at + 2) % 251) << 16) | (((at + 3) % 251) << 24);
    for (const bits of [8, 16, 24]) {
      const state = (carry: number, left = 32 - bits) => [1000, 104, 1200, carry, bits, left];
      const { iterations, locals, before, bytes } = run(instance, state(word(100)));
      expect(iterations).equal(49);
      expect(locals).deep.equal([1196, 300, 1200, word(296), bits, 32 - bits]);
      const from = 100 + bits / 8;
      expect(bytes.slice(1000, 1196)).deep.equal(before.slice(from, from + 196));
      // The bits that are shifted out do not matter.
      expect(run(instance, state(word(100) ^ (1 << (bits - 1)))).iterations).equal(49);
      expect(run(instance, state(word(100) ^ (1 << bits))).iterations).equal(0);
      expect(run(instance, state(word(100), 31 - bits)).iterations).equal(0);
    }
  });
});
