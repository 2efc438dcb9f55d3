import { concatBytes } from "../bytes.ts";
import { ScaleError } from "../scale/errors.ts";
import { ScaleReader } from "../scale/reader.ts";
import { encodeCompact } from "../scale/writer.ts";

/** Bytes shared by lists that grew out of each other; each of them sees a front part of it. */
interface Arena {
  bytes: Uint8Array;
  used: number;
}

const U32_MAX = 0xffff_ffff;

/**
 * A SCALE `Vec` that grows by appending, as `ext_storage_append` sees a value: a count, and items of which
 * nothing is known. Immutable, yet appending costs what the item costs: runtimes append each event to one value,
 * and the bytes with their changing count prefix are only put together when someone reads them.
 */
export class AppendList {
  readonly #count: number;
  readonly #arena: Arena;
  readonly #length: number;
  #encoded: Uint8Array | undefined;

  private constructor(count: number, arena: Arena, length: number) {
    this.#count = count;
    this.#arena = arena;
    this.#length = length;
  }

  /**
   * The list that a stored value is. A value that does not begin with a compact u32 is dropped and counts as
   * the empty list; so is one whose count cannot grow, as old hosts did (new ones differ by build).
   */
  static of(value: Uint8Array | undefined): AppendList {
    if (value === undefined || value.length === 0) return AppendList.#empty();
    const reader = new ScaleReader(value, "appended value");
    const count = readCount(reader);
    if (count === undefined || count === U32_MAX) return AppendList.#empty();
    const items = reader.rest();
    return new AppendList(count, { bytes: items, used: items.length }, items.length);
  }

  static #empty(): AppendList {
    return new AppendList(0, { bytes: new Uint8Array(0), used: 0 }, 0);
  }

  append(item: Uint8Array): AppendList {
    const length = this.#length + item.length;
    let arena = this.#arena;
    // Another list may have grown past this one, in a transaction that was rolled back.
    if (arena.used !== this.#length || arena.bytes.length < length) {
      const bytes = new Uint8Array(Math.max(2 * this.#length, length));
      bytes.set(arena.bytes.subarray(0, this.#length));
      arena = { bytes, used: this.#length };
    }
    arena.bytes.set(item, this.#length);
    arena.used = length;
    return new AppendList(this.#count + 1, arena, length);
  }

  /** The value: compact count, then the items. */
  get encoded(): Uint8Array {
    this.#encoded ??= concatBytes(encodeCompact(this.#count), this.#arena.bytes.subarray(0, this.#length));
    return this.#encoded;
  }
}

function readCount(reader: ScaleReader): number | undefined {
  try {
    return reader.compactU32();
  } catch (error) {
    if (error instanceof ScaleError) return undefined;
    throw error;
  }
}
