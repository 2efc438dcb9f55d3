import { MAX_PAGES, type Memory, PAGE_SIZE } from "../../interp/memory.ts";
import { Trap } from "../../interp/trap.ts";

const ALIGNMENT = 8;
/** Bytes before every block that hold its header. */
const HEADER_SIZE = 8;
const MIN_ALLOCATION = 8;
/** 32 MiB. */
const MAX_ALLOCATION = 0x200_0000;
/** Orders 0 to 22: blocks of 8 bytes to 32 MiB. */
const ORDERS = 23;
/** A link of a free list that leads nowhere. */
const NIL = 0xffff_ffff;

/**
 * Why the allocator refused.
 * - `poisoned`: an earlier error left it unusable.
 * - `memory-shrunk`: the memory is smaller than it was.
 * - `too-large`: more than 32 MiB in one block.
 * - `out-of-space`: the memory may not grow far enough.
 * - `invalid-pointer`: freed what cannot be a block.
 * - `not-allocated`: freed a block that is free, or no block at all.
 * - `corrupt-header`: the runtime overwrote the allocator's headers in its memory.
 */
export type AllocatorErrorKind =
  | "poisoned"
  | "memory-shrunk"
  | "too-large"
  | "out-of-space"
  | "invalid-pointer"
  | "not-allocated"
  | "corrupt-header";

/** The heap failed. A trap of code "allocator", as the call that needed it cannot go on. */
export class AllocatorError extends Trap {
  override readonly name = "AllocatorError";
  readonly kind: AllocatorErrorKind;

  constructor(kind: AllocatorErrorKind, reason: string) {
    super("allocator", `allocator: ${reason}`);
    this.kind = kind;
  }
}

export interface Allocator {
  /** @param size bytes, unsigned. Returns the block's address. @throws AllocatorError */
  allocate(size: number): number;
  /** Absent where the host never frees. @param address unsigned, as `allocate` gave it. @throws AllocatorError */
  deallocate?(address: number): void;
}

/** Bytes, headers included. */
export interface AllocationStats {
  readonly bytesAllocated: number;
  readonly bytesAllocatedPeak: number;
  /** Over all allocations, freed or not. */
  readonly bytesAllocatedSum: number;
  /** What the heap took from the memory: it never gives any back. */
  readonly addressSpaceUsed: number;
}

/** All of an allocator that is not in the memory, for snapshots. */
export interface AllocatorState {
  readonly bumper: number;
  readonly freeLists: readonly number[];
  readonly poisoned: boolean;
  readonly lastSize: number;
  readonly bytesAllocated: number;
  readonly bytesAllocatedPeak: number;
  readonly bytesAllocatedSum: number;
}

/**
 * The freeing-bump allocator that hosts run inside a runtime's memory, from `__heap_base` upward. Blocks are powers
 * of two; freed ones go to a list of their order and are used again last in, first out, else the bumper advances.
 * Its addresses are part of consensus, as the runtime sees them (polkadot-sdk, client/allocator, freeing_bump).
 *
 * Headers and links lie in the memory, where a hostile runtime can write: each is checked when it is read.
 */
export class FreeingBumpAllocator implements Allocator {
  readonly #memory: Memory;
  readonly #heapStart: number;
  #bumper: number;
  /** Address of the header of the first free block of each order. */
  readonly #freeLists: number[] = new Array<number>(ORDERS).fill(NIL);
  #poisoned = false;
  /** Of the memory, in bytes, when it was last looked at. */
  #lastSize = 0;
  #bytesAllocated = 0;
  #bytesAllocatedPeak = 0;
  #bytesAllocatedSum = 0;

  /** @param heapBase the value of `__heap_base`, unsigned. */
  constructor(memory: Memory, heapBase: number) {
    this.#memory = memory;
    this.#heapStart = Math.ceil(heapBase / ALIGNMENT) * ALIGNMENT;
    this.#bumper = this.#heapStart;
  }

  get stats(): AllocationStats {
    return {
      bytesAllocated: this.#bytesAllocated,
      bytesAllocatedPeak: this.#bytesAllocatedPeak,
      bytesAllocatedSum: this.#bytesAllocatedSum,
      addressSpaceUsed: this.#bumper - this.#heapStart,
    };
  }

  save(): AllocatorState {
    return {
      bumper: this.#bumper,
      freeLists: [...this.#freeLists],
      poisoned: this.#poisoned,
      lastSize: this.#lastSize,
      bytesAllocated: this.#bytesAllocated,
      bytesAllocatedPeak: this.#bytesAllocatedPeak,
      bytesAllocatedSum: this.#bytesAllocatedSum,
    };
  }

  /** Makes this allocator what `save` described. Its numbers are checked when they are used, like the headers. */
  load(state: AllocatorState): void {
    this.#bumper = state.bumper;
    this.#freeLists.forEach((_, order) => {
      this.#freeLists[order] = state.freeLists[order] ?? NIL;
    });
    this.#poisoned = state.poisoned;
    this.#lastSize = state.lastSize;
    this.#bytesAllocated = state.bytesAllocated;
    this.#bytesAllocatedPeak = state.bytesAllocatedPeak;
    this.#bytesAllocatedSum = state.bytesAllocatedSum;
  }

  allocate(size: number): number {
    this.#enter();
    if (size > MAX_ALLOCATION) throw this.#fail("too-large", `${size} bytes asked for at once`);
    const order = orderOf(size);
    const length = (MIN_ALLOCATION << order) + HEADER_SIZE;
    const header = this.#freeLists[order] === NIL ? this.#bump(length) : this.#takeFree(order, length);
    const { view } = this.#memory;
    view.setUint32(header, order, true);
    view.setUint32(header + 4, 1, true);
    this.#bytesAllocatedSum += length;
    this.#bytesAllocated += length;
    if (this.#bytesAllocated > this.#bytesAllocatedPeak) this.#bytesAllocatedPeak = this.#bytesAllocated;
    return header + HEADER_SIZE;
  }

  deallocate(address: number): void {
    this.#enter();
    if (address < HEADER_SIZE) throw this.#fail("invalid-pointer", `no block can be at ${address}`);
    const header = address - HEADER_SIZE;
    if (address > this.#lastSize) {
      throw this.#fail("invalid-pointer", `block at ${address} is outside of the memory`);
    }
    if (!this.#isOccupied(header)) throw this.#fail("not-allocated", `block at ${address} is free already`);
    const { view } = this.#memory;
    const order = view.getUint32(header, true);
    const length = (MIN_ALLOCATION << order) + HEADER_SIZE;
    if (length > this.#bytesAllocated)
      throw this.#fail("not-allocated", `block at ${address} was never allocated`);
    view.setUint32(header, this.#freeLists[order], true);
    view.setUint32(header + 4, 0, true);
    this.#freeLists[order] = header;
    this.#bytesAllocated -= length;
  }

  #enter(): void {
    if (this.#poisoned) throw new AllocatorError("poisoned", "unusable after an earlier error");
    const size = this.#memory.bytes.length;
    if (size < this.#lastSize) throw this.#fail("memory-shrunk", "the memory is smaller than before");
    this.#lastSize = size;
  }

  #fail(kind: AllocatorErrorKind, reason: string): AllocatorError {
    this.#poisoned = true;
    return new AllocatorError(kind, reason);
  }

  /** Reads a header: bit 32 alone tells occupied from free. The low word is the order of the block, or the link. */
  #isOccupied(header: number): boolean {
    const { view } = this.#memory;
    if ((view.getUint32(header + 4, true) & 1) === 0) return false;
    const order = view.getUint32(header, true);
    if (order >= ORDERS) throw this.#fail("corrupt-header", `header at ${header} has order ${order}`);
    return true;
  }

  /** The first block of a list that is not empty, taken from it. */
  #takeFree(order: number, length: number): number {
    const header = this.#freeLists[order];
    if (header + length > this.#lastSize) {
      throw this.#fail("corrupt-header", `free list leads to ${header}, outside of the memory`);
    }
    if (this.#isOccupied(header)) {
      throw this.#fail("corrupt-header", `free list leads to ${header}, which is occupied`);
    }
    this.#freeLists[order] = this.#memory.view.getUint32(header, true);
    return header;
  }

  #bump(length: number): number {
    const header = this.#bumper;
    const required = header + length;
    if (required > this.#lastSize) this.#grow(required);
    this.#bumper = required;
    return header;
  }

  /** Doubles the memory, or grows it to what is required if that is more, within its maximum. */
  #grow(required: number): void {
    const { pages, maxPages } = this.#memory;
    const max = Math.min(maxPages, MAX_PAGES);
    const requiredPages = Math.ceil(required / PAGE_SIZE);
    const next = Math.max(Math.min(2 * pages, max), requiredPages);
    if (requiredPages > max || this.#memory.grow(next - pages) < 0) {
      throw this.#fail("out-of-space", `${requiredPages} pages needed, ${max} allowed`);
    }
    this.#lastSize = this.#memory.bytes.length;
  }
}

/** The order of the smallest block that holds `size` bytes. */
function orderOf(size: number): number {
  return size <= MIN_ALLOCATION ? 0 : 29 - Math.clz32(size - 1);
}
