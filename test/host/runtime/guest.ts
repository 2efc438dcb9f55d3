/** Runtimes by hand, for tests: small modules with the imports and entry points of real ones. */
import {
  type Bytes,
  body,
  bytesOf,
  funcType,
  I32,
  I64,
  name,
  OP,
  section,
  signed,
  unsigned,
  vector,
} from "../../decoder/assemble.ts";

export { I32, I64 } from "../../decoder/assemble.ts";

export interface GuestFunction {
  readonly name: string;
  /** Without its final `end`. Default type: that of an entry point. */
  readonly code: Bytes;
  readonly params?: Bytes;
  readonly results?: Bytes;
}

export interface GuestParts {
  /** Imported functions of `env`, which take the first function indices. */
  readonly imports?: readonly (readonly [name: string, params: Bytes, results: Bytes])[];
  readonly functions?: readonly GuestFunction[];
  readonly data?: readonly (readonly [offset: number, bytes: Uint8Array])[];
  /** Default "imported". */
  readonly memory?: "imported" | "exported" | "private" | "none";
  /** Default 1. */
  readonly pages?: number;
  /** Value of `__heap_base`, default 4096; null for no such export. */
  readonly heapBase?: number | null;
  readonly mutableHeapBase?: boolean;
  readonly sections?: readonly (readonly [name: string, bytes: Uint8Array])[];
}

export function guest(parts: GuestParts): Uint8Array {
  const { imports = [], functions = [], data = [], memory = "imported", pages = 1, sections = [] } = parts;
  const heapBase = parts.heapBase === undefined ? 4096 : parts.heapBase;
  const end = OP["end"]!;
  const types = [
    ...imports.map(([, params, results]) => funcType(params, results)),
    ...functions.map(({ params = [I32, I32], results = [I64] }) => funcType(params, results)),
  ];
  const importEntries = imports.map(([item], i) => [...name("env"), ...name(item), 0, ...unsigned(i)]);
  if (memory === "imported")
    importEntries.push([...name("env"), ...name("memory"), 2, 0, ...unsigned(pages)]);
  const exports = functions.map((f, i) => [...name(f.name), 0, ...unsigned(imports.length + i)]);
  if (memory === "exported") exports.push([...name("memory"), 2, 0]);
  if (heapBase !== null) exports.push([...name("__heap_base"), 3, 0]);
  const defined = memory === "exported" || memory === "private";
  const globals = [
    [I32, parts.mutableHeapBase === true ? 1 : 0, OP["i32.const"]!, ...signed(heapBase ?? 0), end],
    [I32, 1, OP["i32.const"]!, ...signed(0), end],
  ];
  return bytesOf(
    ...sections.map(([title, bytes]) => section(0, [...name(title), ...bytes])),
    section(1, vector(types)),
    section(2, vector(importEntries)),
    section(3, vector(functions.map((_, i) => unsigned(imports.length + i)))),
    ...(defined ? [section(5, vector([[0, ...unsigned(pages)]]))] : []),
    section(6, vector(globals)),
    section(7, vector(exports)),
    section(10, vector(functions.map((f) => body(f.code)))),
    section(
      11,
      vector(
        data.map(([offset, bytes]) => [
          0,
          OP["i32.const"]!,
          ...signed(offset),
          end,
          ...unsigned(bytes.length),
          ...bytes,
        ]),
      ),
    ),
  );
}

export const i32 = (value: number) => [OP["i32.const"]!, ...signed(value)];
export const i64 = (value: bigint) => [OP["i64.const"]!, ...signed(value)];
/** A span of constant place. */
export const span = (address: number, length: number) =>
  i64(BigInt.asIntN(64, (BigInt(length) << 32n) | BigInt(address)));
export const local = (index: number) => [OP["local.get"]!, ...unsigned(index)];
export const call = (index: number) => [OP["call"]!, ...unsigned(index)];
export const op = (mnemonic: string) => [OP[mnemonic]!];

/** The span of an entry point's two parameters. */
export const inputSpan = [
  ...local(1),
  ...op("i64.extend_i32_u"),
  ...i64(32n),
  ...op("i64.shl"),
  ...local(0),
  ...op("i64.extend_i32_u"),
  ...op("i64.or"),
];
export const endless = [OP["loop"]!, 0x40, OP["br"]!, 0, OP["end"]!, OP["unreachable"]!];
