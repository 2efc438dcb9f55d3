import type { ArkReader } from "./codec.ts";
import { CurveError } from "./errors.ts";

/** The additive group of a curve: what is needed to multiply points by scalars, and their encoding. */
export interface Group<P> {
  readonly zero: P;
  /** Order of the subgroup, which scalars of multi-scalar multiplication are below. */
  readonly order: bigint;
  double(point: P): P;
  add(a: P, b: P): P;
  /** An affine point. @throws CurveError `malformed-input` */
  read(reader: ArkReader): P;
  /** The point in affine form. @throws CurveError `degenerate-point` */
  write(point: P): Uint8Array;
}

/**
 * By doubling and adding from the most significant bit, as arkworks does: for points that are not on the curve, or
 * not in the subgroup, other ways need not give the same.
 */
export function multiply<P>(group: Group<P>, point: P, scalar: bigint): P {
  let product = group.zero;
  if (scalar === 0n) return product;
  for (const bit of scalar.toString(2)) {
    product = group.double(product);
    if (bit === "1") product = group.add(product, point);
  }
  return product;
}

/**
 * The sum of `scalars[i] * points[i]`; the doublings are shared. @throws CurveError `length-mismatch`
 */
export function multiplyMany<P>(group: Group<P>, points: readonly P[], scalars: readonly bigint[]): P {
  if (points.length !== scalars.length) throw new CurveError("length-mismatch");
  const bits = scalars.reduce((most, scalar) => (scalar > most ? scalar : most), 0n).toString(2).length;
  let sum = group.zero;
  for (let bit = BigInt(bits) - 1n; bit >= 0n; bit--) {
    sum = group.double(sum);
    points.forEach((point, i) => {
      if ((scalars[i]! >> bit) & 1n) sum = group.add(sum, point);
    });
  }
  return sum;
}
