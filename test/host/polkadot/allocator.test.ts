import { expect } from "chai";
import fc from "fast-check";
import {
  AllocatorError,
  type AllocatorErrorKind,
  FreeingBumpAllocator,
} from "../../../src/host/polkadot/allocator.ts";
import { Memory } from "../../../src/interp/memory.ts";
import { Trap } from "../../../src/interp/trap.ts";

const MIB = 1 << 20;

function heap(
  heapBase: number,
  pages = 1,
  max?: number,
): { memory: Memory; allocator: FreeingBumpAllocator } {
  const memory = new Memory({ min: pages, max });
  return { memory, allocator: new FreeingBumpAllocator(memory, heapBase) };
}

function expectError(kind: AllocatorErrorKind, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(AllocatorError);
    expect(error).to.be.instanceOf(Trap);
    expect(error).to.include({ kind, code: "allocator" });
    return;
  }
  expect.fail("no error");
}

/** The vectors are those of polkadot-sdk's unit tests, and one computed with an independent implementation. */
describe("freeing-bump allocator", () => {
  it("hands out blocks in powers of two behind headers of 8 bytes", () => {
    const { allocator } = heap(0);
    expect([1, 9, 1].map((size) => allocator.allocate(size))).to.deep.equal([8, 24, 48]);
  });

  it("aligns the heap base", () => {
    expect(heap(13).allocator.allocate(1)).to.equal(24);
  });

  it("uses a freed block again", () => {
    const { allocator } = heap(13);
    expect(allocator.allocate(8)).to.equal(24);
    expect(allocator.allocate(9)).to.equal(40);
    allocator.deallocate(40);
    expect(allocator.allocate(9)).to.equal(40);
  });

  it("uses freed blocks last in, first out", () => {
    const { allocator } = heap(0);
    const blocks = [8, 8, 8].map((size) => allocator.allocate(size));
    for (const block of blocks) allocator.deallocate(block);
    expect([8, 8, 8].map((size) => allocator.allocate(size))).to.deep.equal(blocks.reverse());
  });

  it("fills a memory that cannot grow to its last byte", () => {
    const { allocator } = heap(0, 1, 1);
    for (let i = 0; i < 1638; i++) allocator.allocate(32);
    expect(allocator.stats.addressSpaceUsed).to.equal(65_520);
    allocator.allocate(8);
    expect(allocator.stats.addressSpaceUsed).to.equal(65_536);
    expectError("out-of-space", () => allocator.allocate(8));
    expectError("poisoned", () => allocator.deallocate(8));
  });

  it("refuses what does not fit into a memory that cannot grow", () => {
    expectError("out-of-space", () => heap(13, 1, 1).allocator.allocate(65_536 - 13));
  });

  it("grows the memory for 32 MiB, and gives no more than that at once", () => {
    const { memory, allocator } = heap(0);
    expect(allocator.allocate(32 * MIB)).to.equal(8);
    expect(memory.pages).to.equal(513);
    expectError("too-large", () => allocator.allocate(32 * MIB + 1));
    expectError("poisoned", () => allocator.allocate(1));
  });

  it("doubles the memory within its maximum", () => {
    const { memory, allocator } = heap(0, 2, 7);
    allocator.allocate(131_072);
    expect(memory.pages).to.equal(4);
    allocator.allocate(262_144);
    expect(memory.pages).to.equal(7);
    const doubled = heap(0, 4, 7);
    for (let i = 0; i < 5; i++) doubled.allocator.allocate(65_536 / 2);
    for (let i = 0; i < 2; i++) doubled.allocator.allocate(65_536 / 2);
    expect(doubled.memory.pages).to.equal(4);
    doubled.allocator.allocate(65_536 / 2);
    expect(doubled.memory.pages).to.equal(7);
    expect(() => heap(0, 4, 6).allocator.allocate(65_536 * 6)).to.throw(AllocatorError);
  });

  it("matches the computed vector", () => {
    const { allocator } = heap(1_048_577, 17);
    const allocate = (sizes: number[]) => sizes.map((size) => allocator.allocate(size));
    expect(allocate([0, 8, 9, 1000])).to.deep.equal([1048592, 1048608, 1048624, 1048648]);
    allocator.deallocate(1048608);
    allocator.deallocate(1048592);
    expect(allocate([3, 5, 6, 1024, 33])).to.deep.equal([1048592, 1048608, 1049680, 1049696, 1050728]);
    expect(allocator.stats.addressSpaceUsed).to.equal(1050792 - 1048584);
  });

  it("keeps count of bytes with their headers", () => {
    const { allocator } = heap(0);
    const first = allocator.allocate(9);
    allocator.allocate(8);
    allocator.deallocate(first);
    expect(allocator.stats).to.deep.equal({
      bytesAllocated: 16,
      bytesAllocatedPeak: 40,
      bytesAllocatedSum: 40,
      addressSpaceUsed: 40,
    });
  });

  it("writes headers as the reference does, and leaves data alone", () => {
    const { memory, allocator } = heap(0);
    const first = allocator.allocate(9);
    const second = allocator.allocate(16);
    expect([...memory.bytes.slice(0, 8)]).to.deep.equal([1, 0, 0, 0, 1, 0, 0, 0]);
    memory.bytes[first] = 0x5a;
    allocator.deallocate(first);
    expect([...memory.bytes.slice(0, 9)]).to.deep.equal([255, 255, 255, 255, 0, 0, 0, 0, 0x5a]);
    allocator.deallocate(second);
    expect([...memory.bytes.slice(24, 32)]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("refuses to free what is no block", () => {
    expectError("invalid-pointer", () => heap(0).allocator.deallocate(7));
    expectError("invalid-pointer", () => heap(0).allocator.deallocate(65_537));
    expectError("invalid-pointer", () => heap(0).allocator.deallocate(0xffffffff));
    expectError("not-allocated", () => heap(0).allocator.deallocate(8));
    const { allocator } = heap(0);
    const block = allocator.allocate(8);
    allocator.deallocate(block);
    expectError("not-allocated", () => allocator.deallocate(block));
  });

  it("refuses headers that the runtime forged", () => {
    const order = heap(0);
    order.memory.view.setUint32(order.allocator.allocate(8) - 8, 23, true);
    expectError("corrupt-header", () => order.allocator.deallocate(8));

    const link = heap(0);
    link.allocator.deallocate(link.allocator.allocate(8));
    link.memory.view.setUint32(0, 65_532, true);
    expect(link.allocator.allocate(8)).to.equal(8);
    expectError("corrupt-header", () => link.allocator.allocate(8));

    const occupied = heap(0);
    occupied.allocator.deallocate(occupied.allocator.allocate(8));
    occupied.memory.view.setUint32(4, 1, true);
    expectError("corrupt-header", () => occupied.allocator.allocate(8));

    const never = heap(0);
    never.memory.view.setUint32(100, 5, true);
    never.memory.view.setUint32(104, 1, true);
    expectError("not-allocated", () => never.allocator.deallocate(108));
  });

  it("only looks at bit 32 to tell occupied from free", () => {
    const { memory, allocator } = heap(0);
    const block = allocator.allocate(8);
    memory.view.setUint32(4, 0xffff_ffff, true);
    allocator.deallocate(block);
    expect(allocator.allocate(8)).to.equal(block);
  });

  it("notices a memory that shrank", () => {
    const { memory, allocator } = heap(0, 2);
    allocator.allocate(8);
    memory.bytes = memory.bytes.subarray(0, 65_536);
    expectError("memory-shrunk", () => allocator.allocate(8));
  });

  it("never hands out overlapping blocks, and recycles exactly", () => {
    const step = fc.oneof(
      fc.record({ free: fc.constant(false), n: fc.integer({ min: 0, max: 3000 }) }),
      fc.record({ free: fc.constant(true), n: fc.nat(50) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.nat(5000), (steps, base) => {
        const { memory, allocator } = heap(base);
        const live: { at: number; size: number }[] = [];
        for (const { free, n } of steps) {
          if (free && live.length > 0) allocator.deallocate(live.splice(n % live.length, 1)[0].at);
          else if (!free) {
            const at = allocator.allocate(n);
            expect(at % 8).to.equal(0);
            expect(at - 8).to.be.at.least(base);
            expect(at + n).to.be.at.most(memory.bytes.length);
            for (const other of live)
              expect(at >= other.at + other.size || other.at >= at + n).to.equal(true);
            memory.bytes.fill(0xee, at, at + n);
            live.push({ at, size: n });
          }
        }
        for (const { at } of live) allocator.deallocate(at);
        expect(allocator.stats.bytesAllocated).to.equal(0);
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});
