import type { Decorator } from "../../src/host/index.ts";
import type { PolkadotHost } from "../../src/host/polkadot/index.ts";
import { buildState, verifyBlock } from "../../src/host/polkadot/index.ts";
import { Random } from "../../test/differential/random.ts";
import type { BlockSubject } from "./polkadot-block.ts";

/** A heap's use: sizes to allocate; `~i` frees what step `i` allocated. */
export interface HeapUse {
  readonly name: string;
  readonly steps: readonly number[];
}

/** What block 1 of Polkadot does to the heap; also what the host allocates for it. */
export function heapUseOfBlock({ block, storage }: BlockSubject): HeapUse {
  const steps: number[] = [];
  const live = new Map<number, number>();
  const decorate: Decorator<PolkadotHost> = (_, fn) => ({
    ...fn,
    body: (host, ...args) => {
      watch(host);
      return fn.body(host, ...args);
    },
  });
  const watched = new WeakSet<object>();
  const watch = ({ allocator }: PolkadotHost): void => {
    if (allocator === undefined || watched.has(allocator)) return;
    watched.add(allocator);
    const { allocate, deallocate } = allocator;
    allocator.allocate = (size) => {
      const address = allocate.call(allocator, size);
      live.set(address, steps.length);
      steps.push(size);
      return address;
    };
    allocator.deallocate = (address) => {
      deallocate!.call(allocator, address);
      const step = live.get(address);
      // The call's input was allocated before anybody watched.
      if (step !== undefined) steps.push(~step);
      live.delete(address);
    };
  };
  verifyBlock({ ...block, state: buildState(storage, 0), decorate });
  return { name: "block 1 of Polkadot", steps };
}

/** Sizes from a few bytes to some kilobytes, short-lived for the most part. */
export function generatedHeapUse(count: number): HeapUse {
  const random = new Random(11);
  const steps: number[] = [];
  const live: number[] = [];
  while (steps.length < count) {
    if (live.length > 0 && (live.length > 200 || random.chance(50))) {
      const [step] = live.splice(random.below(live.length), 1);
      steps.push(~step!);
    } else {
      live.push(steps.length);
      steps.push(random.below(8 << random.below(10)));
    }
  }
  return { name: "generated", steps };
}
