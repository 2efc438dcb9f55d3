import { I32 } from "../../decoder/module.ts";
import { decodeUtf8 } from "../../decoder/utf8.ts";
import type { Memory } from "../../interp/memory.ts";
import { Trap } from "../../interp/trap.ts";
import type { Lanes } from "../../interp/values.ts";
import { formatBytes, formatText } from "./format.ts";
import { checkRange, type Param, type Stored } from "./value-type.ts";

/*
 * Sequences passed as two i32: address and number of elements, as C and most interfaces do. (Substrate packs the
 * two into one i64; see `span`.)
 */

const PAIR = [I32, I32] as const;
/** Elements shown of a long sequence. */
const SHOWN = 8;

/** The checked beginning of `count` elements of `size` bytes. The range is checked before anything is allocated. */
function range(lanes: Lanes, at: number, memory: Memory, size: number): { address: number; count: number } {
  const address = lanes[at] >>> 0;
  const count = lanes[at + 2] >>> 0;
  checkRange(memory, address, count * size);
  return { address, count };
}

function formatItems<T>(items: readonly T[], format: (item: T) => string): string {
  const more = items.length > SHOWN ? [`…(${items.length})`] : [];
  return `[${[...items.slice(0, SHOWN).map(format), ...more].join(", ")}]`;
}

/** Values one after the other in memory: numbers, or structs. The value is a copy. */
export function array<T>(type: Stored<T>): Param<readonly T[]> {
  sized(type);
  return {
    name: `${type.name}[]`,
    wasm: PAIR,
    load: (lanes, at, memory) => {
      const { address, count } = range(lanes, at, memory, type.size);
      return Array.from({ length: count }, (_, i) => type.read(memory.view, address + i * type.size));
    },
    format: (value) => formatItems(value, (item) => type.format(item)),
  };
}

/** Elements of the guest's memory that a function fills or changes in place. */
export class ArrayCell<T> {
  readonly length: number;
  readonly #type: Stored<T>;
  readonly #memory: Memory;
  readonly #address: number;

  constructor(type: Stored<T>, memory: Memory, address: number, length: number) {
    this.#type = type;
    this.#memory = memory;
    this.#address = address;
    this.length = length;
  }

  /** @throws RangeError if there is no such element. */
  get(index: number): T {
    return this.#type.read(this.#memory.view, this.#place(index));
  }

  /** @throws RangeError if there is no such element. */
  set(index: number, value: T): void {
    this.#type.write(this.#memory.view, this.#place(index), value);
  }

  #place(index: number): number {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`element ${index} of ${this.length}`);
    }
    return this.#address + index * this.#type.size;
  }
}

/** A sequence that the function fills: nothing of it is read beforehand. */
export function outArray<T>(type: Stored<T>): Param<ArrayCell<T>> {
  sized(type);
  return {
    name: `out ${type.name}[]`,
    wasm: PAIR,
    load: (lanes, at, memory) => {
      const { address, count } = range(lanes, at, memory, type.size);
      return new ArrayCell(type, memory, address, count);
    },
    format: (value) => `[${value.length} of ${type.name}]`,
  };
}

/** A mistake of the declaration: with elements of no size a count is bounded by nothing. */
function sized(type: Stored<unknown>): void {
  if (type.size === 0)
    throw new TypeError(`values of ${type.name} take no room, so there is no array of them`);
}

/** Bytes. The value is a copy, so it may be kept. */
export const bytes: Param<Uint8Array> = {
  name: "bytes",
  wasm: PAIR,
  load: (lanes, at, memory) => {
    const { address, count } = range(lanes, at, memory, 1);
    return memory.bytes.slice(address, address + count);
  },
  format: (value) => formatBytes(value),
};

/** Bytes in place: a view that is valid until the function returns or allocates. */
export const bytesView: Param<Uint8Array> = {
  name: "bytes",
  wasm: PAIR,
  load: (lanes, at, memory) => {
    const { address, count } = range(lanes, at, memory, 1);
    return memory.bytes.subarray(address, address + count);
  },
  format: (value) => formatBytes(value),
};

/** Bytes that the function fills: a writable view, valid until it returns or allocates. */
export const outBytes: Param<Uint8Array> = {
  name: "out bytes",
  wasm: PAIR,
  load: bytesView.load,
  format: (value) => `[${value.length} bytes]`,
};

/** UTF-8 text. What is not UTF-8 traps with code "invalid-utf8". */
export const string: Param<string> = {
  name: "string",
  wasm: PAIR,
  load: (lanes, at, memory) => {
    const { address, count } = range(lanes, at, memory, 1);
    const value = decodeUtf8(memory.bytes, address, address + count);
    if (value === undefined) throw new Trap("invalid-utf8", "the host was given text that is not UTF-8");
    return value;
  },
  format: formatText,
};
