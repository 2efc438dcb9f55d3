import { constantOf, type Operand } from "./operand.ts";
import type { Writer } from "./writer.ts";

/** Writes one numeric operator: pops its operands and pushes its result. Spec: Numerics. */
export type Rule = (w: Writer) => void;

/** What an operator needs beyond the writer where it may leave for the machine, which then traps. */
export interface Leaving {
  /** Leaves before the operator if the condition holds; the operands as they were before it. */
  leaveIf(condition: string, ...operands: readonly Operand[]): void;
}

export const unsigned = (x: string): string => {
  const value = constantOf(x);
  return value === undefined ? `(${x} >>> 0)` : `${value >>> 0}`;
};

export function binary32(make: (a: string, b: string) => string): Rule {
  return (w) => {
    const [a, b] = w.popAll(2) as [Operand, Operand];
    w.pushI32(make(a.lo!, b.lo!), a, b);
  };
}
export function unary32(make: (a: string) => string): Rule {
  return (w) => {
    const a = w.pop();
    w.pushI32(make(a.lo!), a);
  };
}
export function compare32(make: (a: string, b: string) => string): Rule {
  return (w) => {
    const [a, b] = w.popAll(2) as [Operand, Operand];
    w.pushCondition(make(a.lo!, b.lo!), a, b);
  };
}
/** For expressions that read their first operand, or both, more than once. */
export function twice32(make: (a: string, b: string) => string): Rule {
  return (w) => {
    const [a, b] = w.atoms(w.popAll(2)) as [Operand, Operand];
    w.pushI32(make(a.lo!, b.lo!), a, b);
  };
}
