import { demangleRustLegacy } from "./demangle/rust-legacy.ts";
import { demangleRustV0 } from "./demangle/rust-v0.ts";

/** Longer names are left as they are: the longest that compilers make are a few thousand characters. */
const MAX_LENGTH = 16_384;

/** The hash that old linkers leave at the end of Rust names that they have demangled. */
const RUST_HASH = /::h[\da-f]{16}$/;

/** Bytes that Go's linker escapes in package paths: `gopkg.in/yaml%2ev3`. */
const GO_ESCAPE = /%([2-7][\da-f])/g;

/**
 * A function's name as its source has it, from the symbol that a compiler made of it: Rust's both manglings, without
 * the hash, and Go's escapes. Any other name is returned as it is, and so is one that is only almost a symbol. Takes
 * time and space in proportion to the name, which may be hostile.
 */
export function demangle(name: string): string {
  if (name.length > MAX_LENGTH) return name;
  if (name.startsWith("_ZN")) return demangleRustLegacy(name) ?? name;
  if (name.startsWith("_R")) return demangleRustV0(name) ?? name;
  if (RUST_HASH.test(name)) return name.replace(RUST_HASH, "");
  return name.replace(GO_ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
