import { I64 } from "../../decoder/module.ts";
import { Trap } from "../../interp/trap.ts";
import { spanView } from "../types/bytes.ts";
import { formatBytes } from "../types/format.ts";
import { option, tuple, vec } from "../types/scale-composites.ts";
import { scaleSpan } from "../types/scale-span.ts";
import { byteVec, u32le, u64le } from "../types/scale-values.ts";
import type { Param } from "../types/value-type.ts";

/** The limit of a removal. */
export const limitArg = scaleSpan(option(u32le));
export const optionalBytesArg = scaleSpan(option(byteVec));
export const bytesListArg = scaleSpan(vec(byteVec));
export const pairsArg = scaleSpan(vec(tuple(byteVec, byteVec)));
/** Unix time in milliseconds, or none to wait forever. */
export const deadlineArg = scaleSpan(option(u64le));

/** RFC-145's `optint`: an i64, −1 for none, else a u32. Anything else traps. */
export const optionalIntArg: Param<number | undefined> = {
  name: "optint",
  wasm: [I64],
  load: (lanes, at) => {
    if (lanes[at + 1] === 0) return lanes[at] >>> 0;
    if (lanes[at + 1] === -1 && lanes[at] === -1) return undefined;
    throw new Trap("invalid-argument", "an optional integer is neither −1 nor a u32");
  },
  format: (value) => (value === undefined ? "None" : String(value)),
};

/** RFC-145's `optspan`: a span, or all ones for none. */
export const optionalSpanArg: Param<Uint8Array | undefined> = {
  name: "optspan",
  wasm: [I64],
  load: (lanes, at, memory) =>
    lanes[at] === -1 && lanes[at + 1] === -1 ? undefined : spanView.load(lanes, at, memory).slice(),
  format: (value) => (value === undefined ? "None" : `Some(${formatBytes(value)})`),
};
