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
    const block = MIN_ALLOCATION * 2 ** order;
    const header = this.#takeFree(order, block) ?? this.#bump(block + HEADER_SIZE);
    this.#memory.view.setUint32(header, order, true);
    this.#memory.view.setUint32(header + 4, 1, true);
    this.#bytesAllocated += block + HEADER_SIZE;
    this.#bytesAllocatedSum += block + HEADER_SIZE;
    this.#bytesAllocatedPeak = Math.max(this.#bytesAllocatedPeak, this.#bytesAllocated);
    return header + HEADER_SIZE;
  }

  deallocate(address: number): void {
    this.#enter();
    if (address < HEADER_SIZE) throw this.#fail("invalid-pointer", `no block can be at ${address}`);
    const header = address - HEADER_SIZE;
    if (header + HEADER_SIZE > this.#size) {
      throw this.#fail("invalid-pointer", `block at ${address} is outside of the memory`);
    }
    const { occupied, word } = this.#header(header);
    if (!occupied) throw this.#fail("not-allocated", `block at ${address} is free already`);
    const size = MIN_ALLOCATION * 2 ** word + HEADER_SIZE;
    if (size > this.#bytesAllocated)
      throw this.#fail("not-allocated", `block at ${address} was never allocated`);
    this.#memory.view.setUint32(header, this.#freeLists[word], true);
    this.#memory.view.setUint32(header + 4, 0, true);
    this.#freeLists[word] = header;
    this.#bytesAllocated -= size;
  }

  get #size(): number {
    return this.#memory.bytes.length;
  }

  #enter(): void {
    if (this.#poisoned) throw new AllocatorError("poisoned", "unusable after an earlier error");
    if (this.#size < this.#lastSize) throw this.#fail("memory-shrunk", "the memory is smaller than before");
    this.#lastSize = this.#size;
  }

  #fail(kind: AllocatorErrorKind, reason: string): AllocatorError {
    this.#poisoned = true;
    return new AllocatorError(kind, reason);
  }

  /** Reads a header. Only bit 32 tells occupied from free; the low word is the order, or the link. */
  #header(at: number): { readonly occupied: boolean; readonly word: number } {
    const occupied = (this.#memory.view.getUint32(at + 4, true) & 1) === 1;
    const word = this.#memory.view.getUint32(at, true);
    if (occupied && word >= ORDERS) throw this.#fail("corrupt-header", `header at ${at} has order ${word}`);
    return { occupied, word };
  }

  #takeFree(order: number, block: number): number | undefined {
    const header = this.#freeLists[order];
    if (header === NIL) return undefined;
    if (header + block + HEADER_SIZE > this.#size) {
      throw this.#fail("corrupt-header", `free list leads to ${header}, outside of the memory`);
    }
    const { occupied, word } = this.#header(header);
    if (occupied) throw this.#fail("corrupt-header", `free list leads to ${header}, which is occupied`);
    this.#freeLists[order] = word;
    return header;
  }

  #bump(length: number): number {
    const header = this.#bumper;
    const required = header + length;
    if (required > this.#size) this.#grow(required);
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
    this.#lastSize = this.#size;
  }
}

/** The order of the smallest block that holds `size` bytes. */
function orderOf(size: number): number {
  return size <= MIN_ALLOCATION ? 0 : 29 - Math.clz32(size - 1);
}
