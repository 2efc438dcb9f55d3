import { F32, F64, type FuncType, I32, I64, V128, type ValType } from "../../src/decoder/index.ts";
import { type FunctionPart, type ImportPart, type ModuleParts, unsigned } from "../interp/assemble.ts";
import { GLOBALS, HOST_TYPES } from "./observe.ts";
import type { Random } from "./random.ts";

export const TYPES: readonly ValType[] = [I32, I64, F32, F64];
const TABLE_SIZE = 12;

/** What a module's functions may refer to: decided before any code is made. */
export interface Shape {
  readonly imports: readonly ImportPart[];
  /** Function index space. */
  readonly functions: readonly FuncType[];
  readonly importedFunctions: number;
  /** Global index space. */
  readonly globals: readonly { readonly type: ValType; readonly mutable: boolean }[];
  /** What the module writes to its table, by element. */
  readonly elements: readonly (number | undefined)[];
  /** Types by index, with duplicates. */
  readonly types: readonly FuncType[];
  readonly parts: Pick<ModuleParts, "table" | "memory" | "globals" | "elements" | "data" | "exports">;
}

/** Integers more often: they are what branches and addresses are made of. */
export function typeOf(random: Random): ValType {
  return random.chance(60) ? random.pick([I32, I64]) : random.pick(TYPES);
}

/** A module's shape. `earlier` are the shapes of the modules linked before it, which it may import from. @param without names of host functions it may not */
export function makeShape(random: Random, earlier: readonly Shape[], without: readonly string[]): Shape {
  const imports: ImportPart[] = [];
  const functions: FuncType[] = [];
  for (const [name, type] of Object.entries(HOST_TYPES)) {
    if (without.includes(name) || random.chance(30)) continue;
    imports.push({ module: "env", name, kind: "func", ...type });
    functions.push(type);
  }
  earlier.forEach((shape, i) => {
    shape.functions.slice(shape.importedFunctions).forEach((type, k) => {
      imports.push({ module: `m${i}`, name: `f${k}`, kind: "func", ...type });
      functions.push(type);
    });
  });
  const importedFunctions = functions.length;
  functions.push(
    ...random.list(2, 5, () => ({
      params: random.list(0, 4, () => typeOf(random)),
      results: random.list(0, 1, () => typeOf(random)),
    })),
  );
  const globals = importGlobals(random, imports);
  const own = random.list(1, 5, () => ({
    type: typeOf(random),
    mutable: true,
    value: interesting(random, I64),
  }));
  globals.push(...own);
  const from = earlier.length > 0 && random.chance(70) ? "m0" : random.chance(40) ? "env" : undefined;
  if (from !== undefined) {
    imports.push({ module: from, name: "table", kind: "table", min: TABLE_SIZE });
    imports.push({ module: from, name: "memory", kind: "memory", min: 1 });
  }
  const elements = Array.from({ length: TABLE_SIZE }, () =>
    random.chance(75) ? random.below(functions.length) : undefined,
  );
  return {
    imports,
    functions,
    importedFunctions,
    globals,
    elements,
    types: random.list(functions.length, functions.length, () => random.pick(functions)).concat(functions),
    parts: {
      ...(from === undefined && {
        table: { min: TABLE_SIZE },
        memory: { min: 1, max: random.between(1, 4) },
      }),
      globals: own.map(({ type, mutable, value }) => ({ type, mutable, value: cut(type, value) })),
      elements: elements.flatMap((func, offset) =>
        func === undefined ? [] : [{ offset, functions: [func] }],
      ),
      data: random.list(0, 3, () => ({
        offset: random.below(64),
        bytes: random.list(0, 40, () => random.below(256)),
      })),
      exports: [
        { name: "table", kind: "table", index: 0 },
        { name: "memory", kind: "memory", index: 0 },
      ],
    },
  };
}

function importGlobals(random: Random, imports: ImportPart[]): { type: ValType; mutable: boolean }[] {
  const globals: { type: ValType; mutable: boolean }[] = [];
  for (const [name, type] of GLOBALS) {
    if (random.chance(50)) continue;
    const mutable = name.startsWith("var");
    imports.push({ module: "env", name, kind: "global", type, mutable });
    globals.push({ type, mutable });
  }
  return globals;
}

const cut = (type: ValType, bits: bigint): bigint =>
  BigInt.asUintN(type === I32 || type === F32 ? 32 : 64, bits);

const INTEGERS = [
  0n,
  1n,
  2n,
  3n,
  7n,
  31n,
  32n,
  33n,
  63n,
  64n,
  0x7fn,
  0x80n,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
];
const LONGS = [
  0xffffffffn,
  0x100000000n,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0x8000000000000001n,
  1n << 53n,
];
const FLOATS32 = [
  0n,
  0x80000000n,
  0x3f800000n,
  0xbf800000n,
  0x3f000000n,
  0x7f800000n,
  0xff800000n,
  0x7fc00000n,
];
const NANS32 = [
  0x7fa00000n,
  0xffc12345n,
  1n,
  0x00800000n,
  0x7f7fffffn,
  0x4f000000n,
  0x5f000000n,
  0x4b000001n,
];
const FLOATS64 = [
  0n,
  1n << 63n,
  0x3ff0000000000000n,
  0xbff8000000000000n,
  0x3fe0000000000000n,
  0x7ff0000000000000n,
];
const NANS64 = [
  0x7ff8000000000000n,
  0x7ff4000000000000n,
  0xfff8123456789abcn,
  1n,
  0x41e0000000000000n,
  0x43e0000000000000n,
];

/** Raw bits of a value at which operators tend to go wrong, or any value. */
export function interesting(random: Random, type: ValType): bigint {
  const any = (BigInt(random.bits()) << 32n) | BigInt(random.bits());
  if (random.chance(25)) return cut(type, any);
  switch (type) {
    case I32:
      return cut(type, random.chance(30) ? -random.pick(INTEGERS) : random.pick(INTEGERS));
    case I64: {
      const value = random.pick(random.chance(50) ? INTEGERS : LONGS);
      return cut(type, random.chance(30) ? -value : value);
    }
    case F32:
      return random.pick(random.chance(60) ? FLOATS32 : NANS32);
    case F64:
      return random.pick(random.chance(60) ? FLOATS64 : NANS64);
    case V128:
      return (interesting(random, I64) << 64n) | interesting(random, I64);
    // Null is the only reference that bits alone can say.
    default:
      return 0n;
  }
}

export function partsOf(shape: Shape, functions: readonly FunctionPart[]): ModuleParts {
  return { ...shape.parts, imports: shape.imports, types: shape.types, functions };
}

export const index = (value: number): number[] => unsigned(value);
