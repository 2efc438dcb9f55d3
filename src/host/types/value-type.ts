import type { ValType } from "../../decoder/module.ts";
import type { Memory } from "../../interp/memory.ts";
import { Trap } from "../../interp/trap.ts";
import type { Lanes } from "../../interp/values.ts";

/** The side of a module instance that host functions work on; every host module's state is one. */
export interface Guest {
  /** The linear memory that pointers point into. */
  readonly memory: Memory;
  /** How many host functions the instance has called so far. */
  hostCalls: number;
}

/** A guest in whose memory the host may allocate: what functions that return buffers need. */
export interface Heap extends Guest {
  /** The address of `size` fresh bytes. Throws `Trap` if there is no room. */
  allocate(size: number): number;
}

/**
 * The type of an argument of a host function: which Wasm values carry it, how they become a JavaScript value,
 * and how that value reads in a log. A type of one's own is an object of this shape:
 *
 *     const milliseconds: Param<Date> = {
 *       name: "milliseconds",
 *       wasm: [I64],
 *       load: (lanes, at, memory) => new Date(Number(u64.load(lanes, at, memory))),
 *       format: (value) => value.toISOString(),
 *     };
 *
 * and is used like those that come with the library.
 */
export interface Param<T> {
  /** As in the reference tables: "u32", "span", "ptr[32]", … */
  readonly name: string;
  readonly wasm: readonly ValType[];
  /** The value whose lanes begin at `at`. Throws `Trap` when it is none, `Segfault` when it lies outside memory. */
  load(lanes: Lanes, at: number, memory: Memory): T;
  format(value: T): string;
}

/**
 * Where a call's result goes: the lanes from `at` on. `lanes` is to be read when it is written to and not before,
 * as allocating may run the guest's own allocator, which moves frames.
 */
export interface Frame {
  readonly lanes: Lanes;
  readonly at: number;
}

/** The type of a host function's result. `G` is what storing one asks of the guest. */
export interface Result<T, G extends Guest = Guest> {
  readonly name: string;
  /** None or one in Wasm 1.0. */
  readonly wasm: readonly ValType[];
  /** A property, not a method: so the compiler refuses a result whose `G` the module's state is not. */
  readonly store: (value: T, frame: Frame, guest: G) => void;
  format(value: T): string;
}

/** A type whose values can also lie in linear memory, `size` bytes each. Addresses must have been checked. */
export interface Stored<T> {
  readonly name: string;
  readonly size: number;
  /** In structs a value begins at a multiple of this; 1, 2, 4 or 8. */
  readonly alignment: number;
  read(view: DataView, address: number): T;
  write(view: DataView, address: number, value: T): void;
  format(value: T): string;
}

/** A host function was given a range that is not inside the caller's memory. */
export class Segfault extends Trap {
  override readonly name = "Segfault";
  readonly address: number;
  readonly length: number;

  constructor(address: number, length: number, memorySize: number) {
    super(
      "segfault",
      `the host was given ${length} bytes at 0x${address.toString(16)}, outside a memory of ${memorySize} bytes`,
    );
    this.address = address;
    this.length = length;
  }
}

/**
 * Checks that `length` bytes at `address` (both unsigned) lie inside `memory`. An empty range must still begin
 * within it or right behind its end.
 */
export function checkRange(memory: Memory, address: number, length: number): void {
  if (address + length > memory.bytes.length) throw new Segfault(address, length, memory.bytes.length);
}
