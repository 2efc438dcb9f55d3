import { I32 } from "../../decoder/module.ts";
import type { Memory } from "../../interp/memory.ts";
import { checkRange, type Param, type Stored } from "./value-type.ts";

/** A pointer to one value that lies in memory, such as `pointerTo(u64)` or `pointerTo(struct(…))`. */
export function pointerTo<T>(type: Stored<T>): Param<T> {
  return {
    name: `ptr ${type.name}`,
    wasm: [I32],
    load: (lanes, at, memory) => {
      const address = lanes[at] >>> 0;
      checkRange(memory, address, type.size);
      return type.read(memory.view, address);
    },
    format: (value) => type.format(value),
  };
}

/** A value of the guest's memory that a function may read and change. */
export interface Cell<T> {
  get(): T;
  set(value: T): void;
}

class MemoryCell<T> implements Cell<T> {
  readonly #type: Stored<T>;
  readonly #memory: Memory;
  readonly #address: number;

  constructor(type: Stored<T>, memory: Memory, address: number) {
    this.#type = type;
    this.#memory = memory;
    this.#address = address;
  }

  // The view is asked for each time: the memory may have grown since, and never shrinks.
  get(): T {
    return this.#type.read(this.#memory.view, this.#address);
  }

  set(value: T): void {
    this.#type.write(this.#memory.view, this.#address, value);
  }
}

/** A pointer to a value that the function fills or changes in place. */
export function cell<T>(type: Stored<T>): Param<Cell<T>> {
  return {
    name: `inout ptr ${type.name}`,
    wasm: [I32],
    load: (lanes, at, memory) => {
      const address = lanes[at] >>> 0;
      checkRange(memory, address, type.size);
      return new MemoryCell(type, memory, address);
    },
    format: (value) => type.format(value.get()),
  };
}

/** A pointer that may be null: for address 0 the value is `undefined`. */
export function nullable<T>(pointer: Param<T>): Param<T | undefined> {
  return {
    name: `nullable ${pointer.name}`,
    wasm: pointer.wasm,
    load: (lanes, at, memory) => (lanes[at] === 0 ? undefined : pointer.load(lanes, at, memory)),
    format: (value) => (value === undefined ? "null" : pointer.format(value)),
  };
}
