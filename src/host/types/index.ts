/**
 * The value types that host functions are declared with. One knows how its values are loaded from a call's
 * arguments, stored as its result, laid out in memory and shown in a log:
 * - `Param`, `Result`: what a function takes and gives. - `Stored`: what lies in memory, so in structs and arrays.
 * - `Encoding`, `Codec`: what is written to, or also read from, bytes as SCALE.
 *
 * They are interfaces: a type of one's own is an object with these members, see `Param`.
 */
export * from "./array.ts";
export * from "./bytes.ts";
export * from "./encoding.ts";
export * from "./format.ts";
export * from "./guest-state.ts";
export * from "./numbers.ts";
export * from "./optional.ts";
export * from "./pointers.ts";
export * from "./returned.ts";
export * from "./scale-composites.ts";
export * from "./scale-span.ts";
export * from "./scale-values.ts";
export * from "./struct.ts";
export * from "./value-type.ts";
