import { functionsOf, type HostFunctions } from "../define.ts";
import { outSpan, span } from "../types/bytes.ts";
import { u32 } from "../types/numbers.ts";
import { bandersnatch } from "./curves/bandersnatch.ts";
import { finalExponentiation, g1, g2, multiMillerLoop, readTarget, writeTarget } from "./curves/bls12-381.ts";
import { ArkReader, readBigInteger } from "./curves/codec.ts";
import { CURVE_ERRORS, CurveError } from "./curves/errors.ts";
import { type Group, multiply, multiplyMany } from "./curves/group.ts";
import { pallas, vesta } from "./curves/pasta.ts";
import type { PolkadotHost } from "./host.ts";

const fn = functionsOf<PolkadotHost>();

/** Fills the buffer with the result, or leaves it and tells why. */
function answer(out: Uint8Array, compute: () => Uint8Array): number {
  try {
    const result = compute();
    if (result.length > out.length) throw new CurveError("output-too-small");
    out.set(result);
    return 0;
  } catch (error) {
    if (error instanceof CurveError) return CURVE_ERRORS[error.kind];
    throw error;
  }
}

/** A function of two inputs. */
const binary = (compute: (a: ArkReader, b: ArkReader) => Uint8Array) =>
  fn([span, span, outSpan], u32, (_, a, b, out) =>
    answer(out, () => compute(new ArkReader(a), new ArkReader(b))),
  );

const mul = <P>(group: Group<P>) =>
  binary((base, scalar) => group.write(multiply(group, group.read(base), readBigInteger(scalar))));

const msm = <P>(group: Group<P>) =>
  binary((bases, scalars) => {
    const points = bases.list((r) => group.read(r));
    const factors = scalars.list((r) => r.number(32, group.order));
    return group.write(multiplyMany(group, points, factors));
  });

/**
 * Elliptic curves (RFC-163, host-functions.md section 13). Points need be neither on their curve nor in its subgroup:
 * for those the results are arkworks', but in `msm` for points that are on no common curve, which have no sum.
 */
export const ellipticCurves: HostFunctions<PolkadotHost> = {
  ext_host_calls_bls12_381_multi_miller_loop_version_1: binary((a, b) =>
    writeTarget(
      multiMillerLoop(
        a.list((r) => g1.read(r)),
        b.list((r) => g2.read(r)),
      ),
    ),
  ),
  // In place.
  ext_host_calls_bls12_381_final_exponentiation_version_1: fn([outSpan], u32, (_, value) =>
    answer(value, () => writeTarget(finalExponentiation(readTarget(new ArkReader(value))))),
  ),
  ext_host_calls_bls12_381_msm_g1_version_1: msm(g1),
  ext_host_calls_bls12_381_msm_g2_version_1: msm(g2),
  ext_host_calls_bls12_381_mul_g1_version_1: mul(g1),
  ext_host_calls_bls12_381_mul_g2_version_1: mul(g2),
  ext_host_calls_ed_on_bls12_381_bandersnatch_msm_version_1: msm(bandersnatch),
  ext_host_calls_ed_on_bls12_381_bandersnatch_mul_version_1: mul(bandersnatch),
  ext_host_calls_pallas_msm_version_1: msm(pallas),
  ext_host_calls_pallas_mul_version_1: mul(pallas),
  ext_host_calls_vesta_msm_version_1: msm(vesta),
  ext_host_calls_vesta_mul_version_1: mul(vesta),
};
