import { OPERATORS } from "../../decoder/opcodes.ts";
import {
  A,
  B,
  C,
  R,
  VECTOR_OPERATORS,
  VECTOR_REDUCTIONS,
  type VectorOperator,
  type VectorReduction,
} from "../numeric/simd/index.ts";
import * as OP from "./instructions.ts";
import type { MachineState } from "./state.ts";
import { loadVector } from "./vector-load.ts";

/** A trap as the loop's status, negated. */
const OUT_OF_BOUNDS = -15;

/** By sub-opcode, which is the last word of an instruction. */
const operators: VectorOperator[] = [];
const reductions: VectorReduction[] = [];
for (const { code, name, immediates, feature } of OPERATORS) {
  if (feature !== "simd" || immediates !== "none") continue;
  const operator = VECTOR_OPERATORS[name];
  const reduction = VECTOR_REDUCTIONS[name];
  if (operator !== undefined) operators[code & 0xff] = operator;
  if (reduction !== undefined) reductions[code & 0xff] = reduction;
}

/**
 * Instructions on vectors, which take four lanes of the frame. Returns the address of the next instruction, or a negated
 * trap status.
 */
export function vector(s: MachineState, code: Int32Array, I: Int32Array, pc: number, fp: number): number {
  const d = fp + code[pc + 1]!;
  const a = fp + code[pc + 2]!;
  switch (code[pc]) {
    case OP.VECTOR_UNARY:
      A.load(I, a);
      operators[code[pc + 3]!]!(0);
      R.store(I, d);
      return pc + 4;
    case OP.VECTOR_BINARY:
      A.load(I, a);
      B.load(I, fp + code[pc + 3]!);
      operators[code[pc + 4]!]!(0);
      R.store(I, d);
      return pc + 5;
    case OP.VECTOR_SHIFT:
      A.load(I, a);
      operators[code[pc + 4]!]!(I[fp + code[pc + 3]!]!);
      R.store(I, d);
      return pc + 5;
    case OP.VECTOR_BITSELECT: {
      const b = fp + code[pc + 3]!;
      const c = fp + code[pc + 4]!;
      for (let i = 0; i < 4; i++) I[d + i] = (I[a + i]! & I[c + i]!) | (I[b + i]! & ~I[c + i]!);
      return pc + 5;
    }
    case OP.VECTOR_REDUCE:
      A.load(I, a);
      I[d] = reductions[code[pc + 3]!]!();
      return pc + 4;
    case OP.VECTOR_SPLAT:
      splat(I, a, code[pc + 3]!);
      R.store(I, d);
      return pc + 4;
    case OP.VECTOR_EXTRACT:
      extract(I, d, a, code[pc + 3]!, code[pc + 4]!);
      return pc + 5;
    case OP.VECTOR_REPLACE:
      R.load(I, a);
      replace(I, fp + code[pc + 3]!, code[pc + 4]!, code[pc + 5]!);
      R.store(I, d);
      return pc + 6;
    case OP.VECTOR_SHUFFLE:
      A.load(I, a);
      B.load(I, fp + code[pc + 3]!);
      // The lanes to take, as bytes.
      C.load(code, pc + 4);
      for (let i = 0; i < 16; i++) {
        const lane = C.u8[i]!;
        R.u8[i] = lane < 16 ? A.u8[lane]! : B.u8[lane - 16]!;
      }
      R.store(I, d);
      return pc + 8;
    case OP.VECTOR_LOAD: {
      const address = (I[a]! >>> 0) + (code[pc + 3]! >>> 0);
      if (!loadVector(s.view, address, code[pc + 4]!)) return OUT_OF_BOUNDS;
      R.store(I, d);
      return pc + 5;
    }
    case OP.VECTOR_STORE: {
      const address = (I[d]! >>> 0) + (code[pc + 3]! >>> 0);
      if (address + 16 > s.bytes.length) return OUT_OF_BOUNDS;
      A.load(I, a);
      s.bytes.set(A.u8, address);
      return pc + 4;
    }
    case OP.VECTOR_LOAD_LANE: {
      const address = (I[a]! >>> 0) + (code[pc + 4]! >>> 0);
      const width = code[pc + 5]!;
      if (address + width > s.bytes.length) return OUT_OF_BOUNDS;
      R.load(I, fp + code[pc + 3]!);
      for (let i = 0; i < width; i++) R.u8[code[pc + 6]! * width + i] = s.bytes[address + i]!;
      R.store(I, d);
      return pc + 7;
    }
    case OP.VECTOR_STORE_LANE: {
      const address = (I[d]! >>> 0) + (code[pc + 3]! >>> 0);
      const width = code[pc + 4]!;
      if (address + width > s.bytes.length) return OUT_OF_BOUNDS;
      A.load(I, a);
      for (let i = 0; i < width; i++) s.bytes[address + i] = A.u8[code[pc + 5]! * width + i]!;
      return pc + 6;
    }
    default:
      throw new Error(`machine: unknown instruction ${code[pc]}`);
  }
}

/** @param width bytes of a lane */
function splat(I: Int32Array, a: number, width: number): void {
  switch (width) {
    case 1:
      R.i8.fill(I[a]!);
      return;
    case 2:
      R.i16.fill(I[a]!);
      return;
    case 4:
      R.i32.fill(I[a]!);
      return;
    default:
      R.i32[0] = R.i32[2] = I[a]!;
      R.i32[1] = R.i32[3] = I[a + 1]!;
  }
}

/** @param width bytes of a lane, negative for one to be extended by its sign */
function extract(I: Int32Array, d: number, a: number, width: number, lane: number): void {
  A.load(I, a);
  switch (width) {
    case 1:
      I[d] = A.u8[lane]!;
      return;
    case -1:
      I[d] = A.i8[lane]!;
      return;
    case 2:
      I[d] = A.u16[lane]!;
      return;
    case -2:
      I[d] = A.i16[lane]!;
      return;
    case 4:
      I[d] = A.i32[lane]!;
      return;
    default:
      I[d] = A.i32[2 * lane]!;
      I[d + 1] = A.i32[2 * lane + 1]!;
  }
}

function replace(I: Int32Array, b: number, width: number, lane: number): void {
  switch (width) {
    case 1:
      R.i8[lane] = I[b]!;
      return;
    case 2:
      R.i16[lane] = I[b]!;
      return;
    case 4:
      R.i32[lane] = I[b]!;
      return;
    default:
      R.i32[2 * lane] = I[b]!;
      R.i32[2 * lane + 1] = I[b + 1]!;
  }
}
