import type { Fp2, Fp12 as Target } from "@noble/curves/abstract/tower.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import type { Affine } from "./weierstrass.ts";

const { Fp2: f, Fp12 } = bls12_381.fields;

/** The parameter of the curve, without its sign, which is minus; its bits after the first. */
const BITS = [...0xd201000000010000n.toString(2).slice(1)].map((bit) => bit === "1");
const HALF = f.inv(f.mul(f.ONE, 2n));

/** A point of the second group on its way, in homogeneous coordinates. */
interface Running {
  readonly x: Fp2;
  readonly y: Fp2;
  readonly z: Fp2;
}

/** A line as the coefficients of a target field element that are not zero; x and y of the first point are due. */
type Line = readonly [one: Fp2, x: Fp2, y: Fp2];

export type Pair = readonly [first: Affine<bigint>, second: Affine<Fp2>];

/**
 * The product of the Miller loops of pairs of points, before the final exponentiation. Lines are determined up to a
 * factor that the exponentiation takes away; since the product is shown to guests before, factors matter, and so
 * does the way through the bits: both are arkworks' (formulas of Costello, Lange and Naehrig). noble's own loop goes
 * by signed bits.
 */
export function millerLoop(pairs: readonly Pair[]): Target {
  const running = pairs.map(([, { x, y }]): Running => ({ x, y, z: f.ONE }));
  let product = Fp12.ONE;
  for (const bit of BITS) {
    product = Fp12.sqr(product);
    pairs.forEach(([first, second], i) => {
      let step = doubled(running[i]!);
      product = Fp12.mul(product, at(first, step.line));
      if (bit) {
        step = added(step.point, second);
        product = Fp12.mul(product, at(first, step.line));
      }
      running[i] = step.point;
    });
  }
  return Fp12.conjugate(product); // for the parameter's sign
}

/** The value of a line at a point. */
function at({ x, y }: Affine<bigint>, [one, byX, byY]: Line): Target {
  return {
    c0: { c0: one, c1: f.mul(byX, x), c2: f.ZERO },
    c1: { c0: f.ZERO, c1: f.mul(byY, y), c2: f.ZERO },
  };
}

function doubled({ x, y, z }: Running): { point: Running; line: Line } {
  const a = f.mul(f.mul(x, y), HALF);
  const b = f.sqr(y);
  const c = f.sqr(z);
  const e = f.mulByB(f.mul(c, 3n));
  const e3 = f.mul(e, 3n);
  const g = f.mul(f.add(b, e3), HALF);
  const h = f.sub(f.sqr(f.add(y, z)), f.add(b, c));
  return {
    point: { x: f.mul(a, f.sub(b, e3)), y: f.sub(f.sqr(g), f.mul(f.sqr(e), 3n)), z: f.mul(b, h) },
    line: [f.sub(e, b), f.mul(f.sqr(x), 3n), f.neg(h)],
  };
}

function added({ x, y, z }: Running, q: Affine<Fp2>): { point: Running; line: Line } {
  const theta = f.sub(y, f.mul(q.y, z));
  const lambda = f.sub(x, f.mul(q.x, z));
  const square = f.sqr(lambda);
  const cube = f.mul(lambda, square);
  const g = f.mul(x, square);
  const h = f.sub(f.add(cube, f.mul(z, f.sqr(theta))), f.mul(g, 2n));
  return {
    point: {
      x: f.mul(lambda, h),
      y: f.sub(f.mul(theta, f.sub(g, h)), f.mul(cube, y)),
      z: f.mul(z, cube),
    },
    line: [f.sub(f.mul(theta, q.x), f.mul(lambda, q.y)), f.neg(theta), lambda],
  };
}
