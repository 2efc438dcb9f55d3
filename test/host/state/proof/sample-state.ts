import fc from "fast-check";
import type { Change, StateVersion } from "../../../../src/host/state/index.ts";
import { State } from "../../../../src/host/state/index.ts";

export const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Few distinct bytes, so that keys collide, begin each other and share nibbles. */
export const key = fc
  .array(fc.constantFrom(0x00, 0x01, 0x10, 0x11, 0xff), { maxLength: 4 })
  .map((bytes) => Uint8Array.from(bytes));

/** Short ones stand in their nodes under either version, long ones do not under version 1. */
export const value = fc.oneof(
  fc.uint8Array({ maxLength: 3 }),
  fc.integer({ min: 28, max: 40 }).map((length) => new Uint8Array(length).fill(length)),
);
export const version = fc.constantFrom<StateVersion>(0, 1);

const entries = (maxLength: number) =>
  fc.uniqueArray(fc.tuple(key, value), { maxLength, size: "max", selector: ([k]) => hexOf(k) });

export const NAME = Uint8Array.of(0x6e);
export const OTHER = Uint8Array.of(0x6e, 0x6f);

/** A state with up to two child tries, whose values are partly of each version. */
export const state: fc.Arbitrary<State> = fc
  .tuple(entries(25), entries(8), entries(8), entries(4), version)
  .map(([top, first, second, later, written]) =>
    State.fromEntries(
      top,
      [
        [NAME, first],
        [OTHER, second],
      ],
      written,
    ).apply({ top: later.map(([k, v]) => ({ key: k, value: v })), children: [] }, written === 0 ? 1 : 0),
  );

export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ key, value: fc.option(value, { nil: undefined, freq: 1 }) }),
  { maxLength: 6, size: "max" },
);
