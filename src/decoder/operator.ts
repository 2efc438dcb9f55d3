import type { Feature } from "./features.ts";
import { F32, F64, FUNCREF, I32, I64, V128, type ValType } from "./module.ts";

/** What follows an opcode in the binary. */
export type Immediates =
  | "none"
  | "block-type"
  | "label"
  | "br_table"
  | "function"
  | "call_indirect"
  | "local"
  | "global"
  | "memarg"
  | "memory"
  | "memories"
  | "memory.init"
  | "data"
  | "table"
  | "tables"
  | "table.init"
  | "elem"
  | "ref-type"
  | "types"
  | "lane"
  | "memarg-lane"
  | "lanes"
  | "v128"
  | "i32"
  | "i64"
  | "f32"
  | "f64";

/** Classes that a gas schedule prices (see `interp/gas`). Every operator belongs to exactly one. */
export type GasClass =
  | "free"
  | "control"
  | "branch"
  | "call"
  | "parametric"
  | "variable"
  | "load"
  | "store"
  | "memory"
  | "const"
  | "integer"
  | "division"
  | "float"
  | "conversion"
  | "bulk"
  | "table"
  | "reference"
  | "vector";

export interface Operator {
  /** Opcode byte, or prefix << 8 | sub-opcode for operators behind a prefix, 0xfc or 0xfd. */
  readonly code: number;
  /** Mnemonic of the text format. */
  readonly name: string;
  readonly immediates: Immediates;
  /** Fixed operand types, or undefined where the type depends on context (control, parametric, variable, calls). */
  readonly params: readonly ValType[] | undefined;
  readonly results: readonly ValType[] | undefined;
  /**
   * The feature that brings the operator, undefined for those of 1.0. Features also change what immediates operators of
   * 1.0 may have: blocks of any type ("multi-value"), tables other than the first ("reference-types").
   */
  readonly feature: Feature | undefined;
  readonly gas: GasClass;
  readonly mayTrap: boolean;
  /** log2 of the natural alignment = log2 of the access width in bytes; memory accesses only. */
  readonly align: number;
}

export type Row = readonly [code: number, name: string, signature?: string | undefined, extra?: Immediates];

const LETTERS: { readonly [letter: string]: ValType } = {
  i: I32,
  I: I64,
  f: F32,
  F: F64,
  V: V128,
  r: FUNCREF,
};

/** `"iI>f"` reads: takes i32 and i64, gives f32. i = i32, I = i64, f = f32, F = f64, V = v128, r = funcref. */
function signatureOf(text: string): [ValType[], ValType[]] {
  const [params, results] = text.split(">") as [string, string];
  return [[...params].map((c) => LETTERS[c]!), [...results].map((c) => LETTERS[c]!)];
}

export function group(
  gas: GasClass,
  rows: readonly Row[],
  more: { mayTrap?: boolean; immediates?: Immediates; feature?: Feature } = {},
): Operator[] {
  return rows.map(([code, name, signature, extra]) => {
    const [params, results] = signature === undefined ? [undefined, undefined] : signatureOf(signature);
    return {
      code,
      name,
      immediates: extra ?? more.immediates ?? "none",
      params,
      results,
      feature: more.feature,
      gas,
      mayTrap: more.mayTrap ?? false,
      align: -1,
    };
  });
}

export function access(
  gas: GasClass,
  rows: readonly (readonly [code: number, name: string, signature: string, align: number])[],
  more: { immediates?: Immediates; feature?: Feature } = {},
): Operator[] {
  return rows.map(([code, name, signature, align]) => {
    const [params, results] = signatureOf(signature);
    return {
      code,
      name,
      immediates: more.immediates ?? "memarg",
      params,
      results,
      feature: more.feature,
      gas,
      mayTrap: true,
      align,
    };
  });
}

/** Rows of consecutive opcodes that share one signature. */
export function run(first: number, type: string, signature: string, names: string): Row[] {
  return names.split(" ").map((name, i): Row => [first + i, `${type}.${name}`, signature]);
}
