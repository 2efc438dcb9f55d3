import { bls12_381 } from "@noble/curves/bls12-381.js";
import { writeLittleEndian } from "./codec.ts";
import { CurveError } from "./errors.ts";
import type { Group } from "./group.ts";

/** Extended coordinates: x = X/Z, y = Y/Z, T = XY/Z. */
export interface Extended {
  readonly x: bigint;
  readonly y: bigint;
  readonly t: bigint;
  readonly z: bigint;
}

/** Bandersnatch is over the field of the scalars of BLS12-381. */
const f = bls12_381.fields.Fr;
const SIZE = 32;
const A = f.create(-5n);
const D = 0x6389c12633c267cbc66e3bf86be3b6d8cb66677177e54f92b369f2f5188d58e7n;
const ORDER = 0x1cfb69d4ca675f520cce760202687600ff8f87007419047174fd06b52876e7e1n;

/**
 * Bandersnatch as a twisted Edwards curve, ax² + y² = 1 + dx²y², with the formulas of Hisil, Wong, Carter and Dawson
 * that arkworks has. They are complete in the subgroup only: elsewhere a sum may have no affine form.
 */
export const bandersnatch: Group<Extended> = {
  zero: { x: 0n, y: 1n, t: 0n, z: 1n },
  order: ORDER,
  double: (p) => {
    const a = f.sqr(p.x);
    const b = f.sqr(p.y);
    const c = f.mul(f.sqr(p.z), 2n);
    const d = f.mul(A, a);
    const e = f.sub(f.sub(f.sqr(f.add(p.x, p.y)), a), b);
    const g = f.add(d, b);
    return extended(e, g, f.sub(g, c), f.sub(d, b));
  },
  add: (p, q) => {
    const a = f.mul(p.x, q.x);
    const b = f.mul(p.y, q.y);
    const c = f.mul(f.mul(D, p.t), q.t);
    const d = f.mul(p.z, q.z);
    const e = f.sub(f.sub(f.mul(f.add(p.x, p.y), f.add(q.x, q.y)), a), b);
    return extended(e, f.add(d, c), f.sub(d, c), f.sub(b, f.mul(A, a)));
  },
  read: (reader) => {
    const x = reader.number(SIZE, f.ORDER);
    const y = reader.number(SIZE, f.ORDER);
    return { x, y, t: f.mul(x, y), z: 1n };
  },
  write: ({ x, y, z }) => {
    if (z === 0n) throw new CurveError("degenerate-point");
    const inverse = f.inv(z);
    const out = new Uint8Array(2 * SIZE);
    writeLittleEndian(out.subarray(0, SIZE), f.mul(x, inverse));
    writeLittleEndian(out.subarray(SIZE), f.mul(y, inverse));
    return out;
  },
};

function extended(e: bigint, g: bigint, d: bigint, h: bigint): Extended {
  return { x: f.mul(e, d), y: f.mul(g, h), t: f.mul(e, h), z: f.mul(d, g) };
}
