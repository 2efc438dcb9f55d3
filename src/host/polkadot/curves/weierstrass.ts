import type { IField } from "@noble/curves/abstract/modular.js";
import type { ArkReader } from "./codec.ts";
import type { Group } from "./group.ts";

/** (X/Z², Y/Z³); zero has Z = 0. */
export interface Jacobian<F> {
  readonly x: F;
  readonly y: F;
  readonly z: F;
}

export interface Affine<F> {
  readonly x: F;
  readonly y: F;
}

/** How a curve's affine points are encoded; undefined is the point at infinity. */
export interface PointCodec<F> {
  read(reader: ArkReader): Affine<F> | undefined;
  write(point: Affine<F> | undefined): Uint8Array;
}

/**
 * The group of a curve y² = x³ + b. The formulas have no b in them, so they also go for points that are on the curve
 * of another b: nobody checks points that a runtime hands over.
 */
export function weierstrassGroup<F>(f: IField<F>, order: bigint, codec: PointCodec<F>): Group<Jacobian<F>> {
  const zero: Jacobian<F> = { x: f.ONE, y: f.ONE, z: f.ZERO };

  const double = (p: Jacobian<F>): Jacobian<F> => {
    if (f.is0(p.z) || f.is0(p.y)) return zero;
    const yy = f.sqr(p.y);
    const s = f.mul(f.mul(p.x, yy), 4n);
    const m = f.mul(f.sqr(p.x), 3n);
    const x = f.sub(f.sqr(m), f.mul(s, 2n));
    const y = f.sub(f.mul(m, f.sub(s, x)), f.mul(f.sqr(yy), 8n));
    return { x, y, z: f.mul(f.mul(p.y, p.z), 2n) };
  };

  const add = (p: Jacobian<F>, q: Jacobian<F>): Jacobian<F> => {
    if (f.is0(p.z)) return q;
    if (f.is0(q.z)) return p;
    const pzz = f.sqr(p.z);
    const qzz = f.sqr(q.z);
    const u = f.mul(p.x, qzz);
    const s = f.mul(p.y, f.mul(q.z, qzz));
    const h = f.sub(f.mul(q.x, pzz), u);
    const r = f.sub(f.mul(q.y, f.mul(p.z, pzz)), s);
    if (f.is0(h)) return f.is0(r) ? double(p) : zero;
    const hh = f.sqr(h);
    const hhh = f.mul(h, hh);
    const v = f.mul(u, hh);
    const x = f.sub(f.sub(f.sqr(r), hhh), f.mul(v, 2n));
    const y = f.sub(f.mul(r, f.sub(v, x)), f.mul(s, hhh));
    return { x, y, z: f.mul(h, f.mul(p.z, q.z)) };
  };

  const affine = ({ x, y, z }: Jacobian<F>): Affine<F> | undefined => {
    if (f.is0(z)) return undefined;
    const inverse = f.inv(z);
    const square = f.sqr(inverse);
    return { x: f.mul(x, square), y: f.mul(y, f.mul(square, inverse)) };
  };

  return {
    zero,
    order,
    double,
    add,
    read: (reader) => {
      const point = codec.read(reader);
      return point === undefined ? zero : { ...point, z: f.ONE };
    },
    write: (point) => codec.write(affine(point)),
  };
}
