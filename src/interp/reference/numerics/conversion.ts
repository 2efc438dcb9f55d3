import { Trap } from "../../trap.ts";
import {
  decodeFloat,
  F32_FORMAT,
  F64_FORMAT,
  type Format,
  infinityBits,
  integerPart,
  roundToBits,
} from "./float.ts";
import { type Numeric, signed, unsigned } from "./integer.ts";

type Sign = "s" | "u";

const FORMATS: readonly (readonly [type: string, format: Format])[] = [
  ["f32", F32_FORMAT],
  ["f64", F64_FORMAT],
];

/** Least and greatest integer of a width. */
function range(width: 32 | 64, sign: Sign): [least: bigint, greatest: bigint] {
  const N = BigInt(width);
  return sign === "s" ? [-(2n ** (N - 1n)), 2n ** (N - 1n) - 1n] : [0n, 2n ** N - 1n];
}

/** trunc_u and trunc_s: traps where no integer of the width is meant. */
function truncate(format: Format, width: 32 | 64, sign: Sign): Numeric {
  const [least, greatest] = range(width, sign);
  return (bits) => {
    const value = decodeFloat(format, bits);
    if (value.kind === "nan") throw Trap.core("invalid-conversion");
    if (value.kind === "infinity") throw Trap.core("integer-overflow");
    const { integer } = integerPart(value);
    const truncated = value.negative ? -integer : integer;
    if (truncated < least || truncated > greatest) throw Trap.core("integer-overflow");
    return unsigned(width, truncated);
  };
}

/** trunc_sat_u and trunc_sat_s: the nearest integer of the width instead, 0 for NaN. */
function truncateSaturating(format: Format, width: 32 | 64, sign: Sign): Numeric {
  const [least, greatest] = range(width, sign);
  return (bits) => {
    const value = decodeFloat(format, bits);
    if (value.kind === "nan") return 0n;
    if (value.kind === "infinity") return unsigned(width, value.negative ? least : greatest);
    const { integer } = integerPart(value);
    const truncated = value.negative ? -integer : integer;
    if (truncated < least) return unsigned(width, least);
    if (truncated > greatest) return unsigned(width, greatest);
    return unsigned(width, truncated);
  };
}

/** convert_u and convert_s. */
function convert(format: Format, width: 32 | 64, sign: Sign): Numeric {
  return (bits) => {
    const value = sign === "s" ? signed(width, bits) : bits;
    return roundToBits(format, {
      negative: value < 0n,
      significand: value < 0n ? -value : value,
      exponent: 0,
    });
  };
}

/** promote and demote: a NaN becomes the canonical one. */
function changeFormat(from: Format, to: Format): Numeric {
  return (bits) => {
    const value = decodeFloat(from, bits);
    if (value.kind === "nan") return to.canonicalNaN;
    if (value.kind === "infinity") return infinityBits(to, value.negative);
    return roundToBits(to, value);
  };
}

/** Conversions by mnemonic (spec: Numerics, Conversions). */
export function conversions(): Map<string, Numeric> {
  const table = new Map<string, Numeric>([
    ["i32.wrap_i64", (bits) => unsigned(32, bits)],
    ["i64.extend_i32_u", (bits) => bits],
    ["i64.extend_i32_s", (bits) => unsigned(64, signed(32, bits))],
    ["f32.demote_f64", changeFormat(F64_FORMAT, F32_FORMAT)],
    ["f64.promote_f32", changeFormat(F32_FORMAT, F64_FORMAT)],
    ["i32.reinterpret_f32", (bits) => bits],
    ["i64.reinterpret_f64", (bits) => bits],
    ["f32.reinterpret_i32", (bits) => bits],
    ["f64.reinterpret_i64", (bits) => bits],
  ]);
  for (const [float, format] of FORMATS) {
    for (const width of [32, 64] as const) {
      for (const sign of ["s", "u"] as const) {
        table.set(`i${width}.trunc_${float}_${sign}`, truncate(format, width, sign));
        table.set(`i${width}.trunc_sat_${float}_${sign}`, truncateSaturating(format, width, sign));
        table.set(`${float}.convert_i${width}_${sign}`, convert(format, width, sign));
      }
    }
  }
  return table;
}
