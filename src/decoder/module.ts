import type { Feature } from "./features.ts";
import type { DecoderLimits } from "./limits.ts";

/** Value types by their binary code (spec: Binary Format, Types). */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;
export type NumType = typeof I32 | typeof I64 | typeof F32 | typeof F64;
export type VecType = typeof V128;
export type RefType = typeof FUNCREF | typeof EXTERNREF;
export type ValType = NumType | VecType | RefType;

const TYPE_NAMES: { readonly [code: number]: string } = {
  [I32]: "i32",
  [I64]: "i64",
  [F32]: "f32",
  [F64]: "f64",
  [V128]: "v128",
  [FUNCREF]: "funcref",
  [EXTERNREF]: "externref",
};

/** The name of a value type in the text format. */
export function typeName(type: ValType): string {
  return TYPE_NAMES[type]!;
}

export function isRefType(type: number): type is RefType {
  return type === FUNCREF || type === EXTERNREF;
}

export interface FuncType {
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
}

/** `max` is absent when the type declares none. Units: pages of 64 KiB for memories, elements for tables. */
export interface Limits {
  readonly min: number;
  readonly max: number | undefined;
}
export type MemoryType = Limits;
export interface TableType extends Limits {
  readonly element: RefType;
}
export interface GlobalType {
  readonly type: ValType;
  readonly mutable: boolean;
}

export type ExternalType =
  | { readonly kind: "func"; readonly typeIndex: number }
  | { readonly kind: "table"; readonly type: TableType }
  | { readonly kind: "memory"; readonly type: MemoryType }
  | { readonly kind: "global"; readonly type: GlobalType };
export type ExternalKind = ExternalType["kind"];

export interface Import {
  readonly module: string;
  readonly name: string;
  readonly desc: ExternalType;
}
export interface Export {
  readonly name: string;
  readonly kind: ExternalKind;
  /** Index into the index space of `kind` (imports first). */
  readonly index: number;
}

/**
 * A constant operator (spec, Validation, Constant Expressions): a number as raw bits in two lanes (`hi` is 0 for 32-bit
 * types), a vector in four, the value of the imported immutable global `index`, or a reference.
 */
export type ConstOperator =
  | { readonly kind: "const"; readonly type: NumType; readonly lo: number; readonly hi: number }
  | { readonly kind: "v128.const"; readonly lanes: Int32Array }
  | { readonly kind: "global.get"; readonly index: number }
  | { readonly kind: "ref.null"; readonly type: RefType }
  | { readonly kind: "ref.func"; readonly index: number };

/** What extended constant expressions may compute with. */
export interface ConstArithmetic {
  readonly kind: "arithmetic";
  readonly operator: "add" | "sub" | "mul";
  readonly type: typeof I32 | typeof I64;
}

/** A constant expression: one operator, or with the feature "extended-const" several in the order of the binary. */
export type ConstExpr =
  | ConstOperator
  | { readonly kind: "extended"; readonly operators: readonly (ConstOperator | ConstArithmetic)[] };

export interface GlobalDef {
  readonly type: GlobalType;
  readonly init: ConstExpr;
}

/**
 * What becomes of a segment at instantiation: an active one is copied and dropped, a passive one kept for `table.init`
 * or `memory.init`; a declarative one only declares which functions `ref.func` may name.
 */
export type SegmentMode = "active" | "passive" | "declarative";

export interface ElementSegment {
  readonly mode: SegmentMode;
  readonly type: RefType;
  /** Of an active one. */
  readonly table: number;
  readonly offset: ConstExpr | undefined;
  /** Either function indices, or an expression for each element. */
  readonly functions: Uint32Array;
  readonly expressions: readonly ConstExpr[] | undefined;
}
export interface DataSegment {
  readonly mode: Exclude<SegmentMode, "declarative">;
  /** Of an active one. */
  readonly memory: number;
  readonly offset: ConstExpr | undefined;
  readonly bytes: Uint8Array;
}

/** How many elements a segment holds. */
export function segmentLength({ functions, expressions }: ElementSegment): number {
  return expressions?.length ?? functions.length;
}

/** The body of one function that the module defines. The code is read from `Module.bytes` when it is needed. */
export interface FunctionBody {
  /** Declared locals, run-length coded as in the binary: a count and a type each; empty runs are left out. */
  readonly locals: readonly { readonly count: number; readonly type: ValType }[];
  /** Sum of the counts of `locals` (parameters not included). */
  readonly localCount: number;
  /** Byte offset of the first operator. */
  readonly start: number;
  /** Byte offset after the final `end`. */
  readonly end: number;
}

export interface CustomSection {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The `name` section, read tolerantly: what could not be read is missing. */
export interface Names {
  readonly module: string | undefined;
  readonly functions: ReadonlyMap<number, string>;
}

/** A language, tool or SDK that took part in making a module, by its own word (`producers` section). */
export interface Producer {
  /** "language", "processed-by" or "sdk"; others are kept. */
  readonly field: string;
  readonly name: string;
  readonly version: string;
}

/** What a module's makers say of a feature beyond 1.0 (`target_features` section). */
export interface TargetFeature {
  readonly use: "used" | "disallowed" | "required";
  /** As LLVM calls it: "sign-ext", "mutable-globals", … */
  readonly name: string;
}

/** Byte offsets, in the binary, of the entries that the sections define: what `validate` points at. */
export interface EntryOffsets {
  readonly types: readonly number[];
  readonly imports: readonly number[];
  readonly functions: readonly number[];
  readonly tables: readonly number[];
  readonly memories: readonly number[];
  readonly globals: readonly number[];
  readonly exports: readonly number[];
  readonly start: number;
  readonly elements: readonly number[];
  readonly data: readonly number[];
}

/**
 * A decoded module: immutable plain data, indices as in the binary. `decode` makes it; whether it obeys the
 * spec's validation rules is `validate`'s business.
 */
export interface Module {
  /** A private copy of the whole binary. */
  readonly bytes: Uint8Array;
  readonly features: ReadonlySet<Feature>;
  /** The limits it was decoded under; `validate` holds the function bodies to the same. */
  readonly limits: DecoderLimits;
  readonly offsets: EntryOffsets;
  readonly types: readonly FuncType[];
  readonly imports: readonly Import[];
  /** Type index of every function, imported ones first. */
  readonly functions: readonly number[];
  readonly importedFunctionCount: number;
  /** Every table, memory and global, imported ones first. */
  readonly tables: readonly TableType[];
  readonly memories: readonly MemoryType[];
  readonly globals: readonly GlobalType[];
  readonly importedGlobalCount: number;
  /** The globals the module defines; `globals[importedGlobalCount + i]` is the type of `globalDefs[i]`. */
  readonly globalDefs: readonly GlobalDef[];
  readonly exports: readonly Export[];
  readonly start: number | undefined;
  readonly elements: readonly ElementSegment[];
  /** `bodies[i]` belongs to function `importedFunctionCount + i`. */
  readonly bodies: readonly FunctionBody[];
  readonly data: readonly DataSegment[];
  /** What the data count section says, where there is one: as many as `data` has entries. */
  readonly dataCount: number | undefined;
  readonly customSections: readonly CustomSection[];
  /** Decoded on first use. */
  readonly names: Names;
  /** In the order of the section, read tolerantly; nothing in the engine depends on it. Decoded on every use. */
  readonly producers: readonly Producer[];
  readonly targetFeatures: readonly TargetFeature[];
}

declare const validated: unique symbol;
/** A module that `validate` accepted: the only kind that can be instantiated. */
export type ValidModule = Module & { readonly [validated]: true };
