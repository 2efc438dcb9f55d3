import { F32, F64, I32, I64, type ValType } from "../../decoder/module.ts";
import {
  constantOf,
  isAtom,
  isFloat,
  isWide,
  type NaNBits,
  type Operand,
  type Reads,
  readsOf,
} from "./operand.ts";
import { bigOf, MAX_SLOTS, slotBig, slotHigh, slotLow, slotOperand } from "./slots.ts";

/** Longer expressions are given a name: nesting is the module's to choose, and the engine's parser recurses. */
const MAX_EXPRESSION = 240;

/** The lanes of the canonical NaN. */
export const CANONICAL: { readonly [type: number]: NaNBits } = {
  [F32]: { lo: "2143289344", hi: "0" },
  [F64]: { lo: "0", hi: "2146959360" },
};

/** Stands for saying that no access is under way, before something else is called. */
export const RESET = "/*reset*/";

/** How a local is kept: integers in lanes; floats as numbers, with lanes beside where a NaN may not be canonical. */
export type LocalForm = "lanes" | "number" | "number-with-lanes";

export const low = (local: number): string => `l${local}`;
export const high = (local: number): string => `h${local}`;
export const float = (local: number): string => `d${local}`;

/**
 * Writes JavaScript statements and keeps the operand stack as expressions that are not evaluated yet.
 *
 * What may be put off: expressions over locals and temporaries, until one of those locals is written; loads, until
 * something is written, traps or leaves (`isEager`), and always in their order, since each may trap.
 */
export class Writer {
  readonly lines: string[] = [];
  readonly stack: Operand[] = [];
  readonly localTypes: readonly ValType[];
  readonly forms: LocalForm[];
  /** Whether the local forms turned out too narrow: the function has to be written again with `forms`. */
  isStale = false;
  /** The locals that were written, one after the other. */
  readonly written: number[] = [];
  /** Whether there were not enough slots. */
  isOutOfSlots = false;
  temporaryCount = 0;
  usesMemory = false;
  usesGlobals = false;
  private free: string[] = [];
  /** The slot of each i64 local, in a function that has them in slots. */
  readonly slots: readonly (number | undefined)[] | undefined;
  private slotCount = 0;
  private freeSlots: number[] = [];
  /** What reading a local pushes, made once: most operators are that. */
  private readonly localOperands: (Operand | undefined)[] = [];

  constructor(localTypes: readonly ValType[], forms: LocalForm[], hasSlots: boolean) {
    this.localTypes = localTypes;
    this.forms = forms;
    if (hasSlots) this.slots = localTypes.map((type) => (type === I64 ? this.slotCount++ : undefined));
  }

  low(local: number): string {
    const slot = this.slots?.[local];
    return slot === undefined ? `l${local}` : slotLow(slot);
  }
  high(local: number): string {
    const slot = this.slots?.[local];
    return slot === undefined ? `h${local}` : slotHigh(slot);
  }

  emit(line: string): void {
    this.lines.push(line);
  }

  // --- temporaries ---------------------------------------------------------------------------------------------

  temporary(): string {
    return this.free.pop() ?? `t${this.temporaryCount++}`;
  }
  temporarySlot(): number {
    const slot = this.freeSlots.pop() ?? this.slotCount++;
    if (slot >= MAX_SLOTS) this.isOutOfSlots = true;
    return slot;
  }
  /** The operand has been evaluated for the last time. */
  release(...operands: readonly Operand[]): void {
    for (const { temporaries } of operands) {
      for (const name of temporaries) {
        if (name.startsWith("B")) this.freeSlots.push(Number(name.slice(2, -1)));
        else this.free.push(name);
      }
    }
  }
  // --- the stack -----------------------------------------------------------------------------------------------

  push(operand: Operand): void {
    const { lo, hi, number, big } = operand;
    const length = (lo?.length ?? 0) + (hi?.length ?? 0) + (number?.length ?? 0) + (big?.length ?? 0);
    this.stack.push(length > MAX_EXPRESSION ? this.atom(operand) : operand);
  }
  pop(): Operand {
    return this.laned(this.popAsItIs());
  }
  /** The top `count` operands, bottom first. */
  popAll(count: number): Operand[] {
    return this.popAllAsTheyAre(count).map((operand) => this.laned(operand));
  }
  /** Perhaps a BigInt without lanes, as are the next. */
  popAsItIs(): Operand {
    return this.stack.pop()!;
  }
  popAllAsTheyAre(count: number): Operand[] {
    return this.stack.splice(this.stack.length - count, count);
  }
  private laned(operand: Operand): Operand {
    return operand.lo === undefined && operand.big !== undefined ? this.atom(operand) : operand;
  }

  /** Forgets the operands above `height`. */
  dropTo(height: number): void {
    this.release(...this.stack.splice(height));
  }

  pushI32(lo: string, ...from: readonly Operand[]): void {
    this.push({ type: I32, lo, hi: undefined, number: undefined, ...readsOf(...from) });
  }
  pushCondition(condition: string, ...from: readonly Operand[]): void {
    const lo = `(${condition} ? 1 : 0)`;
    this.push({ type: I32, lo, hi: undefined, number: undefined, condition, ...readsOf(...from) });
  }
  pushI64(lo: string, hi: string, ...from: readonly Operand[]): void {
    this.push({ type: I64, lo, hi, number: undefined, ...readsOf(...from) });
  }
  pushNumber(type: ValType, number: string, nan: NaNBits | undefined, ...from: readonly Operand[]): void {
    this.push({ type, lo: undefined, hi: undefined, number, ...(nan ? { nan } : {}), ...readsOf(...from) });
  }
  /** Pushes lanes that have names of their own. */
  pushLanes(type: ValType, lo: string, hi: string | undefined, ownsNames: boolean): void {
    const temporaries = ownsNames ? (hi === undefined ? [lo] : [lo, hi]) : [];
    this.push({ type, lo, hi, number: undefined, locals: [], temporaries, isEager: false });
  }
  pushLocal(local: number): void {
    const known = this.localOperands[local] ?? this.localOperand(local);
    this.localOperands[local] = known;
    this.stack.push(known);
  }
  private localOperand(local: number): Operand {
    const type = this.localTypes[local]!;
    const reads: Reads = { locals: [local], temporaries: [], isEager: false };
    const slot = this.slots?.[local];
    if (slot !== undefined) return slotOperand(slot, [local], []);
    const hi = isWide(type) ? high(local) : undefined;
    if (!isFloat(type)) return { type, lo: low(local), hi, number: undefined, ...reads };
    const number = { type, lo: undefined, hi: undefined, number: float(local), ...reads };
    return this.forms[local] === "number" ? number : { ...number, nan: { lo: low(local), hi: hi ?? "0" } };
  }

  /** Evaluates what has not been evaluated of the operand: what comes back can be read any number of times. */
  atom(operand: Operand): Operand {
    if (operand.isEager) this.settleEager();
    const { lo, hi, number, nan, isEager } = operand;
    const parts = [lo, hi, number, nan?.lo, nan?.hi, lo === undefined ? operand.big : undefined];
    return !isEager && parts.every((part) => part === undefined || isAtom(part))
      ? operand
      : this.named(operand);
  }
  /** Puts every part of the operand that is no constant into a temporary. */
  private named(operand: Operand): Operand {
    const { lo, hi, number, nan, type } = operand;
    if (operand.big !== undefined) return this.inSlot(operand);
    const temporaries: string[] = [];
    const name = (expression: string | undefined): string | undefined => {
      if (expression === undefined || constantOf(expression) !== undefined) return expression;
      const made = this.temporary();
      this.emit(`${made} = ${expression};`);
      temporaries.push(made);
      return made;
    };
    const made = {
      type,
      lo: name(lo),
      hi: name(hi),
      // Constants have both; what else has lanes is cheaper to make a number of again than to keep twice.
      number: lo === undefined ? name(number) : constantOf(lo) !== undefined ? number : undefined,
      ...(nan === undefined ? {} : { nan: { lo: name(nan.lo)!, hi: isWide(type) ? name(nan.hi)! : "0" } }),
      locals: [],
      temporaries,
      isEager: false,
    };
    this.release(operand);
    return made;
  }
  /** Puts an i64 into a slot of its own, in a function with slots. */
  inSlot(operand: Operand): Operand {
    const slot = this.temporarySlot();
    this.emit(`${slotBig(slot)} = ${bigOf(operand).text};`);
    this.release(operand);
    return slotOperand(slot, [], [slotBig(slot)]);
  }
  /** The same for several, in the order in which the module would. */
  atoms(operands: readonly Operand[]): Operand[] {
    return operands.map((operand) => this.atom(operand));
  }

  /** Evaluates the operands on the stack that `wanted` names, in order. */
  private settle(wanted: (operand: Operand) => boolean): void {
    for (let i = 0; i < this.stack.length; i++) {
      const operand = this.stack[i]!;
      if (wanted(operand)) this.stack[i] = this.named(operand);
    }
  }
  /** Before something that is written, traps or leaves. */
  settleEager(): void {
    if (this.stack.some(({ isEager }) => isEager)) this.settle(({ isEager }) => isEager);
  }
  /** Before `local` is written. */
  settleLocal(local: number): void {
    if (!this.stack.some(({ locals }) => locals.includes(local))) return;
    this.settle(({ isEager, locals }) => isEager || locals.includes(local));
  }
  /** Before control can reach what follows by more than one way: constants and temporaries stay as they are. */
  settleAll(): void {
    this.settle(({ locals, isEager, lo, hi, number, nan, big }) => {
      if (isEager || locals.length > 0) return true;
      return ![lo, hi, number, nan?.lo, nan?.hi, lo === undefined ? big : undefined].every(
        (part) => part === undefined || isAtom(part),
      );
    });
  }

  // --- floats --------------------------------------------------------------------------------------------------

  /** A float as an operand that has a number. */
  numbered(operand: Operand): Operand & { readonly number: string } {
    if (operand.number !== undefined) return operand as Operand & { readonly number: string };
    const atom = this.atom(operand);
    return { ...atom, number: numberOfLanes(atom.type, atom.lo!, atom.hi) };
  }

  /** Any operand with lanes, as atoms or expressions to be read once each. */
  lanesOf(operand: Operand): Operand {
    if (operand.lo !== undefined) return operand;
    if (operand.load !== undefined) return this.loaded(operand);
    const { type, number, nan, locals, temporaries } = this.atom(operand);
    const bits = nan ?? CANONICAL[type]!;
    const lo = this.temporary();
    if (type === F32) {
      this.emit(
        `if (${number} === ${number}) { Y[0] = ${number}; ${lo} = W[0]; } else { ${lo} = ${bits.lo}; }`,
      );
      return {
        type,
        lo,
        hi: undefined,
        number: undefined,
        locals,
        temporaries: [...temporaries, lo],
        isEager: false,
      };
    }
    const hi = this.temporary();
    this.emit(
      `if (${number} === ${number}) { X[0] = ${number}; ${lo} = W[0]; ${hi} = W[1]; } else { ${lo} = ${bits.lo}; ${hi} = ${bits.hi}; }`,
    );
    return { type, lo, hi, number: undefined, locals, temporaries: [...temporaries, lo, hi], isEager: false };
  }

  private loaded(operand: Operand): Operand {
    this.settleEager();
    const { type, load } = operand;
    const hi = load!.hi === undefined ? undefined : this.temporary();
    const lo = this.temporary();
    if (hi !== undefined) this.emit(`${hi} = ${load!.hi};`);
    this.emit(`${lo} = ${load!.lo};`);
    this.release(operand);
    const temporaries = hi === undefined ? [lo] : [lo, hi];
    return { type, lo, hi, number: undefined, locals: [], temporaries, isEager: false };
  }
}

/** The number with these bits; both are atoms, as W is scratch. */
export function numberOfLanes(type: ValType, lo: string, hi: string | undefined): string {
  return type === F64 ? `(W[0] = ${lo}, W[1] = ${hi}, X[0])` : `(W[0] = ${lo}, Y[0])`;
}
