import { REFERENCE_OPERATORS } from "./opcodes/bulk-and-references.ts";
import { VECTOR_OPERATORS } from "./opcodes/vector.ts";
import { access, group, type Operator, run } from "./operator.ts";

export type { GasClass, Immediates, Operator } from "./operator.ts";

/**
 * THE opcode table: every operator the engine knows. Decoding, validation, lowering, gas, disassembly and the
 * tests all derive from it. Order and grouping follow the spec's index of instructions.
 */
export const OPERATORS: readonly Operator[] = [
  ...group("free", [
    [0x01, "nop"],
    [0x02, "block", undefined, "block-type"],
    [0x03, "loop", undefined, "block-type"],
    [0x05, "else"],
    [0x0b, "end"],
  ]),
  ...group("control", [[0x00, "unreachable"]], { mayTrap: true }),
  ...group("branch", [
    [0x04, "if", undefined, "block-type"],
    [0x0c, "br", undefined, "label"],
    [0x0d, "br_if", undefined, "label"],
    [0x0e, "br_table", undefined, "br_table"],
    [0x0f, "return"],
  ]),
  ...group(
    "call",
    [
      [0x10, "call", undefined, "function"],
      [0x11, "call_indirect", undefined, "call_indirect"],
    ],
    { mayTrap: true },
  ),
  ...group("parametric", [
    [0x1a, "drop"],
    [0x1b, "select"],
  ]),
  ...group("variable", [
    [0x20, "local.get", undefined, "local"],
    [0x21, "local.set", undefined, "local"],
    [0x22, "local.tee", undefined, "local"],
    [0x23, "global.get", undefined, "global"],
    [0x24, "global.set", undefined, "global"],
  ]),
  ...access("load", [
    [0x28, "i32.load", "i>i", 2],
    [0x29, "i64.load", "i>I", 3],
    [0x2a, "f32.load", "i>f", 2],
    [0x2b, "f64.load", "i>F", 3],
    [0x2c, "i32.load8_s", "i>i", 0],
    [0x2d, "i32.load8_u", "i>i", 0],
    [0x2e, "i32.load16_s", "i>i", 1],
    [0x2f, "i32.load16_u", "i>i", 1],
    [0x30, "i64.load8_s", "i>I", 0],
    [0x31, "i64.load8_u", "i>I", 0],
    [0x32, "i64.load16_s", "i>I", 1],
    [0x33, "i64.load16_u", "i>I", 1],
    [0x34, "i64.load32_s", "i>I", 2],
    [0x35, "i64.load32_u", "i>I", 2],
  ]),
  ...access("store", [
    [0x36, "i32.store", "ii>", 2],
    [0x37, "i64.store", "iI>", 3],
    [0x38, "f32.store", "if>", 2],
    [0x39, "f64.store", "iF>", 3],
    [0x3a, "i32.store8", "ii>", 0],
    [0x3b, "i32.store16", "ii>", 1],
    [0x3c, "i64.store8", "iI>", 0],
    [0x3d, "i64.store16", "iI>", 1],
    [0x3e, "i64.store32", "iI>", 2],
  ]),
  ...group(
    "memory",
    [
      [0x3f, "memory.size", ">i"],
      [0x40, "memory.grow", "i>i"],
    ],
    { immediates: "memory" },
  ),
  ...group("const", [
    [0x41, "i32.const", ">i", "i32"],
    [0x42, "i64.const", ">I", "i64"],
    [0x43, "f32.const", ">f", "f32"],
    [0x44, "f64.const", ">F", "f64"],
  ]),
  ...group("integer", [
    [0x45, "i32.eqz", "i>i"],
    ...run(0x46, "i32", "ii>i", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"),
    [0x50, "i64.eqz", "I>i"],
    ...run(0x51, "i64", "II>i", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"),
  ]),
  ...group("float", [
    ...run(0x5b, "f32", "ff>i", "eq ne lt gt le ge"),
    ...run(0x61, "f64", "FF>i", "eq ne lt gt le ge"),
  ]),
  ...group("integer", [
    ...run(0x67, "i32", "i>i", "clz ctz popcnt"),
    ...run(0x6a, "i32", "ii>i", "add sub mul"),
  ]),
  ...group("division", run(0x6d, "i32", "ii>i", "div_s div_u rem_s rem_u"), { mayTrap: true }),
  ...group("integer", [
    ...run(0x71, "i32", "ii>i", "and or xor shl shr_s shr_u rotl rotr"),
    ...run(0x79, "i64", "I>I", "clz ctz popcnt"),
    ...run(0x7c, "i64", "II>I", "add sub mul"),
  ]),
  ...group("division", run(0x7f, "i64", "II>I", "div_s div_u rem_s rem_u"), { mayTrap: true }),
  ...group("integer", run(0x83, "i64", "II>I", "and or xor shl shr_s shr_u rotl rotr")),
  ...group("float", [
    ...run(0x8b, "f32", "f>f", "abs neg ceil floor trunc nearest sqrt"),
    ...run(0x92, "f32", "ff>f", "add sub mul div min max copysign"),
    ...run(0x99, "f64", "F>F", "abs neg ceil floor trunc nearest sqrt"),
    ...run(0xa0, "f64", "FF>F", "add sub mul div min max copysign"),
  ]),
  ...group("conversion", [[0xa7, "i32.wrap_i64", "I>i"]]),
  ...group(
    "conversion",
    [
      [0xa8, "i32.trunc_f32_s", "f>i"],
      [0xa9, "i32.trunc_f32_u", "f>i"],
      [0xaa, "i32.trunc_f64_s", "F>i"],
      [0xab, "i32.trunc_f64_u", "F>i"],
      [0xae, "i64.trunc_f32_s", "f>I"],
      [0xaf, "i64.trunc_f32_u", "f>I"],
      [0xb0, "i64.trunc_f64_s", "F>I"],
      [0xb1, "i64.trunc_f64_u", "F>I"],
    ],
    { mayTrap: true },
  ),
  ...group("conversion", [
    [0xac, "i64.extend_i32_s", "i>I"],
    [0xad, "i64.extend_i32_u", "i>I"],
    [0xb2, "f32.convert_i32_s", "i>f"],
    [0xb3, "f32.convert_i32_u", "i>f"],
    [0xb4, "f32.convert_i64_s", "I>f"],
    [0xb5, "f32.convert_i64_u", "I>f"],
    [0xb6, "f32.demote_f64", "F>f"],
    [0xb7, "f64.convert_i32_s", "i>F"],
    [0xb8, "f64.convert_i32_u", "i>F"],
    [0xb9, "f64.convert_i64_s", "I>F"],
    [0xba, "f64.convert_i64_u", "I>F"],
    [0xbb, "f64.promote_f32", "f>F"],
    [0xbc, "i32.reinterpret_f32", "f>i"],
    [0xbd, "i64.reinterpret_f64", "F>I"],
    [0xbe, "f32.reinterpret_i32", "i>f"],
    [0xbf, "f64.reinterpret_i64", "I>F"],
  ]),
  ...group(
    "integer",
    [
      [0xc0, "i32.extend8_s", "i>i"],
      [0xc1, "i32.extend16_s", "i>i"],
      [0xc2, "i64.extend8_s", "I>I"],
      [0xc3, "i64.extend16_s", "I>I"],
      [0xc4, "i64.extend32_s", "I>I"],
    ],
    { feature: "sign-extension" },
  ),
  ...group(
    "conversion",
    [
      [0xfc00, "i32.trunc_sat_f32_s", "f>i"],
      [0xfc01, "i32.trunc_sat_f32_u", "f>i"],
      [0xfc02, "i32.trunc_sat_f64_s", "F>i"],
      [0xfc03, "i32.trunc_sat_f64_u", "F>i"],
      [0xfc04, "i64.trunc_sat_f32_s", "f>I"],
      [0xfc05, "i64.trunc_sat_f32_u", "f>I"],
      [0xfc06, "i64.trunc_sat_f64_s", "F>I"],
      [0xfc07, "i64.trunc_sat_f64_u", "F>I"],
    ],
    { feature: "saturating-float-to-int" },
  ),
  ...REFERENCE_OPERATORS,
  ...VECTOR_OPERATORS,
];

/** Dense codes there is room for: one-byte opcodes, and those behind each of the two prefixes. */
export const DENSE_CODES = 768;

const BY_CODE: readonly (Operator | undefined)[] = (() => {
  const table: (Operator | undefined)[] = new Array(DENSE_CODES).fill(undefined);
  for (const op of OPERATORS) table[denseCode(op.code)] = op;
  return table;
})();

/**
 * Maps 0xfc00 | n to 256 + n, 0xfd00 | n to 512 + n, and one-byte opcodes to themselves, so that tables indexed by it
 * stay dense.
 */
export function denseCode(code: number): number {
  return code < 256 ? code : code - 0xfb00;
}

/** The operator with this dense code (see `denseCode`), or undefined. */
export function operatorAt(dense: number): Operator | undefined {
  return BY_CODE[dense];
}

const PREFIXES: ReadonlySet<number> = new Set(
  OPERATORS.filter(({ code }) => code > 0xff).map(({ code }) => code >>> 8),
);

/** Whether this byte is followed by a sub-opcode. */
export function isPrefix(byte: number): boolean {
  return PREFIXES.has(byte);
}

/** The dense code of the operator `sub` behind the prefix `byte`. */
export function densePrefixed(byte: number, sub: number): number {
  return denseCode((byte << 8) | sub);
}

/** How errors call a code that is no operator's; `code` as in `Operator.code`. */
export function illegalOpcode(code: number): string {
  return `illegal opcode 0x${code.toString(16).padStart(2, "0")}`;
}
