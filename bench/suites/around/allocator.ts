import { FreeingBumpAllocator } from "../../../src/host/polkadot/index.ts";
import { Memory } from "../../../src/index.ts";
import type { Table } from "../../result.ts";
import type { HeapUse } from "../../subjects/heap-use.ts";
import { type Pair, pairTable } from "./rows.ts";

const HEAP_BASE = 100_000;
const PAGES = 1024;

export async function allocatorTable(uses: readonly HeapUse[]): Promise<Table> {
  const pairs = uses.map(({ name, steps }): Pair => {
    const memory = new Memory({ min: PAGES, max: PAGES });
    const addresses = new Float64Array(steps.length);
    const ours = () => {
      const allocator = new FreeingBumpAllocator(memory, HEAP_BASE);
      for (let i = 0; i < steps.length; i++) {
        const step = steps[i]!;
        if (step >= 0) addresses[i] = allocator.allocate(step);
        else allocator.deallocate(addresses[~step]!);
      }
      return allocator.stats.addressSpaceUsed;
    };
    const plain = new PlainHeap();
    const peer = () => {
      plain.reset();
      for (let i = 0; i < steps.length; i++) {
        const step = steps[i]!;
        if (step >= 0) addresses[i] = plain.allocate(step);
        else plain.deallocate(addresses[~step]!);
      }
      return plain.used;
    };
    if (ours() !== peer())
      throw new Error(`${name}: the heaps differ in what they take: ${ours()}, ${peer()}`);
    return { name: `${name}: ${steps.length.toLocaleString("en")} calls`, ours, peer };
  });
  const note =
    "Blocks allocated and freed. Beside it the same lists of free blocks in JavaScript's arrays: no headers in the guest's " +
    "memory, and so nothing there that has to be checked.";
  return pairTable({ title: "Allocator", note, peer: "plain lists" }, pairs);
}

/** Gives the same addresses, with its books on the host's side. */
class PlainHeap {
  #bumper = HEAP_BASE;
  readonly #free: number[][] = Array.from({ length: 23 }, () => []);
  readonly #orders = new Uint8Array(PAGES * 8192);

  get used(): number {
    return this.#bumper - HEAP_BASE;
  }

  reset(): void {
    this.#bumper = HEAP_BASE;
    for (const list of this.#free) list.length = 0;
  }

  allocate(size: number): number {
    const order = size <= 8 ? 0 : 29 - Math.clz32(size - 1);
    let address = this.#free[order]!.pop();
    if (address === undefined) {
      address = this.#bumper + 8;
      this.#bumper = address + (8 << order);
      this.#orders[address >> 3] = order;
    }
    return address;
  }

  deallocate(address: number): void {
    this.#free[this.#orders[address >> 3]!]!.push(address);
  }
}
