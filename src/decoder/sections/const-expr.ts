import type { ConstExpr } from "../module.ts";
import { illegalOpcode, isPrefix, OPERATORS, type Operator, operatorAt } from "../opcodes.ts";
import type { Reader } from "../reader.ts";

const END = OPERATORS.find((op) => op.name === "end")!.code;

/**
 * Reads the initialiser of a global, or the offset of a segment: one `t.const` or `global.get`, and `end` (spec,
 * Validation, Constant Expressions). What else stands there cannot be carried by a `ConstExpr`, so it is refused
 * here; whether the type fits and the global may be read is for `validate`.
 *
 * @throws ModuleError (malformed, or invalid: "constant expression required", "type mismatch")
 */
export function readConstExpr(reader: Reader): ConstExpr {
  let expr: ConstExpr | undefined;
  for (;;) {
    const at = reader.pos;
    const code = reader.u8();
    if (code === END) {
      if (expr === undefined)
        throw reader.error("invalid", "type mismatch: the expression gives no value", at);
      return expr;
    }
    const op = operatorAt(code);
    if (op === undefined && !isPrefix(code)) throw reader.malformed(illegalOpcode(code), at);
    const next = op && readConstant(reader, op);
    if (next === undefined) throw reader.error("invalid", "constant expression required", at);
    if (expr !== undefined)
      throw reader.error("invalid", "type mismatch: the expression gives two values", at);
    expr = next;
  }
}

/** The immediates of a constant operator; undefined for all others. */
function readConstant(reader: Reader, op: Operator): ConstExpr | undefined {
  if (op.name === "global.get") return { kind: "global.get", index: reader.u32() };
  const type = op.results?.[0];
  if (type === undefined) return undefined;
  switch (op.immediates) {
    case "i32":
      return { kind: "const", type, lo: reader.s32(), hi: 0 };
    case "i64": {
      const lo = reader.s64();
      return { kind: "const", type, lo, hi: reader.hi };
    }
    case "f32":
      return { kind: "const", type, lo: reader.bits32(), hi: 0 };
    case "f64": {
      const lo = reader.bits32();
      return { kind: "const", type, lo, hi: reader.bits32() };
    }
    default:
      return undefined;
  }
}
