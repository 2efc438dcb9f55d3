/** The value types that host functions are declared with. */
export * from "./bytes.ts";
export * from "./encoding.ts";
export * from "./format.ts";
export * from "./numbers.ts";
export * from "./returned.ts";
export * from "./value-type.ts";
