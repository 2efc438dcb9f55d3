import { I64 } from "../../decoder/module.ts";
import { constantOf, type Operand } from "./operand.ts";
import { type Rule, unsigned } from "./rules.ts";
import type { Writer } from "./writer.ts";

// An i64 is two lanes here; see `i64-slots.ts` for the other way.

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

export const I64_RULES: { readonly [name: string]: Rule } = {
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
