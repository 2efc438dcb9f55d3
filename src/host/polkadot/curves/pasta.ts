import { Field } from "@noble/curves/abstract/modular.js";
import { type ArkReader, below, littleEndian, writeLittleEndian } from "./codec.ts";
import { CurveError } from "./errors.ts";
import type { Group } from "./group.ts";
import { type Affine, type Jacobian, type PointCodec, weierstrassGroup } from "./weierstrass.ts";

/*
 * The Pasta curves y² = x³ + 5: the order of each is the modulus of the other's field.
 */

const PALLAS_MODULUS = 0x40000000000000000000000000000000224698fc094cf91b992d30ed00000001n;
const VESTA_MODULUS = 0x40000000000000000000000000000000224698fc0994a8dd8c46eb2100000001n;

/** A coordinate; the second has a byte more, as there is no room for the flags. */
const SIZE = 32;
const INFINITY = 0x40;
const NEGATIVE = 0x80;

/** arkworks' own form: x and y least significant byte first, and flags in the top bits of the last byte. */
function pointCodec(modulus: bigint): PointCodec<bigint> {
  return {
    read: (reader: ArkReader): Affine<bigint> | undefined => {
      const x = reader.number(SIZE, modulus);
      const last = reader.take(SIZE + 1).slice();
      const flags = last[SIZE]! & (INFINITY | NEGATIVE);
      last[SIZE]! &= ~(INFINITY | NEGATIVE);
      const y = below(littleEndian(last), modulus);
      if (flags === (INFINITY | NEGATIVE)) throw new CurveError("malformed-input");
      return flags === INFINITY ? undefined : { x, y };
    },
    write: (point) => {
      const out = new Uint8Array(2 * SIZE + 1);
      if (point === undefined) {
        out[2 * SIZE] = INFINITY;
        return out;
      }
      writeLittleEndian(out.subarray(0, SIZE), point.x);
      writeLittleEndian(out.subarray(SIZE), point.y);
      if (2n * point.y > modulus) out[2 * SIZE]! |= NEGATIVE;
      return out;
    },
  };
}

function pasta(modulus: bigint, order: bigint): Group<Jacobian<bigint>> {
  return weierstrassGroup(Field(modulus), order, pointCodec(modulus));
}

export const pallas = pasta(PALLAS_MODULUS, VESTA_MODULUS);
export const vesta = pasta(VESTA_MODULUS, PALLAS_MODULUS);
