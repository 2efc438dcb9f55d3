/** Modules for the interpreter's tests, from flat operator text: `"local.get 0  i32.const 5  i32.add"`. */
import { load, type ValidModule } from "../../src/decoder/index.ts";
import { OPERATORS } from "../../src/decoder/opcodes.ts";
import {
  body,
  bytesOf,
  F32,
  F64,
  funcType,
  I32,
  I64,
  name,
  section,
  signed,
  unsigned,
  vector,
} from "../decoder/assemble.ts";

const TYPES: { readonly [name: string]: number } = { i32: I32, i64: I64, f32: F32, f64: F64 };
const BY_NAME = new Map(OPERATORS.map((operator) => [operator.name, operator]));

/** The bytes of a sequence of operators, without a final `end`. `if i32` and the like give a block its result. */
export function code(text: string): number[] {
  const tokens = text.split(/\s+/).filter((token) => token !== "");
  const bytes: number[] = [];
  const number = (): number => Number(tokens.shift());
  while (tokens.length > 0) {
    const mnemonic = tokens.shift()!;
    const operator = BY_NAME.get(mnemonic);
    if (operator === undefined) throw new Error(`no operator ${mnemonic}`);
    if (operator.code > 0xff) bytes.push(0xfc, ...unsigned(operator.code & 0xff));
    else bytes.push(operator.code);
    switch (operator.immediates) {
      case "none":
        break;
      case "memory":
        bytes.push(0);
        break;
      case "memories":
        bytes.push(0, 0);
        break;
      case "block-type":
        bytes.push(tokens[0] !== undefined && tokens[0] in TYPES ? TYPES[tokens.shift()!]! : 0x40);
        break;
      case "call_indirect":
        bytes.push(...unsigned(number()), 0);
        break;
      case "br_table": {
        // br_table 0 1 2: the last label is the default.
        const labels: number[] = [];
        while (tokens.length > 0 && /^\d+$/.test(tokens[0]!)) labels.push(number());
        bytes.push(...unsigned(labels.length - 1), ...labels.flatMap((label) => unsigned(label)));
        break;
      }
      case "memarg": {
        // i32.load 8: the offset; alignment is always 1 byte.
        const offset = tokens.length > 0 && /^\d+$/.test(tokens[0]!) ? BigInt(tokens.shift()!) : 0n;
        bytes.push(0, ...unsigned(offset));
        break;
      }
      case "i32":
      case "i64":
        bytes.push(...signed(BigInt(tokens.shift()!)));
        break;
      case "f32":
        bytes.push(...new Uint8Array(Float32Array.of(number()).buffer));
        break;
      case "f64":
        bytes.push(...new Uint8Array(Float64Array.of(number()).buffer));
        break;
      default:
        bytes.push(...unsigned(number()));
    }
  }
  return bytes;
}

export interface FunctionText {
  /** `"i32 i64 > f32"`; default `">"`. */
  readonly type?: string;
  /** `"i32 i32"` */
  readonly locals?: string;
  readonly code: string;
  /** Exported by this name. */
  readonly export?: string;
}

export interface ModuleText {
  /** Function imports come first in the index space. */
  readonly imports?: readonly (readonly [module: string, name: string, type: string])[];
  readonly importMemory?: readonly [module: string, name: string, min: number];
  readonly importTable?: readonly [module: string, name: string, min: number];
  readonly importGlobals?: readonly (readonly [
    module: string,
    name: string,
    type: string,
    mutable: boolean,
  ])[];
  readonly functions?: readonly FunctionText[];
  readonly memory?: readonly [min: number, max?: number];
  readonly table?: readonly [min: number, max?: number];
  readonly elements?: readonly (readonly [offset: number, functions: readonly number[]])[];
  readonly data?: readonly (readonly [offset: number, bytes: readonly number[]])[];
  /** Constants as operator text, `["i64", true, "i64.const 7"]`. */
  readonly globals?: readonly (readonly [type: string, mutable: boolean, init: string])[];
  readonly start?: number;
  /** Exports everything there is: `memory`, `table`, `global0`… */
  readonly exportAll?: boolean;
  /** Other names for what `exportAll` exports. */
  readonly exportNames?: { readonly [name: string]: string };
}

const typeList = (text: string): number[] =>
  text
    .split(/\s+/)
    .filter((t) => t !== "")
    .map((t) => TYPES[t]!);
const limits = (min: number, max?: number): number[] =>
  max === undefined ? [0, ...unsigned(min)] : [1, ...unsigned(min), ...unsigned(max)];

function signature(text = ">"): number[] {
  const [params, results] = text.split(">") as [string, string];
  return funcType(typeList(params), typeList(results));
}

export function binary(text: ModuleText): Uint8Array {
  const imports = text.imports ?? [];
  const functions = text.functions ?? [];
  // One type per function, imports first, so that type index = function index.
  const types = [
    ...imports.map(([, , type]) => signature(type)),
    ...functions.map(({ type }) => signature(type)),
  ];
  const globals = text.globals ?? [];
  const importSection = [
    ...imports.map(([module, item], i) => [...name(module), ...name(item), 0, ...unsigned(i)]),
    ...(text.importTable
      ? [
          [
            ...name(text.importTable[0]),
            ...name(text.importTable[1]),
            1,
            0x70,
            ...limits(text.importTable[2]),
          ],
        ]
      : []),
    ...(text.importMemory
      ? [[...name(text.importMemory[0]), ...name(text.importMemory[1]), 2, ...limits(text.importMemory[2])]]
      : []),
    ...(text.importGlobals ?? []).map(([module, item, type, mutable]) => [
      ...name(module),
      ...name(item),
      3,
      TYPES[type]!,
      mutable ? 1 : 0,
    ]),
  ];
  const exports = functions.flatMap((f, i) =>
    f.export === undefined ? [] : [[...name(f.export), 0, ...unsigned(imports.length + i)]],
  );
  if (text.exportAll) {
    if (text.memory ?? text.importMemory) exports.push([...name("memory"), 2, 0]);
    if (text.table ?? text.importTable) exports.push([...name("table"), 1, 0]);
    const imported = text.importGlobals?.length ?? 0;
    globals.forEach((_, i) => {
      const exported = `global${i}`;
      exports.push([...name(text.exportNames?.[exported] ?? exported), 3, ...unsigned(imported + i)]);
    });
  }
  return bytesOf(
    section(1, vector(types)),
    ...(importSection.length > 0 ? [section(2, vector(importSection))] : []),
    section(3, vector(functions.map((_, i) => unsigned(imports.length + i)))),
    ...(text.table ? [section(4, vector([[0x70, ...limits(...text.table)]]))] : []),
    ...(text.memory ? [section(5, vector([limits(...text.memory)]))] : []),
    ...(globals.length > 0
      ? [
          section(
            6,
            vector(
              globals.map(([type, mutable, init]) => [TYPES[type]!, mutable ? 1 : 0, ...code(init), 0x0b]),
            ),
          ),
        ]
      : []),
    section(7, vector(exports)),
    ...(text.start === undefined ? [] : [section(8, unsigned(text.start))]),
    ...(text.elements
      ? [
          section(
            9,
            vector(
              text.elements.map(([offset, funcs]) => [
                0,
                ...code(`i32.const ${offset}`),
                0x0b,
                ...vector(funcs.map((f) => unsigned(f))),
              ]),
            ),
          ),
        ]
      : []),
    section(
      10,
      vector(
        functions.map((f) =>
          body(
            code(f.code),
            typeList(f.locals ?? "").map((type) => [1, type] as const),
          ),
        ),
      ),
    ),
    ...(text.data
      ? [
          section(
            11,
            vector(
              text.data.map(([offset, bytes]) => [
                0,
                ...code(`i32.const ${offset}`),
                0x0b,
                ...vector(bytes.map((b) => [b])),
              ]),
            ),
          ),
        ]
      : []),
  );
}

export function build(text: ModuleText): ValidModule {
  return load(binary(text));
}
