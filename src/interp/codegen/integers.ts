import { I64 } from "../../decoder/module.ts";
import * as OP from "../machine/instructions.ts";
import { constantOf, type Operand } from "./operand.ts";
import { RESET, type Writer } from "./writer.ts";

/** Writes one numeric operator: pops its operands and pushes its result. Spec: Numerics. */
export type Rule = (w: Writer) => void;

/** What an operator needs beyond the writer where it may leave for the machine, which then traps. */
export interface Leaving {
  /** Leaves before the operator if the condition holds; the operands as they were before it. */
  leaveIf(condition: string, ...operands: readonly Operand[]): void;
}

const unsigned = (x: string): string => {
  const value = constantOf(x);
  return value === undefined ? `(${x} >>> 0)` : `${value >>> 0}`;
};

function binary32(make: (a: string, b: string) => string): Rule {
  return (w) => {
    const [a, b] = w.popAll(2) as [Operand, Operand];
    w.pushI32(make(a.lo!, b.lo!), a, b);
  };
}
function unary32(make: (a: string) => string): Rule {
  return (w) => {
    const a = w.pop();
    w.pushI32(make(a.lo!), a);
  };
}
function compare32(make: (a: string, b: string) => string): Rule {
  return (w) => {
    const [a, b] = w.popAll(2) as [Operand, Operand];
    w.pushCondition(make(a.lo!, b.lo!), a, b);
  };
}
/** For expressions that read their first operand, or both, more than once. */
function twice32(make: (a: string, b: string) => string): Rule {
  return (w) => {
    const [a, b] = w.atoms(w.popAll(2)) as [Operand, Operand];
    w.pushI32(make(a.lo!, b.lo!), a, b);
  };
}

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

// --- i64 -----------------------------------------------------------------------------------------------------

function lanewise(make: (a: string, b: string) => string): Rule {
  return (w) => {
    const [a, b] = w.popAll(2) as [Operand, Operand];
    w.pushI64(make(a.lo!, b.lo!), make(a.hi!, b.hi!), a, b);
  };
}
function compare64(make: (al: string, ah: string, bl: string, bh: string) => string): Rule {
  return (w) => {
    const [a, b] = w.atoms(w.popAll(2)) as [Operand, Operand];
    w.pushCondition(make(a.lo!, a.hi!, b.lo!, b.hi!), a, b);
  };
}
/** An order of the high words, and of the low ones where those are equal. */
function order64(isSigned: boolean, strict: string, low: string): Rule {
  const high = isSigned ? (x: string) => x : unsigned;
  return compare64(
    (al, ah, bl, bh) =>
      `${high(ah)} ${strict} ${high(bh)} || ${ah} === ${bh} && ${unsigned(al)} ${low} ${unsigned(bl)}`,
  );
}

/** A shift or rotation by a constant from 1 to 63 but 32: the lanes. */
type ConstantShift = (al: string, ah: string, n: number) => readonly [string, string];
/** The same by any count in `y`; only its lowest six bits matter. */
type VariableShift = (al: string, ah: string, y: string) => readonly [string, string];

function shift64(by: ConstantShift, byAny: VariableShift): Rule {
  return (w) => {
    const [first, count] = w.popAll(2) as [Operand, Operand];
    const constant = constantOf(count.lo);
    if (constant !== undefined) {
      const n = constant & 63;
      if (n === 0) {
        w.push(first);
        return;
      }
      const a = w.atom(first);
      w.pushI64(...by(a.lo!, a.hi!, n), a);
      return;
    }
    const [a, b] = w.atoms([first, count]) as [Operand, Operand];
    w.pushI64(...byAny(a.lo!, a.hi!, b.lo!), a, b);
  };
}
const ternary = (y: string, whenLarge: string, whenSmall: string): string =>
  `((${y} & 32) !== 0 ? ${whenLarge} : ${whenSmall})`;
const by = (operator: string, x: string, n: number): string => (n === 0 ? x : `${x} ${operator} ${n}`);

const rotl64: ConstantShift = (al, ah, n) => {
  if (n === 32) return [ah, al];
  const [l, h] = n > 32 ? [ah, al] : [al, ah];
  const k = n & 31;
  return [`(${l} << ${k} | ${h} >>> ${32 - k})`, `(${h} << ${k} | ${l} >>> ${32 - k})`];
};

const I64_RULES: { readonly [name: string]: Rule } = {
  add: (w) => {
    const [a, b] = w.popAll(2) as [Operand, Operand];
    const x = w.atom(a);
    const lo = w.temporary();
    w.emit(`${lo} = ${x.lo} + ${b.lo} | 0;`);
    const carry = `((${lo} >>> 0) < ${unsigned(x.lo!)} | 0)`;
    const sum = b.hi === "0" ? x.hi : `${x.hi} + ${b.hi}`;
    pushOwning(w, lo, `(${sum} + ${carry} | 0)`, x, b);
  },
  sub: (w) => {
    const [a, b] = w.atoms(w.popAll(2)) as [Operand, Operand];
    const borrow = `(${unsigned(a.lo!)} < ${unsigned(b.lo!)} | 0)`;
    w.pushI64(`(${a.lo} - ${b.lo} | 0)`, `(${a.hi} - ${b.hi} - ${borrow} | 0)`, a, b);
  },
  // The high word of the 32x32 product by doubles: the product is off by at most 2^10, so after taking the exact low
  // word away and scaling by 2^-32, rounding gives it exactly.
  mul: (w) => {
    const [a, b] = w.atoms(w.popAll(2)) as [Operand, Operand];
    const lo = w.temporary();
    w.emit(`${lo} = Math.imul(${a.lo}, ${b.lo});`);
    const product = `${unsigned(a.lo!)} * ${unsigned(b.lo!)}`;
    let hi = `((${product} - (${lo} >>> 0)) * 2.3283064365386963e-10 + 0.5 | 0)`;
    if (b.hi !== "0") hi += ` + Math.imul(${a.lo}, ${b.hi})`;
    if (a.hi !== "0") hi += ` + Math.imul(${a.hi}, ${b.lo})`;
    pushOwning(w, lo, `(${hi} | 0)`, a, b);
  },
  and: lanewise((a, b) => (a === "0" || b === "0" ? "0" : b === "-1" ? a : `(${a} & ${b})`)),
  or: lanewise((a, b) => (b === "0" ? a : a === "0" ? b : `(${a} | ${b})`)),
  xor: lanewise((a, b) => (b === "0" ? a : a === "0" ? b : `(${a} ^ ${b})`)),
  shl: shift64(
    (al, ah, n) =>
      n >= 32
        ? (["0", by("<<", al, n - 32)].map(parenthesised2) as [string, string])
        : [`(${al} << ${n})`, `(${ah} << ${n} | ${al} >>> ${32 - n})`],
    (al, ah, y) => [
      ternary(y, "0", `${al} << ${y}`),
      ternary(y, `${al} << ${y}`, `${ah} << ${y} | ${al} >>> 1 >>> (31 - ${y})`),
    ],
  ),
  shr_u: shift64(
    (al, ah, n) =>
      n >= 32
        ? [n === 32 ? ah : `(${ah} >>> ${n - 32})`, "0"]
        : [`(${al} >>> ${n} | ${ah} << ${32 - n})`, `(${ah} >>> ${n})`],
    (al, ah, y) => [
      ternary(y, `${ah} >>> ${y} | 0`, `${al} >>> ${y} | ${ah} << 1 << (31 - ${y})`),
      ternary(y, "0", `${ah} >>> ${y} | 0`),
    ],
  ),
  shr_s: shift64(
    (al, ah, n) =>
      n >= 32
        ? [n === 32 ? ah : `(${ah} >> ${n - 32})`, `(${ah} >> 31)`]
        : [`(${al} >>> ${n} | ${ah} << ${32 - n})`, `(${ah} >> ${n})`],
    (al, ah, y) => [
      ternary(y, `${ah} >> ${y}`, `${al} >>> ${y} | ${ah} << 1 << (31 - ${y})`),
      ternary(y, `${ah} >> 31`, `${ah} >> ${y}`),
    ],
  ),
  rotl: shift64(rotl64, (al, ah, y) => [
    ternary(y, `${ah} << ${y} | ${al} >>> 1 >>> (31 - ${y})`, `${al} << ${y} | ${ah} >>> 1 >>> (31 - ${y})`),
    ternary(y, `${al} << ${y} | ${ah} >>> 1 >>> (31 - ${y})`, `${ah} << ${y} | ${al} >>> 1 >>> (31 - ${y})`),
  ]),
  rotr: shift64(
    (al, ah, n) => rotl64(al, ah, 64 - n),
    (al, ah, y) => [
      ternary(y, `${ah} >>> ${y} | ${al} << 1 << (31 - ${y})`, `${al} >>> ${y} | ${ah} << 1 << (31 - ${y})`),
      ternary(y, `${al} >>> ${y} | ${ah} << 1 << (31 - ${y})`, `${ah} >>> ${y} | ${al} << 1 << (31 - ${y})`),
    ],
  ),
  clz: (w) => {
    const a = w.atom(w.pop());
    w.pushI64(`(${a.hi} !== 0 ? Math.clz32(${a.hi}) : 32 + Math.clz32(${a.lo}))`, "0", a);
  },
  extend8_s: extended((lo) => `(${lo} << 24 >> 24)`),
  extend16_s: extended((lo) => `(${lo} << 16 >> 16)`),
  extend32_s: extended((lo) => lo),
  eqz: (w) => {
    const a = w.pop();
    w.pushCondition(a.hi === "0" ? `${a.lo} === 0` : `(${a.lo} | ${a.hi}) === 0`, a);
  },
  eq: (w) => {
    const [a, b] = w.popAll(2) as [Operand, Operand];
    w.pushCondition(`${differing(a, b)} === 0`, a, b);
  },
  ne: (w) => {
    const [a, b] = w.popAll(2) as [Operand, Operand];
    w.pushCondition(`${differing(a, b)} !== 0`, a, b);
  },
  lt_s: order64(true, "<", "<"),
  le_s: order64(true, "<", "<="),
  gt_s: order64(true, ">", ">"),
  ge_s: order64(true, ">", ">="),
  lt_u: order64(false, "<", "<"),
  le_u: order64(false, "<", "<="),
  gt_u: order64(false, ">", ">"),
  ge_u: order64(false, ">", ">="),
};

function differing(a: Operand, b: Operand): string {
  const lane = (x: string, y: string): string => (y === "0" ? x : `${x} ^ ${y}`);
  return `(${lane(a.lo!, b.lo!)} | ${lane(a.hi!, b.hi!)})`;
}

const parenthesised2 = (x: string): string => (/ /.test(x) ? `(${x})` : x);

function extended(make: (lo: string) => string): Rule {
  return (w) => {
    const a = w.atom(w.pop());
    const lo = make(a.lo!);
    w.pushI64(lo, `(${lo} >> 31)`, a);
  };
}

/** Pushes an i64 whose low word is in a temporary of its own. */
function pushOwning(w: Writer, lo: string, hi: string, ...from: readonly Operand[]): void {
  const reads = from.flatMap(({ locals }) => locals);
  const temporaries = [lo, ...from.flatMap((operand) => operand.temporaries)];
  w.push({
    type: I64,
    lo,
    hi,
    number: undefined,
    locals: reads,
    temporaries,
    isEager: from.some((o) => o.isEager),
  });
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

// --- division: zero and overflow are the machine's to trap on ---------------------------------------------------

/** Divisions; `leaving` knows how to leave for the machine. */
export const DIVISION_RULES: { readonly [name: string]: (w: Writer, leaving: Leaving) => void } = {
  "i32.div_s": division((a, b) => `(${a} / ${b} | 0)`, true),
  "i32.div_u": division((a, b) => `(${unsigned(a)} / ${unsigned(b)} | 0)`, false),
  // x % -1 is 0, but -2147483648 % -1 is -0 in JavaScript, which costs a deoptimisation: hence the test.
  "i32.rem_s": division(
    (a, b) => (constantOf(b) === undefined ? `(${b} === -1 ? 0 : ${a} % ${b} | 0)` : `(${a} % ${b} | 0)`),
    false,
  ),
  "i64.div_s": division64("divideSigned", "/", true),
  "i64.div_u": division64("divideUnsigned", "/", false),
  "i64.rem_s": division64("remainderSigned", "%", false),
  "i64.rem_u": division64("remainderUnsigned", "%", false),
  "i32.rem_u": division((a, b) => `(${unsigned(a)} % ${unsigned(b)} | 0)`, false),
};

/** Of two words below 2^32 at once; else out of line, which is the machine's own division. */
function division64(helper: string, operator: string, mayOverflow: boolean) {
  return (w: Writer, leaving: Leaving): void => {
    const [a, b] = w.atoms(w.popAll(2)) as [Operand, Operand];
    const overflow = mayOverflow
      ? ` || (${b.lo} & ${b.hi}) === -1 && ${a.lo} === 0 && ${a.hi} === -2147483648`
      : "";
    leaving.leaveIf(`(${b.lo} | ${b.hi}) === 0${overflow}`, a, b);
    const [lo, hi] = [w.temporary(), w.temporary()];
    const short = `${unsigned(a.lo!)} ${operator} ${unsigned(b.lo!)} | 0`;
    const long = `h.${helper}(${a.lo}, ${a.hi}, ${b.lo}, ${b.hi}); ${lo} = W[0]; ${hi} = W[1];`;
    w.emit(`if ((${a.hi} | ${b.hi}) === 0) { ${lo} = ${short}; ${hi} = 0; } else { ${RESET} ${long} }`);
    w.release(a, b);
    w.pushLanes(I64, lo, hi, true);
  };
}

function division(make: (a: string, b: string) => string, mayOverflow: boolean) {
  return (w: Writer, leaving: Leaving): void => {
    const [a, b] = w.popAll(2) as [Operand, Operand];
    const divisor = constantOf(b.lo);
    if (divisor !== undefined && divisor !== 0 && divisor !== -1) {
      w.pushI32(make(a.lo!, b.lo!), a, b);
      return;
    }
    const [x, y] = w.atoms([a, b]) as [Operand, Operand];
    const overflow = mayOverflow ? ` || ${y.lo} === -1 && ${x.lo} === -2147483648` : "";
    leaving.leaveIf(`${y.lo} === 0${overflow}`, x, y);
    w.pushI32(make(x.lo!, y.lo!), x, y);
  };
}

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
