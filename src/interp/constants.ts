import type { ConstArithmetic, ConstExpr, ConstOperator } from "../decoder/module.ts";
import type { FunctionSpace } from "./functions.ts";
import type { Global } from "./global.ts";
import type { Reference } from "./references.ts";

/** What constant expressions may name: the functions and globals of an instance. */
export interface ConstContext {
  readonly funcs: FunctionSpace;
  readonly globals: readonly Global[];
}

/** The value of a constant expression that gives a number or vector, as four lanes (spec: Execution, Constant Expressions). */
export function evaluateConst(expr: ConstExpr, context: ConstContext): readonly number[] {
  if (expr.kind !== "extended") return lanesOf(expr, context);
  const stack: bigint[] = [];
  for (const operator of expr.operators) {
    if (operator.kind === "arithmetic") {
      const right = stack.pop()!;
      stack.push(compute(operator, stack.pop()!, right));
    } else {
      const [low, high] = lanesOf(operator, context);
      stack.push((BigInt(high!) << 32n) | BigInt(low! >>> 0));
    }
  }
  const bits = stack[0]!;
  return [Number(BigInt.asIntN(32, bits)), Number(BigInt.asIntN(32, bits >> 32n)), 0, 0];
}

/** Only the low bits count in the end, so that widths need no care. */
function compute({ operator }: ConstArithmetic, a: bigint, b: bigint): bigint {
  return BigInt.asIntN(64, operator === "add" ? a + b : operator === "sub" ? a - b : a * b);
}

function lanesOf(operator: ConstOperator, { globals }: ConstContext): readonly number[] {
  switch (operator.kind) {
    case "const":
      return [operator.lo, operator.hi, 0, 0];
    case "v128.const":
      return [...operator.lanes];
    case "global.get": {
      const { lanes, at } = globals[operator.index]!;
      return [0, 1, 2, 3].map((lane) => lanes[at + lane] ?? 0);
    }
    default:
      throw new Error(`constants: ${operator.kind} is no number`);
  }
}

/** The value of one that gives a reference. */
export function evaluateReference(expr: ConstExpr, { funcs, globals }: ConstContext): Reference {
  // One operator is all that an extended expression for a reference can have.
  const operator = expr.kind === "extended" ? expr.operators[0]! : expr;
  switch (operator.kind) {
    case "ref.null":
      return null;
    case "ref.func":
      return funcs.at(operator.index)!;
    case "global.get":
      return globals[operator.index]!.reference;
    default:
      throw new Error(`constants: ${operator.kind} is no reference`);
  }
}
