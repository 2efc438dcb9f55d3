import { I32, I64 } from "../../decoder/module.ts";
import { returnedSpan } from "../types/returned.ts";
import { option, result } from "../types/scale-composites.ts";
import { byteVec, fixedBytesVec, raw, u8le, u32le, unit } from "../types/scale-values.ts";
import type { Result } from "../types/value-type.ts";

/** The shapes in which host functions return values (host-functions.md, section 0). */
export const rawSpan = returnedSpan(raw);
export const optionalBytes = returnedSpan(option(byteVec));
export const optionalU32 = returnedSpan(option(u32le));
export const optionalFixed = returnedSpan(option(raw));
export const keyList = returnedSpan(fixedBytesVec);
export const unitResult = returnedSpan(result(unit, unit));
/** `Result<[u8; N], EcdsaVerifyError>`; the error is its variant's position. */
export const recoveryResult = returnedSpan(result(raw, u8le));

/** RFC-145's `optint`. */
export const optionalInt: Result<number | undefined> = {
  name: "-> optint",
  wasm: [I64],
  store: (value, { lanes, at }) => {
    lanes[at] = value ?? -1;
    lanes[at + 1] = value === undefined ? -1 : 0;
  },
  format: (value) => (value === undefined ? "None" : String(value)),
};

/** RFC-145's status: 0, or a negative code. */
export const status: Result<number> = {
  name: "-> i32",
  wasm: [I32],
  store: (value, { lanes, at }) => {
    lanes[at] = value;
  },
  format: String,
};

/** One of `variants`, returned as its position. */
export function enumResult<const V extends string>(name: string, variants: readonly V[]): Result<V> {
  return {
    name: `-> ${name}`,
    wasm: [I32],
    store: (value, { lanes, at }) => {
      lanes[at] = variants.indexOf(value);
    },
    format: (value) => value,
  };
}
