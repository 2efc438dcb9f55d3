/** Raw bits at which numeric operators tend to go wrong, and random ones. */
import fc from "fast-check";
import { F32, F64, I32, I64, type ValType } from "../../../src/decoder/index.ts";

const RANDOM = 6;
const SEED = 20240229;

const INTEGERS_32 = [
  0, 1, 2, 7, 31, 32, 33, 0x7f, 0x80, 0xffff, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe,
  0xffffffff,
];

const INTEGERS_64 = [
  ...[0n, 1n, 2n, 31n, 32n, 63n, 64n, 0x80n, 0x8000n],
  ...[0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n, 0x100000001n],
  // Around 2^53, and ties of f32 and f64 with bits far below them.
  ...[
    (1n << 53n) - 1n,
    (1n << 53n) + 1n,
    (1n << 24n) + 1n,
    0x20000020000001n,
    0x7fffff4000000001n,
    0x8000004000000001n,
  ],
  ...[
    0x7fffffffffffffffn,
    0x8000000000000000n,
    0x8000000000000001n,
    0xfffffffffffffbffn,
    0xffffffff00000000n,
    0xffffffffffffffffn,
  ],
];

const NUMBERS = [
  0,
  1,
  0.5,
  1.5,
  2.5,
  0.1,
  3,
  4503599627370495.5,
  9007199254740992,
  2147483647,
  2147483648,
  4294967296,
  2 ** 63,
  2 ** 64,
  0.9999999999999999,
];

const view = new DataView(new ArrayBuffer(8));

const bits32 = (value: number): bigint => {
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
};
const bits64 = (value: number): bigint => {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
};
const bothSigns = (width: number, bits: readonly bigint[]) =>
  bits.flatMap((b) => [b, b | (1n << BigInt(width - 1))]);

const FLOATS_32 = bothSigns(32, [
  ...NUMBERS.map(bits32),
  // The least and greatest subnormal and normal numbers, infinity, quiet and signalling NaNs.
  ...[1n, 0x7fffffn, 0x800000n, 0x7f7fffffn, 0x7f800000n, 0x7fc00000n, 0x7fa00001n],
  // The last number below 2^31, 2^63; the largest fractional one.
  ...[0x4effffffn, 0x5effffffn, 0x4affffffn],
]);
const FLOATS_64 = bothSigns(64, [
  ...NUMBERS.map(bits64),
  ...[1n, 0xfffffffffffffn, 0x10000000000000n, 0x7fefffffffffffffn, 0x7ff0000000000000n],
  ...[
    0x7ff8000000000000n,
    0x7ff4000000000001n,
    0x43dfffffffffffffn,
    0x41dfffffffc00000n,
    0x41efffffffe00000n,
  ],
  // Ties when demoted: halfway between two f32, at the largest, and below the least subnormal.
  ...[
    0x3ff0000010000000n,
    0x3ff0000030000000n,
    0x47efffffefffffffn,
    0x47effffff0000000n,
    0x3690000000000000n,
    0x3690000000000001n,
  ],
]);

const sample = (width: number): bigint[] =>
  fc.sample(fc.bigInt({ min: 0n, max: 2n ** BigInt(width) - 1n }), { seed: SEED + width, numRuns: RANDOM });

const distinct = (bits: readonly bigint[]): readonly bigint[] => [...new Set(bits)];

export const OPERANDS: ReadonlyMap<ValType, readonly bigint[]> = new Map([
  [I32, distinct([...INTEGERS_32.map(BigInt), ...sample(32)])],
  [I64, distinct([...INTEGERS_64, ...sample(64)])],
  [F32, distinct([...FLOATS_32, ...sample(32)])],
  [F64, distinct([...FLOATS_64, ...sample(64)])],
]);
