import { ModuleError } from "../errors.ts";
import type { Reader } from "../reader.ts";
import { decodeUtf8 } from "../utf8.ts";

/**
 * Runs `read` up to its end or the first error in the binary: what a custom section says must never make a module
 * invalid, so what was read before an error counts.
 */
export function tolerantly(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
  }
}

/** A string, or undefined if its bytes are not UTF-8; of any length, as C++ and Rust symbols may be very long. */
export function readText(reader: Reader): string | undefined {
  const length = reader.u32();
  const start = reader.pos;
  reader.take(length);
  return decodeUtf8(reader.bytes, start, reader.pos);
}
