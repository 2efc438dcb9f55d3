import { I64 } from "../../decoder/module.ts";
import { Trap } from "../../interp/trap.ts";
import { ScaleError, ScaleReader } from "../scale/index.ts";
import { spanView } from "../types/bytes.ts";
import { formatBytes } from "../types/format.ts";
import type { Param } from "../types/value-type.ts";

/**
 * A span that holds a SCALE value. Bytes behind the value are ignored, as polkadot-sdk does; what does not
 * decode traps with code "invalid-argument".
 */
export function scaleSpan<T>(
  name: string,
  decode: (reader: ScaleReader) => T,
  format: (value: T) => string,
): Param<T> {
  return {
    name: `span ${name}`,
    wasm: [I64],
    load: (lanes, at, memory) => {
      try {
        return decode(new ScaleReader(spanView.load(lanes, at, memory), name));
      } catch (error) {
        if (error instanceof ScaleError) throw new Trap("invalid-argument", error.message);
        throw error;
      }
    },
    format,
  };
}

/** `Option<u32>`: the limit of a removal. */
export const limitArg = scaleSpan(
  "Option<u32>",
  (reader) => reader.option((r) => r.u32()),
  (value) => (value === undefined ? "None" : `Some(${value})`),
);

export const optionalBytesArg = scaleSpan(
  "Option<Bytes>",
  (reader) => reader.option((r) => r.bytes()),
  (value) => (value === undefined ? "None" : `Some(${formatBytes(value)})`),
);

export const bytesListArg = scaleSpan(
  "Vec<Bytes>",
  (reader) => reader.vec((r) => r.bytes()),
  (value) => `${value.length} items`,
);

export const pairsArg = scaleSpan(
  "Vec<(Bytes, Bytes)>",
  (reader) => reader.vec((r): [Uint8Array, Uint8Array] => [r.bytes(), r.bytes()], 2),
  (value) => `${value.length} pairs`,
);

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
