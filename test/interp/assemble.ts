/** Whole modules from parts, for tests that run them. Code is bytes: operators from `OP`, immediates by hand. */
import { OPERATORS } from "../../src/decoder/opcodes.ts";
import {
  type Bytes,
  body,
  bytesOf,
  funcType,
  name,
  section,
  signed,
  unsigned,
  vector,
} from "../decoder/assemble.ts";

export * from "../decoder/assemble.ts";

export interface FunctionPart {
  readonly params?: Bytes;
  readonly results?: Bytes;
  readonly locals?: readonly (readonly [count: number, type: number])[];
  /** Without the final `end`. */
  readonly code: Bytes;
  readonly export?: string;
}
export type ImportPart = { readonly module: string; readonly name: string } & (
  | { readonly kind: "func"; readonly params?: Bytes; readonly results?: Bytes }
  | { readonly kind: "table" | "memory"; readonly min: number; readonly max?: number }
  | { readonly kind: "global"; readonly type: number; readonly mutable: boolean }
);
export interface LimitsPart {
  readonly min: number;
  readonly max?: number;
}
export interface GlobalPart {
  readonly type: number;
  readonly mutable: boolean;
  /** Raw bits. */
  readonly value: bigint;
}
export interface ModuleParts {
  readonly imports?: readonly ImportPart[];
  readonly functions: readonly FunctionPart[];
  readonly table?: LimitsPart;
  readonly memory?: LimitsPart;
  readonly globals?: readonly GlobalPart[];
  /** Function indices written to table 0 from `offset` on. */
  readonly elements?: readonly { readonly offset: number; readonly functions: readonly number[] }[];
  readonly data?: readonly { readonly offset: number; readonly bytes: Bytes }[];
  /** The first types, duplicates kept, for `call_indirect`; functions and imports add theirs after them. */
  readonly types?: readonly { readonly params: Bytes; readonly results: Bytes }[];
  /** Exports beside those of functions; index spaces count imports. */
  readonly exports?: readonly {
    readonly name: string;
    readonly kind: "table" | "memory" | "global";
    readonly index: number;
  }[];
}

const KINDS = { func: 0, table: 1, memory: 2, global: 3 } as const;
const CONST: { readonly [type: number]: string } = {
  127: "i32.const",
  126: "i64.const",
  125: "f32.const",
  124: "f64.const",
};
const codes = new Map(OPERATORS.map((operator) => [operator.name, operator.code]));

/** The bytes of an operator's opcode, prefix included. */
export function op(mnemonic: string): number[] {
  const code = codes.get(mnemonic);
  if (code === undefined) throw new Error(`no operator ${mnemonic}`);
  return code > 0xff ? [code >> 8, ...unsigned(code & 0xff)] : [code];
}

/** A constant of `type` from its raw bits. */
export function constant(type: number, bits: bigint): number[] {
  const opcode = op(CONST[type]!);
  if (type === 0x7f) return [...opcode, ...signed(BigInt.asIntN(32, bits))];
  if (type === 0x7e) return [...opcode, ...signed(BigInt.asIntN(64, bits))];
  return [...opcode, ...littleEndian(bits, type === 0x7d ? 4 : 8)];
}

export function littleEndian(bits: bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number((bits >> BigInt(8 * i)) & 0xffn));
}

function limits({ min, max }: LimitsPart): number[] {
  return max === undefined ? [0, ...unsigned(min)] : [1, ...unsigned(min), ...unsigned(max)];
}

/** The type section of a module while it is put together: equal types have one index. */
class Types {
  private readonly indices = new Map<string, number>();
  readonly entries: number[][] = [];

  index(params: Bytes = [], results: Bytes = []): number {
    const entry = funcType(params, results);
    return this.indices.get(entry.join()) ?? this.add(entry);
  }

  add(entry: number[]): number {
    const index = this.entries.push(entry) - 1;
    if (!this.indices.has(entry.join())) this.indices.set(entry.join(), index);
    return index;
  }
}

export function assemble(parts: ModuleParts): Uint8Array {
  const types = new Types();
  for (const { params, results } of parts.types ?? []) types.add(funcType(params, results));
  const imports = (parts.imports ?? []).map((item) => [
    ...name(item.module),
    ...name(item.name),
    KINDS[item.kind],
    ...importType(item, types),
  ]);
  const functions = parts.functions.map(({ params, results }) => unsigned(types.index(params, results)));
  const importedFunctions = (parts.imports ?? []).filter(({ kind }) => kind === "func").length;
  const exports = [
    ...parts.functions.flatMap((func, i) =>
      func.export === undefined
        ? []
        : [[...name(func.export), KINDS.func, ...unsigned(importedFunctions + i)]],
    ),
    ...(parts.exports ?? []).map((item) => [...name(item.name), KINDS[item.kind], ...unsigned(item.index)]),
  ];
  const end = op("end");
  const at = (offset: number) => [0, ...constant(0x7f, BigInt(offset)), ...end];
  const globals = (parts.globals ?? []).map(({ type, mutable, value }) => [
    type,
    mutable ? 1 : 0,
    ...constant(type, value),
    ...end,
  ]);
  const elements = (parts.elements ?? []).map((item) => [
    ...at(item.offset),
    ...vector(item.functions.map((f) => unsigned(f))),
  ]);
  const data = (parts.data ?? []).map(({ offset, bytes }) => [
    ...at(offset),
    ...unsigned(bytes.length),
    ...bytes,
  ]);
  return bytesOf(
    section(1, vector(types.entries)),
    ...some(2, imports),
    section(3, vector(functions)),
    ...some(4, parts.table === undefined ? [] : [[0x70, ...limits(parts.table)]]),
    ...some(5, parts.memory === undefined ? [] : [limits(parts.memory)]),
    ...some(6, globals),
    ...some(7, exports),
    ...some(9, elements),
    section(10, vector(parts.functions.map((func) => body(func.code, func.locals)))),
    ...some(11, data),
  );
}

function some(id: number, entries: readonly Bytes[]): number[][] {
  return entries.length === 0 ? [] : [section(id, vector(entries))];
}

function importType(item: ImportPart, types: Types): number[] {
  switch (item.kind) {
    case "func":
      return unsigned(types.index(item.params, item.results));
    case "table":
      return [0x70, ...limits(item)];
    case "memory":
      return limits(item);
    case "global":
      return [item.type, item.mutable ? 1 : 0];
  }
}
