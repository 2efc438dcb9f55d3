import { I32, I64 } from "../../decoder/module.ts";
import { decodeUtf8 } from "../../decoder/utf8.ts";
import { Trap } from "../../interp/trap.ts";
import { formatBytes, formatText } from "./format.ts";
import { checkRange, type Param } from "./value-type.ts";

/**
 * A *span*: an i64 whose low word is an address and whose high word a length in bytes. The value is a copy, so
 * it may be kept. No BigInt is made: the two words are the two lanes.
 */
export const span: Param<Uint8Array> = {
  name: "span",
  wasm: [I64],
  load: (lanes, at, memory) => {
    const address = lanes[at] >>> 0;
    const length = lanes[at + 1] >>> 0;
    checkRange(memory, address, length);
    return memory.bytes.slice(address, address + length);
  },
  format: (value) => formatBytes(value),
};

/** A span read in place: a view that is valid until the function returns or allocates. For bodies that only look. */
export const spanView: Param<Uint8Array> = {
  name: "span",
  wasm: [I64],
  load: (lanes, at, memory) => {
    const address = lanes[at] >>> 0;
    const length = lanes[at + 1] >>> 0;
    checkRange(memory, address, length);
    return memory.bytes.subarray(address, address + length);
  },
  format: (value) => formatBytes(value),
};

/** A span that the function fills: a writable view of it, valid until the function returns or allocates. */
export const outSpan: Param<Uint8Array> = {
  name: "out span",
  wasm: [I64],
  load: spanView.load,
  format: (value) => `[${value.length} bytes]`,
};

/** A span of UTF-8 text. What is not UTF-8 traps with code "invalid-utf8". */
export const text: Param<string> = {
  name: "text span",
  wasm: [I64],
  load: (lanes, at, memory) => {
    const address = lanes[at] >>> 0;
    const length = lanes[at + 1] >>> 0;
    checkRange(memory, address, length);
    const value = decodeUtf8(memory.bytes, address, address + length);
    if (value === undefined) throw new Trap("invalid-utf8", "the host was given text that is not UTF-8");
    return value;
  },
  format: formatText,
};

/** A pointer to exactly `size` bytes. The value is a copy. */
export function pointer(size: number): Param<Uint8Array> {
  return {
    name: `ptr[${size}]`,
    wasm: [I32],
    load: (lanes, at, memory) => {
      const address = lanes[at] >>> 0;
      checkRange(memory, address, size);
      return memory.bytes.slice(address, address + size);
    },
    format: (value) => formatBytes(value),
  };
}

/** A pointer to `size` bytes that the function fills: a writable view, valid until it returns or allocates. */
export function outPointer(size: number): Param<Uint8Array> {
  return {
    name: `out ptr[${size}]`,
    wasm: [I32],
    load: (lanes, at, memory) => {
      const address = lanes[at] >>> 0;
      checkRange(memory, address, size);
      return memory.bytes.subarray(address, address + size);
    },
    format: () => `[${size} bytes]`,
  };
}
