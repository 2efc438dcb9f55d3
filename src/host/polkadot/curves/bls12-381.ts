import type { IField } from "@noble/curves/abstract/modular.js";
import type { Fp2, Fp12 } from "@noble/curves/abstract/tower.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { type ArkReader, below, bigEndian, writeBigEndian, writeLittleEndian } from "./codec.ts";
import { CurveError } from "./errors.ts";
import type { Group } from "./group.ts";
import { millerLoop, type Pair } from "./miller-loop.ts";
import { type Jacobian, type PointCodec, weierstrassGroup } from "./weierstrass.ts";

const { Fp, Fp2: FP2, Fp12: FP12, Fr } = bls12_381.fields;
const SIZE = 48;

const COMPRESSED = 0x80;
const INFINITY = 0x40;
const SIGN = 0x20;
const FLAGS = COMPRESSED | INFINITY | SIGN;

/** How a coordinate is made of numbers, in the order in which they are written. */
interface Coordinate<F> {
  readonly count: number;
  from(numbers: readonly bigint[]): F;
  to(value: F): readonly bigint[];
}

/** Zcash's form, which arkworks has for this curve alone: most significant byte first, flags in the first byte. */
function pointCodec<F>({ count, from, to }: Coordinate<F>): PointCodec<F> {
  const size = 2 * count * SIZE;
  return {
    read: (reader) => {
      const bytes = reader.take(size);
      const flags = bytes[0]! & FLAGS;
      if (flags === INFINITY && bytes.every((byte, i) => byte === (i === 0 ? INFINITY : 0))) return undefined;
      if (flags !== 0) throw new CurveError("malformed-input");
      const numbers = Array.from({ length: 2 * count }, (_, i) =>
        below(bigEndian(bytes.subarray(i * SIZE, (i + 1) * SIZE)), Fp.ORDER),
      );
      return { x: from(numbers.slice(0, count)), y: from(numbers.slice(count)) };
    },
    write: (point) => {
      const out = new Uint8Array(size);
      if (point === undefined) out[0] = INFINITY;
      else {
        [...to(point.x), ...to(point.y)].forEach((number, i) => {
          writeBigEndian(out.subarray(i * SIZE, (i + 1) * SIZE), number);
        });
      }
      return out;
    },
  };
}

export const g1: Group<Jacobian<bigint>> = weierstrassGroup(
  Fp as IField<bigint>,
  Fr.ORDER,
  pointCodec<bigint>({ count: 1, from: ([x]) => x!, to: (x) => [x] }),
);

export const g2: Group<Jacobian<Fp2>> = weierstrassGroup(
  FP2,
  Fr.ORDER,
  pointCodec<Fp2>({ count: 2, from: ([c1, c0]) => ({ c0: c0!, c1: c1! }), to: ({ c0, c1 }) => [c1, c0] }),
);

/**
 * The product of the Miller loops of pairs of points as they were read; pairs with the point at infinity count as one.
 * @throws CurveError `length-mismatch`
 */
export function multiMillerLoop(first: readonly Jacobian<bigint>[], second: readonly Jacobian<Fp2>[]): Fp12 {
  if (first.length !== second.length) throw new CurveError("length-mismatch");
  return millerLoop(
    first.flatMap((p, i): Pair[] => {
      const q = second[i]!;
      return Fp.is0(p.z) || FP2.is0(q.z) ? [] : [[p, q]];
    }),
  );
}

/** @throws CurveError `unknown` for zero */
export function finalExponentiation(value: Fp12): Fp12 {
  if (FP12.is0(value)) throw new CurveError("unknown");
  return FP12.finalExponentiate(value);
}

/** An element of the target field: twelve numbers, least significant byte first, inner coefficients first. */
export function readTarget(reader: ArkReader): Fp12 {
  const numbers = Array.from({ length: 12 }, () => reader.number(SIZE, Fp.ORDER));
  return FP12.fromBigTwelve(numbers as Parameters<typeof FP12.fromBigTwelve>[0]);
}

export function writeTarget({ c0, c1 }: Fp12): Uint8Array {
  const out = new Uint8Array(12 * SIZE);
  const numbers = [c0, c1]
    .flatMap((half) => [half.c0, half.c1, half.c2])
    .flatMap((pair) => [pair.c0, pair.c1]);
  numbers.forEach((number, i) => {
    writeLittleEndian(out.subarray(i * SIZE, (i + 1) * SIZE), number);
  });
  return out;
}
