import type { ModuleDraft } from "../draft.ts";
import {
  type ConstArithmetic,
  type ConstExpr,
  type ConstOperator,
  I32,
  I64,
  type NumType,
} from "../module.ts";
import { densePrefixed, illegalOpcode, isPrefix, OPERATORS, type Operator, operatorAt } from "../opcodes.ts";
import type { Reader } from "../reader.ts";
import { readRefType } from "./types.ts";

const END = OPERATORS.find((op) => op.name === "end")!.code;

const ARITHMETIC: ReadonlyMap<string, ConstArithmetic> = new Map(
  ([I32, I64] as const).flatMap((type) =>
    (["add", "sub", "mul"] as const).map((operator) => [
      `${type === I32 ? "i32" : "i64"}.${operator}`,
      { kind: "arithmetic", operator, type },
    ]),
  ),
);

/**
 * Reads the initialiser of a global or element, or the offset of a segment: one constant operator, or several with
 * extended constant expressions, and `end` (spec, Validation, Constant Expressions). What else stands there cannot be
 * carried by a `ConstExpr`, so it is refused here; whether the types fit and the global may be read is for `validate`.
 *
 * @throws ModuleError (malformed, or invalid: "constant expression required", "type mismatch")
 */
export function readConstExpr(reader: Reader, module: ModuleDraft): ConstExpr {
  const operators: (ConstOperator | ConstArithmetic)[] = [];
  const isExtended = module.features.has("extended-const");
  for (;;) {
    const at = reader.pos;
    const code = reader.u8();
    if (code === END) {
      const [first] = operators;
      if (first === undefined)
        throw reader.error("invalid", "type mismatch: the expression gives no value", at);
      if (operators.length === 1 && first.kind !== "arithmetic") return first;
      return { kind: "extended", operators };
    }
    const op = readOperator(reader, code, at);
    const isOff = op?.feature !== undefined && !module.features.has(op.feature);
    const next = op === undefined || isOff ? undefined : readConstant(reader, module, op, isExtended);
    if (next === undefined) throw reader.error("invalid", "constant expression required", at);
    if (operators.length > 0 && !isExtended)
      throw reader.error("invalid", "type mismatch: the expression gives two values", at);
    operators.push(next);
  }
}

/** Undefined for operators behind a prefix that there are none of; they are no constants either. */
function readOperator(reader: Reader, code: number, at: number): Operator | undefined {
  const op = operatorAt(code);
  if (op !== undefined) return op;
  if (!isPrefix(code)) throw reader.malformed(illegalOpcode(code), at);
  const sub = reader.u32();
  return sub > 0xff ? undefined : operatorAt(densePrefixed(code, sub));
}

/** The immediates of a constant operator; undefined for all others. */
function readConstant(
  reader: Reader,
  module: ModuleDraft,
  op: Operator,
  isExtended: boolean,
): ConstOperator | ConstArithmetic | undefined {
  const type = op.results?.[0] as NumType;
  switch (op.name) {
    case "global.get":
      return { kind: "global.get", index: reader.u32() };
    case "ref.null":
      return { kind: "ref.null", type: readRefType(reader, module) };
    case "ref.func":
      return { kind: "ref.func", index: reader.u32() };
    case "i32.const":
      return { kind: "const", type, lo: reader.s32(), hi: 0 };
    case "i64.const": {
      const lo = reader.s64();
      return { kind: "const", type, lo, hi: reader.hi };
    }
    case "f32.const":
      return { kind: "const", type, lo: reader.bits32(), hi: 0 };
    case "f64.const": {
      const lo = reader.bits32();
      return { kind: "const", type, lo, hi: reader.bits32() };
    }
    case "v128.const":
      return { kind: "v128.const", lanes: Int32Array.from({ length: 4 }, () => reader.bits32()) };
    default:
      return isExtended ? ARITHMETIC.get(op.name) : undefined;
  }
}
