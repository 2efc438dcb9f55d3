/** A tiny assembler: modules by hand, byte by byte, for the decoder's tests. */
import { expect } from "chai";
import {
  type DecodeOptions,
  decode,
  load,
  type Module,
  ModuleError,
  type ModuleErrorKind,
} from "../../src/decoder/index.ts";
import { OPERATORS } from "../../src/decoder/opcodes.ts";

export type Bytes = readonly number[];

export const HEADER: Bytes = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const EMPTY = 0x40;

/** Opcodes by mnemonic; those behind a prefix are written as two bytes by hand. */
export const OP: { readonly [name: string]: number } = Object.fromEntries(
  OPERATORS.map((op) => [op.name, op.code]),
);

export function unsigned(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return bytes;
}

export function signed(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest < -64n || rest > 63n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest & 0x7fn));
  return bytes;
}

export function name(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...unsigned(bytes.length), ...bytes];
}

export function vector(entries: readonly Bytes[]): number[] {
  return [...unsigned(entries.length), ...entries.flat()];
}

export function section(id: number, content: Bytes): number[] {
  return [id, ...unsigned(content.length), ...content];
}

export function bytesOf(...sections: Bytes[]): Uint8Array {
  return Uint8Array.from([...HEADER, ...sections.flat()]);
}

export function funcType(params: Bytes, results: Bytes): number[] {
  return [0x60, ...unsigned(params.length), ...params, ...unsigned(results.length), ...results];
}

/** An entry of the code section; `code` without its final `end`. */
export function body(
  code: Bytes,
  locals: readonly (readonly [count: number, type: number])[] = [],
): number[] {
  const content = [...vector(locals.map(([count, type]) => [...unsigned(count), type])), ...code, OP["end"]!];
  return [...unsigned(content.length), ...content];
}

export interface FunctionParts {
  readonly params?: Bytes;
  readonly results?: Bytes;
  readonly locals?: readonly (readonly [count: number, type: number])[];
}

/** A module of one function, with a memory, a table, an immutable and a mutable i32 global about it. */
export function functionModule(
  code: Bytes,
  { params = [], results = [], locals = [] }: FunctionParts = {},
): Uint8Array {
  return bytesOf(
    section(1, vector([funcType(params, results)])),
    section(3, vector([[0]])),
    section(4, vector([[0x70, 0x00, 0x01]])),
    section(5, vector([[0x00, 0x01]])),
    section(
      6,
      vector([
        [I32, 0, OP["i32.const"]!, 0, OP["end"]!],
        [I32, 1, OP["i32.const"]!, 0, OP["end"]!],
      ]),
    ),
    section(10, vector([body(code, locals)])),
  );
}

/** A small module with something in every section: 1 imported and 2 defined functions, names, segments, start. */
export function completeModule(): Uint8Array {
  const end = OP["end"]!;
  return bytesOf(
    section(0, [...name("before"), 1, 2, 3]),
    section(1, vector([funcType([], []), funcType([I32, I64], [I32])])),
    section(
      2,
      vector([
        [...name("env"), ...name("log"), 0x00, 0x00],
        [...name("env"), ...name("base"), 0x03, I32, 0x00],
      ]),
    ),
    section(3, vector([[0], [1]])),
    section(4, vector([[0x70, 0x01, 0x02, 0x05]])),
    section(5, vector([[0x01, 0x01, 0x03]])),
    section(
      6,
      vector([
        [I64, 0x01, OP["i64.const"]!, ...signed(-5_000_000_000), end],
        [F64, 0x00, OP["f64.const"]!, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, end],
        [I32, 0x00, OP["global.get"]!, 0, end],
      ]),
    ),
    section(
      7,
      vector([
        [...name("add"), 0x00, 2],
        [...name("table"), 0x01, 0],
        [...name("memory"), 0x02, 0],
        [...name("counter"), 0x03, 1],
      ]),
    ),
    section(8, [1]),
    section(9, vector([[0, OP["global.get"]!, 0, end, ...vector([[0], [1]])]])),
    section(
      10,
      vector([
        body([OP["call"]!, 0]),
        body(
          [
            ...[
              OP["block"]!,
              I32,
              OP["local.get"]!,
              0,
              OP["local.get"]!,
              1,
              OP["i32.wrap_i64"]!,
              OP["i32.add"]!,
            ],
            ...[OP["local.tee"]!, 2, OP["local.get"]!, 2, OP["br_if"]!, 0, OP["i32.const"]!, ...signed(1000)],
            ...[OP["i32.load"]!, 2, ...unsigned(300), OP["i32.add"]!, end],
          ],
          [
            [2, I32],
            [1, F64],
          ],
        ),
      ]),
    ),
    section(11, vector([[0, OP["i32.const"]!, 8, end, ...name("hello")]])),
    section(0, [
      ...name("name"),
      ...section(0, name("small")),
      ...section(
        1,
        vector([
          [0, ...name("log")],
          [2, ...name("add")],
        ]),
      ),
    ]),
  );
}

/** The error that refuses these bytes. Fails if there is none, or it is of another class. */
export function refusal(bytes: Uint8Array, options?: DecodeOptions): ModuleError {
  return errorOf(() => load(bytes, options));
}

/** The same, of `decode` alone. */
export function decodingRefusal(bytes: Uint8Array, options?: DecodeOptions): ModuleError {
  return errorOf(() => decode(bytes, options));
}

function errorOf(action: () => Module): ModuleError {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(ModuleError);
    return error as ModuleError;
  }
  throw new Error("the module was accepted");
}

export function expectRefusal(
  error: ModuleError,
  kind: ModuleErrorKind,
  reason: string,
  offset?: number,
): void {
  expect({ kind: error.kind, reason: error.reason.slice(0, reason.length) }).to.deep.equal({ kind, reason });
  if (offset !== undefined) expect(error.offset).to.equal(offset);
}
