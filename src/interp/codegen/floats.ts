import { F32, F64, I32, type ValType } from "../../decoder/module.ts";
import type { Operand } from "./operand.ts";
import type { Leaving, Rule } from "./rules.ts";
import { CANONICAL, type Writer } from "./writer.ts";

// Floats are JavaScript numbers here, and what arithmetic gives is canonical if it is NaN (deterministic profile);
// `Operand.nan` says what the bits are where they are not.

const rounded = (type: ValType, expression: string): string =>
  type === F32 ? `Math.fround(${expression})` : `(${expression})`;

function binary(type: ValType, make: (a: string, b: string) => string): Rule {
  return (w) => {
    const [a, b] = numbers(w, w.popAll(2));
    w.pushNumber(type, rounded(type, make(a.number, b.number)), undefined, a, b);
  };
}
function unary(type: ValType, make: (a: string) => string): Rule {
  return (w) => {
    const a = w.numbered(w.pop());
    w.pushNumber(type, make(a.number), undefined, a);
  };
}
function compare(operator: string): Rule {
  return (w) => {
    const [a, b] = numbers(w, w.popAll(2));
    w.pushCondition(`${a.number} ${operator} ${b.number}`, a, b);
  };
}

type Numbered = Operand & { readonly number: string };

/** Both as numbers, evaluated in order. */
function numbers(w: Writer, [a, b]: readonly Operand[]): [Numbered, Numbered] {
  // Making a number of lanes may evaluate them now: what is below must not be left for later.
  const isPlain = b!.number !== undefined;
  const first = w.numbered(isPlain ? a! : w.atom(a!));
  return [first, w.numbered(b!)];
}

/** `abs` and `neg` work on the sign bit, also of a NaN. */
function sign(type: ValType, isNegated: boolean): Rule {
  return (w) => {
    const operand = w.pop();
    const change = (word: string): string =>
      isNegated ? `(${word} ^ -2147483648)` : `(${word} & 2147483647)`;
    if (operand.lo !== undefined) {
      const { lo, hi } = operand;
      const lanes = type === F64 ? { lo, hi: change(hi!) } : { lo: change(lo), hi: undefined };
      w.push({ ...operand, ...lanes, number: undefined });
      return;
    }
    const a = w.atom(operand);
    const number = isNegated ? `(- ${a.number})` : `Math.abs(${a.number})`;
    if (a.nan === undefined && !isNegated) {
      w.pushNumber(type, number, undefined, a);
      return;
    }
    const bits = a.nan ?? CANONICAL[type]!;
    const nan = type === F64 ? { lo: bits.lo, hi: change(bits.hi) } : { lo: change(bits.lo), hi: "0" };
    w.pushNumber(type, number, nan, a);
  };
}

function rulesOf(type: ValType, name: string): [string, Rule][] {
  const same = (f: string): Rule => unary(type, (a) => `${f}(${a})`);
  return Object.entries({
    add: binary(type, (a, b) => `${a} + ${b}`),
    sub: binary(type, (a, b) => `${a} - ${b}`),
    mul: binary(type, (a, b) => `${a} * ${b}`),
    div: binary(type, (a, b) => `${a} / ${b}`),
    min: binary(type, (a, b) => `Math.min(${a}, ${b})`),
    max: binary(type, (a, b) => `Math.max(${a}, ${b})`),
    sqrt: unary(type, (a) => rounded(type, `Math.sqrt(${a})`)),
    // Of an f32 all these are f32s.
    ceil: same("Math.ceil"),
    floor: same("Math.floor"),
    trunc: same("Math.trunc"),
    abs: sign(type, false),
    neg: sign(type, true),
    eq: compare("==="),
    ne: compare("!=="),
    lt: compare("<"),
    gt: compare(">"),
    le: compare("<="),
    ge: compare(">="),
  }).map(([operator, rule]) => [`${name}.${operator}`, rule]);
}

function fromInteger(type: ValType, make: (lo: string, hi: string) => string): Rule {
  return (w) => {
    const a = w.pop();
    w.pushNumber(
      type,
      type === F32 ? `Math.fround(${make(a.lo!, a.hi!)})` : make(a.lo!, a.hi!),
      undefined,
      a,
    );
  };
}

function reinterpreted(type: ValType): Rule {
  return (w) => {
    const { condition: _, ...a } = w.lanesOf(w.pop());
    w.push({ ...a, type, number: undefined });
  };
}

/** Float operators that cannot trap, by mnemonic. */
export const FLOAT_RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...rulesOf(F32, "f32"),
  ...rulesOf(F64, "f64"),
  ["f64.promote_f32", unary(F64, (a) => a)],
  ["f32.demote_f64", unary(F32, (a) => `Math.fround(${a})`)],
  ["f32.convert_i32_s", fromInteger(F32, (lo) => lo)],
  ["f32.convert_i32_u", fromInteger(F32, (lo) => `(${lo} >>> 0)`)],
  ["f64.convert_i32_s", fromInteger(F64, (lo) => `(+${lo})`)],
  ["f64.convert_i32_u", fromInteger(F64, (lo) => `(${lo} >>> 0)`)],
  // One rounding, that of the sum: the high word times 2^32 is exact.
  ["f64.convert_i64_s", fromInteger(F64, (lo, hi) => `(${hi} * 4294967296 + (${lo} >>> 0))`)],
  ["f64.convert_i64_u", fromInteger(F64, (lo, hi) => `((${hi} >>> 0) * 4294967296 + (${lo} >>> 0))`)],
  ["i32.reinterpret_f32", reinterpreted(I32)],
  ["i64.reinterpret_f64", reinterpreted(0x7e)],
  ["f32.reinterpret_i32", reinterpreted(F32)],
  ["f64.reinterpret_i64", reinterpreted(F64)],
]);

const truncation =
  (isSigned: boolean) =>
  (w: Writer, leaving: Leaving): void => {
    const a = w.numbered(w.atom(w.pop()));
    const x = w.temporary();
    w.emit(`${x} = ${a.number};`);
    const range = isSigned ? `${x} > -2147483649 && ${x} < 2147483648` : `${x} > -1 && ${x} < 4294967296`;
    leaving.leaveIf(`!(${range})`, a);
    w.pushI32(`(${x} | 0)`, { ...a, temporaries: [...a.temporaries, x] });
  };

/** Truncations that trap for what no i32 is: the machine's to do. */
export const TRUNCATION_RULES: { readonly [name: string]: (w: Writer, leaving: Leaving) => void } = {
  "i32.trunc_f32_s": truncation(true),
  "i32.trunc_f64_s": truncation(true),
  "i32.trunc_f32_u": truncation(false),
  "i32.trunc_f64_u": truncation(false),
};
