import * as float from "../numeric/float.ts";
import * as int64 from "../numeric/int64.ts";
import { extended } from "./extended.ts";
import * as OP from "./instructions.ts";
import type { MachineState } from "./state.ts";

// Traps as the loop's statuses (see `TRAP_STATUS`), negated.
const DIVIDE_BY_ZERO = -11;
const OVERFLOW = -12;
const INVALID_CONVERSION = -13;
const UNKNOWN = -99;

const truncated = (outcome: number, next: number): number =>
  outcome === float.TRUNC_OK ? next : outcome === float.TRUNC_NAN ? INVALID_CONVERSION : OVERFLOW;

/**
 * Instructions that every workload seen executes rarely, out of line to keep the loop small. Returns the address of
 * the next instruction, or a negated trap status.
 */
export function cold(
  s: MachineState,
  code: Int32Array,
  I: Int32Array,
  F: Float64Array,
  G: Float32Array,
  pc: number,
  fp: number,
): number {
  const op = code[pc]!;
  if (op >= OP.IMPORTED_VECTOR_GET) return extended(s, code, I, pc, fp);
  const d = fp + code[pc + 1]!;
  const a = fp + code[pc + 2]!;
  const unary = pc + 3;
  switch (op) {
    case OP.I32_POPCNT:
      I[d] = int64.countOnes32(I[a]!);
      return unary;
    case OP.I32_EXTEND8_S:
      I[d] = (I[a]! << 24) >> 24;
      return unary;
    case OP.I32_EXTEND16_S:
      I[d] = (I[a]! << 16) >> 16;
      return unary;
    case OP.I64_CLZ:
      int64.countLeadingZeros(I, d, a);
      return unary;
    case OP.I64_CTZ:
      int64.countTrailingZeros(I, d, a);
      return unary;
    case OP.I64_POPCNT:
      int64.countOnes(I, d, a);
      return unary;
    case OP.I64_EXTEND8_S:
      signExtend(I, d, (I[a]! << 24) >> 24);
      return unary;
    case OP.I64_EXTEND16_S:
      signExtend(I, d, (I[a]! << 16) >> 16);
      return unary;
    case OP.I64_EXTEND32_S:
      signExtend(I, d, I[a]!);
      return unary;
    case OP.IMPORTED_GLOBAL_GET: {
      const { lanes, at } = s.instance.globals[code[pc + 2]!]!;
      I[d] = lanes[at]!;
      I[d + 1] = lanes[at + 1]!;
      return unary;
    }
    case OP.IMPORTED_GLOBAL_SET: {
      const { lanes, at } = s.instance.globals[code[pc + 1]!]!;
      lanes[at] = I[a]!;
      lanes[at + 1] = I[a + 1]!;
      return unary;
    }
    case OP.F32_CEIL:
      float.writeF32(I, G, d, Math.ceil(G[a]!));
      return unary;
    case OP.F32_FLOOR:
      float.writeF32(I, G, d, Math.floor(G[a]!));
      return unary;
    case OP.F32_TRUNC:
      float.writeF32(I, G, d, Math.trunc(G[a]!));
      return unary;
    case OP.F32_NEAREST:
      float.writeF32(I, G, d, float.nearest(G[a]!));
      return unary;
    case OP.F32_SQRT:
      float.writeF32(I, G, d, Math.sqrt(G[a]!));
      return unary;
    case OP.F64_CEIL:
      float.writeF64(I, F, d, Math.ceil(F[a >> 1]!));
      return unary;
    case OP.F64_FLOOR:
      float.writeF64(I, F, d, Math.floor(F[a >> 1]!));
      return unary;
    case OP.F64_TRUNC:
      float.writeF64(I, F, d, Math.trunc(F[a >> 1]!));
      return unary;
    case OP.F64_NEAREST:
      float.writeF64(I, F, d, float.nearest(F[a >> 1]!));
      return unary;
    case OP.F32_CONVERT_I32_S:
      G[d] = I[a]!;
      return unary;
    case OP.F32_CONVERT_I32_U:
      G[d] = I[a]! >>> 0;
      return unary;
    case OP.F32_CONVERT_I64_S:
      G[d] = float.f32FromI64(I[a]!, I[a + 1]!);
      return unary;
    case OP.F32_CONVERT_I64_U:
      G[d] = float.f32FromU64(I[a]!, I[a + 1]!);
      return unary;
    case OP.F64_CONVERT_I64_S:
      // High word times 2^32 is exact, so the sum rounds once.
      F[d >> 1] = I[a + 1]! * 4294967296 + (I[a]! >>> 0);
      return unary;
    case OP.F64_CONVERT_I64_U:
      F[d >> 1] = (I[a + 1]! >>> 0) * 4294967296 + (I[a]! >>> 0);
      return unary;
    case OP.F32_DEMOTE_F64:
      float.writeF32(I, G, d, F[a >> 1]!);
      return unary;
    case OP.F64_PROMOTE_F32:
      float.writeF64(I, F, d, G[a]!);
      return unary;
    case OP.I32_TRUNC_F32_S:
      return truncated(float.truncToI32(I, d, G[a]!, true), unary);
    case OP.I32_TRUNC_F32_U:
      return truncated(float.truncToI32(I, d, G[a]!, false), unary);
    case OP.I32_TRUNC_F64_S:
      return truncated(float.truncToI32(I, d, F[a >> 1]!, true), unary);
    case OP.I32_TRUNC_F64_U:
      return truncated(float.truncToI32(I, d, F[a >> 1]!, false), unary);
    case OP.I64_TRUNC_F32_S:
      return truncated(float.truncToI64(I, d, G[a]!, true), unary);
    case OP.I64_TRUNC_F32_U:
      return truncated(float.truncToI64(I, d, G[a]!, false), unary);
    case OP.I64_TRUNC_F64_S:
      return truncated(float.truncToI64(I, d, F[a >> 1]!, true), unary);
    case OP.I64_TRUNC_F64_U:
      return truncated(float.truncToI64(I, d, F[a >> 1]!, false), unary);
    case OP.I32_TRUNC_SAT_F32_S:
      float.truncSatToI32(I, d, G[a]!, true);
      return unary;
    case OP.I32_TRUNC_SAT_F32_U:
      float.truncSatToI32(I, d, G[a]!, false);
      return unary;
    case OP.I32_TRUNC_SAT_F64_S:
      float.truncSatToI32(I, d, F[a >> 1]!, true);
      return unary;
    case OP.I32_TRUNC_SAT_F64_U:
      float.truncSatToI32(I, d, F[a >> 1]!, false);
      return unary;
    case OP.I64_TRUNC_SAT_F32_S:
      float.truncSatToI64(I, d, G[a]!, true);
      return unary;
    case OP.I64_TRUNC_SAT_F32_U:
      float.truncSatToI64(I, d, G[a]!, false);
      return unary;
    case OP.I64_TRUNC_SAT_F64_S:
      float.truncSatToI64(I, d, F[a >> 1]!, true);
      return unary;
    case OP.I64_TRUNC_SAT_F64_U:
      float.truncSatToI64(I, d, F[a >> 1]!, false);
      return unary;
  }
  return coldBinary(op, I, F, G, d, a, fp + code[pc + 3]!, pc + 4);
}

function coldBinary(
  op: number,
  I: Int32Array,
  F: Float64Array,
  G: Float32Array,
  d: number,
  a: number,
  b: number,
  next: number,
): number {
  switch (op) {
    case OP.I64_ROTR:
      int64.rotateRight(I, d, a, b);
      return next;
    case OP.I64_DIV_S:
      if ((I[b]! | I[b + 1]!) === 0) return DIVIDE_BY_ZERO;
      if ((I[b]! & I[b + 1]!) === -1 && I[a + 1] === -0x80000000 && I[a] === 0) return OVERFLOW;
      int64.divideSigned(I, d, a, b);
      return next;
    case OP.I64_DIV_U:
      if ((I[b]! | I[b + 1]!) === 0) return DIVIDE_BY_ZERO;
      int64.divideUnsigned(I, d, a, b);
      return next;
    case OP.I64_REM_S:
      if ((I[b]! | I[b + 1]!) === 0) return DIVIDE_BY_ZERO;
      int64.remainderSigned(I, d, a, b);
      return next;
    case OP.I64_REM_U:
      if ((I[b]! | I[b + 1]!) === 0) return DIVIDE_BY_ZERO;
      int64.remainderUnsigned(I, d, a, b);
      return next;
    case OP.F32_MIN:
      float.writeF32(I, G, d, Math.min(G[a]!, G[b]!));
      return next;
    case OP.F32_MAX:
      float.writeF32(I, G, d, Math.max(G[a]!, G[b]!));
      return next;
    case OP.F32_COPYSIGN:
      I[d] = (I[a]! & 0x7fffffff) | (I[b]! & -0x80000000);
      return next;
    case OP.F64_MIN:
      float.writeF64(I, F, d, Math.min(F[a >> 1]!, F[b >> 1]!));
      return next;
    case OP.F64_MAX:
      float.writeF64(I, F, d, Math.max(F[a >> 1]!, F[b >> 1]!));
      return next;
    case OP.F64_COPYSIGN: {
      const high = (I[a + 1]! & 0x7fffffff) | (I[b + 1]! & -0x80000000);
      I[d] = I[a]!;
      I[d + 1] = high;
      return next;
    }
  }
  // Not reached by lowered code; the driver reports it as the engine's own fault.
  return UNKNOWN;
}

function signExtend(I: Int32Array, d: number, low: number): void {
  I[d] = low;
  I[d + 1] = low >> 31;
}
