import { F32, F64, I32, I64, type ValType } from "../../decoder/module.ts";

/**
 * An operand while a function is written: JavaScript expressions that give its value when they are evaluated, once.
 * What it reads has to stay as it is until then, see `FunctionWriter`.
 */
export interface Operand {
  readonly type: ValType;
  /** Low lane (i32, and f32 as raw bits), int32. Absent for floats that are known as numbers only. */
  readonly lo: string | undefined;
  /** High lane of 64-bit types, int32. */
  readonly hi: string | undefined;
  /** An i64 in a function with slots, if it is a BigInt, see `slots.ts`: without lanes unless it is a slot. */
  readonly big?: string;
  readonly isExact?: boolean;
  /** Integers: the condition of which `lo` is the 0 or 1. */
  readonly condition?: string;
  /** Floats: the value as a JavaScript number, if that is cheaper to have than from lanes. */
  readonly number: string | undefined;
  /** Floats without lanes: a NaN has the canonical bits, or those of this local, or these bits. */
  readonly nan?: NaNBits;
  /** A float that is still to be loaded: its lanes, the high one to be read first. They replace `number`. */
  readonly load?: { readonly lo: string; readonly hi: string | undefined };
  /** The locals that the expressions read. */
  readonly locals: readonly number[];
  /** The temporaries that they read; each belongs to one operand. */
  readonly temporaries: readonly string[];
  /** Whether they read memory or globals, which later operators may write, or may trap. */
  readonly isEager: boolean;
}

/** The lanes of a float whose `number` is NaN, as expressions; canonical where there are none. */
export interface NaNBits {
  readonly lo: string;
  readonly hi: string;
}

export const isWide = (type: ValType): boolean => type === I64 || type === F64;
export const isFloat = (type: ValType): boolean => type === F32 || type === F64;

/** Whether the expression is a name, a number or (part of) a slot: evaluating it twice costs nothing. */
export const isAtom = (expression: string): boolean => /^(-?[\w.]+|[BL]\[\d+\])$/.test(expression);

/** The int32 that the expression is, if it is one; else undefined. */
export function constantOf(expression: string | undefined): number | undefined {
  return expression !== undefined && /^-?\d+$/.test(expression) ? Number(expression) : undefined;
}

const NOTHING: Reads = { locals: [], temporaries: [], isEager: false };

export function i32Constant(value: number): Operand {
  return { type: I32, lo: `${value | 0}`, hi: undefined, number: undefined, ...NOTHING };
}

/** A constant of any type from its raw bits. */
export function constant(type: ValType, bits: bigint): Operand {
  const lo = `${Number(BigInt.asIntN(32, bits))}`;
  const hi = isWide(type) ? `${Number(BigInt.asIntN(32, bits >> 32n))}` : undefined;
  return { type, lo, hi, number: isFloat(type) ? numberLiteral(type, bits) : undefined, ...NOTHING };
}

const scratch = new DataView(new ArrayBuffer(8));

function numberLiteral(type: ValType, bits: bigint): string {
  scratch.setBigUint64(0, bits, true);
  const value = type === F64 ? scratch.getFloat64(0, true) : scratch.getFloat32(0, true);
  return Object.is(value, -0) ? "-0" : String(value);
}

/** What an operand's expressions read. */
export type Reads = Pick<Operand, "locals" | "temporaries" | "isEager">;

/** What reading all of these reads. */
export function readsOf(...operands: readonly Operand[]): Reads {
  let { locals, temporaries, isEager }: Reads = NOTHING;
  for (const operand of operands) {
    locals = joined(locals, operand.locals);
    temporaries = joined(temporaries, operand.temporaries);
    isEager ||= operand.isEager;
  }
  return { locals, temporaries, isEager };
}

/** Lists are never changed, so an empty one costs nothing. */
const joined = <T>(a: readonly T[], b: readonly T[]): readonly T[] =>
  a.length === 0 ? b : b.length === 0 ? a : [...a, ...b];
