import * as OP from "../machine/instructions.ts";
import { I64_RULES } from "./i64.ts";
import { constantOf } from "./operand.ts";
import { binary32, compare32, type Rule, twice32, unary32, unsigned } from "./rules.ts";

const I32_RULES: { readonly [name: string]: Rule } = {
  add: binary32((a, b) => `(${a} + ${b} | 0)`),
  sub: binary32((a, b) => `(${a} - ${b} | 0)`),
  mul: binary32((a, b) => `Math.imul(${a}, ${b})`),
  and: binary32((a, b) => `(${a} & ${b})`),
  or: binary32((a, b) => `(${a} | ${b})`),
  xor: binary32((a, b) => `(${a} ^ ${b})`),
  shl: binary32((a, b) => `(${a} << ${b})`),
  shr_s: binary32((a, b) => `(${a} >> ${b})`),
  shr_u: binary32((a, b) => (constantOf(b) === 0 ? a : `(${a} >>> ${b} | 0)`)),
  // JavaScript takes counts modulo 32, so 32 - b serves 0 as well.
  rotl: twice32((a, b) => `(${a} << ${b} | ${a} >>> ${less(32, b)})`),
  rotr: twice32((a, b) => `(${a} >>> ${b} | ${a} << ${less(32, b)})`),
  clz: unary32((a) => `Math.clz32(${a})`),
  ctz: (w) => {
    const a = w.atom(w.pop());
    w.pushI32(`(${a.lo} === 0 ? 32 : 31 - Math.clz32(${a.lo} & - ${a.lo}))`, a);
  },
  extend8_s: unary32((a) => `(${a} << 24 >> 24)`),
  extend16_s: unary32((a) => `(${a} << 16 >> 16)`),
  eqz: (w) => {
    const a = w.pop();
    w.pushCondition(a.condition === undefined ? `${a.lo} === 0` : `!(${a.condition})`, a);
  },
  eq: compare32((a, b) => `${a} === ${b}`),
  ne: compare32((a, b) => `${a} !== ${b}`),
  lt_s: compare32((a, b) => `${a} < ${b}`),
  gt_s: compare32((a, b) => `${a} > ${b}`),
  le_s: compare32((a, b) => `${a} <= ${b}`),
  ge_s: compare32((a, b) => `${a} >= ${b}`),
  lt_u: compare32((a, b) => `${unsigned(a)} < ${unsigned(b)}`),
  gt_u: compare32((a, b) => `${unsigned(a)} > ${unsigned(b)}`),
  le_u: compare32((a, b) => `${unsigned(a)} <= ${unsigned(b)}`),
  ge_u: compare32((a, b) => `${unsigned(a)} >= ${unsigned(b)}`),
};

function less(from: number, x: string): string {
  const value = constantOf(x);
  return value === undefined ? `(${from} - ${x})` : `${(from - value) & 31}`;
}

const CONVERSIONS: { readonly [name: string]: Rule } = {
  "i32.wrap_i64": (w) => {
    const a = w.pop();
    w.pushI32(a.lo!, a);
  },
  "i64.extend_i32_u": (w) => {
    const a = w.atom(w.pop());
    w.pushI64(a.lo!, "0", a);
  },
  "i64.extend_i32_s": (w) => {
    const a = w.atom(w.pop());
    w.pushI64(a.lo!, `(${a.lo} >> 31)`, a);
  },
};

/** Integer operators that cannot trap, by mnemonic. */
export const INTEGER_RULES: ReadonlyMap<string, Rule> = new Map([
  ...Object.entries(I32_RULES).map(([name, rule]) => [`i32.${name}`, rule] as const),
  ...Object.entries(I64_RULES).map(([name, rule]) => [`i64.${name}`, rule] as const),
  ...Object.entries(CONVERSIONS),
]);

/** Operators that are run out of line by the machine's own implementation, by mnemonic. */
export const OUT_OF_LINE: ReadonlyMap<string, number> = new Map(
  [
    "i32.popcnt",
    "i64.ctz",
    "i64.popcnt",
    "i64.trunc_f32_s",
    "i64.trunc_f32_u",
    "i64.trunc_f64_s",
    "i64.trunc_f64_u",
    "i32.trunc_sat_f32_s",
    "i32.trunc_sat_f32_u",
    "i32.trunc_sat_f64_s",
    "i32.trunc_sat_f64_u",
    "i64.trunc_sat_f32_s",
    "i64.trunc_sat_f32_u",
    "i64.trunc_sat_f64_s",
    "i64.trunc_sat_f64_u",
    "f32.convert_i64_s",
    "f32.convert_i64_u",
    "f32.copysign",
    "f64.copysign",
    "f32.nearest",
    "f64.nearest",
  ].map((name) => [
    name,
    (OP as unknown as { readonly [name: string]: number })[name.toUpperCase().replaceAll(".", "_")]!,
  ]),
);
