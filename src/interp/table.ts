import type { TableType } from "../decoder/module.ts";
import type { Func } from "./func.ts";

/** A table of function references; null is an uninitialised element. */
export class Table {
  readonly type: TableType;
  readonly elements: readonly (Func | null)[];
  /** Counts changes, so that instances know when what they derived from the elements is stale. */
  version = 0;

  constructor(type: TableType) {
    this.type = type;
    this.elements = new Array<Func | null>(type.min).fill(null);
  }

  /** @throws RangeError if `index` is not that of an element. */
  set(index: number, func: Func | null): void {
    if (!(index >= 0 && index < this.elements.length)) throw new RangeError(`no table element ${index}`);
    (this.elements as (Func | null)[])[index] = func;
    this.version++;
  }

  /**
   * Appends `delta` elements and returns the old size, or -1, unchanged, where the type's maximum or `limit` forbids it.
   */
  grow(delta: number, func: Func | null, limit: number): number {
    const old = this.elements.length;
    if (old + delta > Math.min(this.type.max ?? 0xffffffff, limit)) return -1;
    for (let i = 0; i < delta; i++) (this.elements as (Func | null)[]).push(func);
    this.version++;
    return old;
  }
}
