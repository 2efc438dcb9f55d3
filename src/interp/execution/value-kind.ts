import { isRefType, V128, type ValType } from "../../decoder/module.ts";

/** What bits in a frame are: a number of 32 or 64 bits, a vector, or a reference's number. */
export type ValueKind = "number" | "vector" | "reference";

export function kindOf(type: ValType): ValueKind {
  return type === V128 ? "vector" : isRefType(type) ? "reference" : "number";
}
