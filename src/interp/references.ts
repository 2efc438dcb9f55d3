import type { RefType } from "../decoder/module.ts";
import { FUNCREF } from "../decoder/module.ts";
import type { Func } from "./func.ts";

/** What an externref may be besides null: any JavaScript value. */
export type HostReference = object | string | number | bigint | boolean | symbol | undefined;
/** A reference at the JavaScript edge: a function of the engine for funcref, anything for externref; null for both. */
export type Reference = HostReference | null;

/** -0 and 0 are different values, but one key of a map. */
const NEGATIVE_ZERO = Symbol("-0");

/**
 * The references that are in frames, by the numbers that stand for them there: frames are lanes of int32. Tables and
 * globals hold the references themselves. So numbers need to hold no longer than frames do: when the outermost call has
 * returned they all are given up, and what they stood for can be collected. Nothing that a module can do shows a number.
 */
export class References {
  private readonly numbers = new Map<Reference | typeof NEGATIVE_ZERO, number>();
  /** By number. 0, which frames begin with, is null. */
  private readonly values: Reference[] = [null];
  private isRetained = false;

  numberOf(reference: Reference): number {
    if (reference === null) return 0;
    const key = Object.is(reference, -0) ? NEGATIVE_ZERO : reference;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.values.length;
      this.numbers.set(key, number);
      this.values.push(reference);
    }
    return number;
  }

  /** @throws TypeError for a number that stands for nothing, which no frame holds */
  referenceOf(number: number): Reference {
    if (number >= this.values.length || number < 0)
      throw new TypeError(`no reference has the number ${number}`);
    return this.values[number]!;
  }

  /** From now on numbers stay: paused executions hold them outside of frames. */
  retain(): void {
    this.isRetained = true;
  }

  /** No frame is left. */
  release(): void {
    if (this.isRetained || this.values.length === 1) return;
    this.numbers.clear();
    this.values.length = 1;
  }
}

/** Whether a JavaScript value is one of a reference type. */
export function isReferenceOf(type: RefType, value: unknown): value is Reference {
  if (type !== FUNCREF || value === null) return true;
  const kind = typeof value === "object" ? (value as Partial<Func>).kind : undefined;
  return kind === "wasm" || kind === "host";
}
