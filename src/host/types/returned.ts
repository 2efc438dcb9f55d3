import { I32, I64 } from "../../decoder/module.ts";
import type { Encoding } from "./encoding.ts";
import { formatBytes } from "./format.ts";
import type { Heap, Result } from "./value-type.ts";

/**
 * A result in a buffer of its own, returned as a span. Storing it allocates exactly once, of exactly the
 * encoding's size, also when that is 0: guests see the allocator's addresses, so this is part of the interface
 * (host-functions.md section 0, rule 2).
 */
export function returnedSpan<T>(encoding: Encoding<T>): Result<T, Heap> {
  return {
    name: `-> span ${encoding.name}`,
    wasm: [I64],
    store: (value, frame, heap) => {
      const size = encoding.size(value);
      const address = heap.allocate(size);
      encoding.write(value, heap.memory.bytes, address);
      frame.lanes[frame.at] = address;
      frame.lanes[frame.at + 1] = size;
    },
    format: (value) => encoding.format(value),
  };
}

/** A result of exactly `size` bytes in a buffer of its own, returned as a pointer. Allocates once. */
export function returnedPointer(size: number): Result<Uint8Array, Heap> {
  return {
    name: `-> ptr[${size}]`,
    wasm: [I32],
    store: (value, frame, heap) => {
      const address = heap.allocate(size);
      heap.memory.bytes.set(value, address);
      frame.lanes[frame.at] = address;
    },
    format: (value) => formatBytes(value),
  };
}
