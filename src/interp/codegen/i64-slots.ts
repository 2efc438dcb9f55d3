import { I64 } from "../../decoder/module.ts";
import { constantOf, type Operand, readsOf } from "./operand.ts";
import type { Leaving, Rule } from "./rules.ts";
import { bigOf, powerOf2, slotBig, slotHigh, slotOf, slotOperand, slotSigned } from "./slots.ts";
import { RESET, type Writer } from "./writer.ts";

function push(w: Writer, big: string, isExact: boolean, ...from: readonly Operand[]): void {
  w.push({ type: I64, lo: undefined, hi: undefined, number: undefined, big, isExact, ...readsOf(...from) });
}

function binary(operator: string): Rule {
  return (w) => {
    const [a, b] = inOrder(w, w.popAllAsTheyAre(2) as [Operand, Operand], operator !== "-");
    const [x, y] = [bigOf(a), bigOf(b)];
    // What is masked by a number that is not negative is no larger.
    const isExact =
      operator === "&"
        ? x.isExact || y.isExact
        : (operator === "|" || operator === "^") && x.isExact && y.isExact;
    push(w, `(${x.text} ${operator} ${y.text})`, isExact, a, b);
  };
}

/**
 * The operands so that V8 makes no object of the first one, as it does of what is more than a word where it might have
 * to go back to the interpreter while that waits: which is while lanes are put together.
 */
function inOrder(w: Writer, [a, b]: readonly [Operand, Operand], mayChange: boolean): [Operand, Operand] {
  const [first, second] = [bigOf(a).text, bigOf(b).text];
  const isWord = slotOf(a) !== undefined || /^\d+n$/.test(first);
  if (isWord || !second.includes("BigInt(")) return [a, b];
  return mayChange && !first.includes("BigInt(") ? [b, a] : [a, w.inSlot(b)];
}

/** An operand that may be read twice, exactly. */
function exact(w: Writer, operand: Operand): Operand {
  return slotOf(operand) === undefined ? w.inSlot(operand) : operand;
}

/** By a constant; by lanes otherwise. */
function shift(by: (w: Writer, a: Operand, n: number) => void, otherwise: Rule): Rule {
  return (w) => {
    const count = constantOf(w.stack.at(-1)!.lo);
    if (count === undefined) {
      otherwise(w);
      return;
    }
    w.pop();
    const a = w.popAsItIs();
    const n = count & 63;
    if (n === 0) w.push(a);
    else by(w, a, n);
  };
}

/** By any count: a product. */
function shiftLeft(w: Writer): void {
  const count = w.pop();
  const a = w.popAsItIs();
  push(w, `(${powerOf2(count.lo!)} * ${bigOf(a).text})`, false, a, count);
}

function rotate(w: Writer, operand: Operand, n: number): void {
  const a = exact(w, operand);
  push(w, `(${a.big} << ${n}n | ${a.big} >> ${64 - n}n)`, false, a);
}

/** The i64 operators that are written for slots, by mnemonic, given how they are written for lanes. */
export function slotRules(lanes: ReadonlyMap<string, Rule>): ReadonlyMap<string, Rule> {
  const by = (name: string): Rule => lanes.get(`i64.${name}`)!;
  const rules: { readonly [name: string]: Rule } = {
    add: binary("+"),
    sub: binary("-"),
    mul: binary("*"),
    and: binary("&"),
    or: binary("|"),
    xor: binary("^"),
    shl: shift((w, a, n) => push(w, `(${bigOf(a).text} << ${n}n)`, false, a), shiftLeft),
    shr_u: shift((w, operand, n) => {
      const { isExact } = bigOf(operand);
      const a = isExact ? operand : exact(w, operand);
      push(w, `(${bigOf(a).text} >> ${n}n)`, true, a);
    }, by("shr_u")),
    shr_s: shift((w, operand, n) => {
      const a = exact(w, operand);
      push(w, `(${slotSigned(slotOf(a)!)} >> ${n}n)`, false, a);
    }, by("shr_s")),
    rotl: shift(rotate, by("rotl")),
    rotr: shift((w, a, n) => rotate(w, a, 64 - n), by("rotr")),
  };
  return new Map(Object.entries(rules).map(([name, rule]) => [`i64.${name}`, rule]));
}

const divide =
  (helper: string, operator: string) =>
  (w: Writer, leaving: Leaving): void => {
    const [a, b] = w.popAll(2).map((operand) => exact(w, operand)) as [Operand, Operand];
    leaving.leaveIf(`(${b.lo} | ${b.hi}) === 0`, a, b);
    const [x, y] = [slotOf(a)!, slotOf(b)!];
    const slot = w.temporarySlot();
    const long = `h.${helper}(${slot}, ${x}, ${y});`;
    // V8 divides signed words only.
    const short = `${slotSigned(slot)} = ${slotSigned(x)} ${operator} ${slotSigned(y)};`;
    w.emit(`if ((${slotHigh(x)} | ${slotHigh(y)}) >= 0) { ${short} } else { ${RESET} ${long} }`);
    w.release(a, b);
    w.push(slotOperand(slot, [], [slotBig(slot)]));
  };

/** Divisions, which may trap. */
export const SLOT_DIVISION_RULES: { readonly [name: string]: (w: Writer, leaving: Leaving) => void } = {
  "i64.div_u": divide("divideSlots", "/"),
  "i64.rem_u": divide("remainderSlots", "%"),
};
