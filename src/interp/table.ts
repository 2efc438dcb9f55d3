import type { TableType } from "../decoder/module.ts";
import { isReferenceOf, type Reference } from "./references.ts";

/** Numbers that the list of a table's changes holds at least before it is begun anew. */
const MIN_CHANGES = 256;

/** A table of references; null is an uninitialised element. */
export class Table {
  readonly type: TableType;
  /** Elements it may have, by the store that made it. */
  readonly maxElements: number;
  readonly elements: readonly Reference[];
  /** The last changes, a start and a count each: instances keep what they derive from the elements up to date by them. */
  private readonly changes: number[] = [];
  /** How many changes there were before those. */
  private forgotten = 0;

  /** @param maxElements a host's limit, which applies to `table.grow` beside the type's own */
  constructor(type: TableType, maxElements = 10_000_000) {
    this.type = type;
    this.maxElements = maxElements;
    this.elements = new Array<Reference>(type.min).fill(null);
  }

  /** Counts changes. */
  get version(): number {
    return this.forgotten + this.changes.length / 2;
  }

  /** What was changed since `version`: a start and a count each; undefined if that is too long ago to be known. */
  changesSince(version: number): readonly number[] | undefined {
    return version < this.forgotten ? undefined : this.changes.slice(2 * (version - this.forgotten));
  }

  private changed(start: number, count: number): void {
    // Whoever has to look at all elements again then has not done so for an eighth as many changes.
    if (this.changes.length > Math.max(MIN_CHANGES, this.elements.length / 4)) {
      this.forgotten = this.version;
      this.changes.length = 0;
    }
    this.changes.push(start, count);
  }

  /** @throws RangeError if `index` is not that of an element; TypeError for what is no reference of the table's type */
  set(index: number, reference: Reference): void {
    if (!(index >= 0 && index < this.elements.length)) throw new RangeError(`no table element ${index}`);
    this.check(reference);
    (this.elements as Reference[])[index] = reference;
    this.changed(index, 1);
  }

  /** Writes `reference` to `count` elements from `index` on, which must be there. @throws as `set` */
  fill(index: number, reference: Reference, count: number): void {
    this.checkRange(index, count);
    this.check(reference);
    (this.elements as Reference[]).fill(reference, index, index + count);
    this.changed(index, count);
  }

  /** Writes references to the elements from `index` on, which must be there. @throws as `set` */
  write(index: number, references: readonly Reference[]): void {
    this.checkRange(index, references.length);
    for (const reference of references) this.check(reference);
    const elements = this.elements as Reference[];
    for (let i = 0; i < references.length; i++) elements[index + i] = references[i]!;
    this.changed(index, references.length);
  }

  /** Copies `count` elements of a table of the same type, which may be this one. @throws RangeError */
  copy(to: number, source: Table, from: number, count: number): void {
    this.checkRange(to, count);
    source.checkRange(from, count);
    const elements = this.elements as Reference[];
    if (source === this) elements.copyWithin(to, from, from + count);
    else for (let i = 0; i < count; i++) elements[to + i] = source.elements[from + i]!;
    this.changed(to, count);
  }

  /**
   * Appends `delta` elements and returns the old size, or -1, unchanged, where the type's maximum or `limit` forbids it.
   * @throws TypeError for what is no reference of the table's type
   */
  grow(delta: number, reference: Reference, limit: number = this.maxElements): number {
    const old = this.elements.length;
    this.check(reference);
    if (old + delta > Math.min(this.type.max ?? 0xffffffff, limit)) return -1;
    for (let i = 0; i < delta; i++) (this.elements as Reference[]).push(reference);
    this.changed(old, delta);
    return old;
  }

  private check(reference: Reference): void {
    if (!isReferenceOf(this.type.element, reference)) {
      throw new TypeError("the element is no reference of the table's type");
    }
  }

  private checkRange(index: number, count: number): void {
    if (!(index >= 0 && count >= 0 && index + count <= this.elements.length)) {
      throw new RangeError(`no ${count} table elements at ${index}`);
    }
  }
}
