import { I64 } from "../../decoder/module.ts";
import { Trap } from "../../interp/trap.ts";
import { ScaleError } from "../scale/errors.ts";
import { ScaleReader } from "../scale/reader.ts";
import { spanView } from "./bytes.ts";
import type { Codec } from "./encoding.ts";
import type { Param } from "./value-type.ts";

/**
 * A span that holds a SCALE value; what `returnedSpan` is for results. Bytes behind the value are ignored, as
 * polkadot-sdk does; what does not decode traps with code "invalid-argument".
 */
export function scaleSpan<T>(codec: Codec<T>): Param<T> {
  return {
    name: `span ${codec.name}`,
    wasm: [I64],
    load: (lanes, at, memory) => {
      try {
        return codec.read(new ScaleReader(spanView.load(lanes, at, memory), codec.name));
      } catch (error) {
        if (error instanceof ScaleError) throw new Trap("invalid-argument", error.message);
        throw error;
      }
    },
    format: (value) => codec.format(value),
  };
}
