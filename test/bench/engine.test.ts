import { expect } from "chai";
import { engineImport } from "../../bench/engine/import.ts";
import { EngineMemoryView } from "../../bench/engine/view.ts";
import type { EngineMemory } from "../../bench/engine/wasm-api.ts";
import { F64, I32, I64 } from "../../src/decoder/index.ts";
import { hostFunc, PAGE_SIZE } from "../../src/interp/index.ts";

/** Behaves as the engine's: growing takes the old buffer away. */
class FakeMemory implements EngineMemory {
  buffer = new ArrayBuffer(PAGE_SIZE);

  grow(pages: number): number {
    const old = this.buffer.byteLength;
    const grown = new ArrayBuffer(old + pages * PAGE_SIZE);
    new Uint8Array(grown).set(new Uint8Array(this.buffer));
    structuredClone(this.buffer, { transfer: [this.buffer] });
    this.buffer = grown;
    return old / PAGE_SIZE;
  }
}

describe("bench: the engine's side", () => {
  it("passes integers through lanes both ways, sign and all 64 bits", () => {
    const seen: unknown[] = [];
    const func = hostFunc("f", { params: [I32, I64, I32], results: [I64] }, (...args) => {
      seen.push(...args);
      return (args[1] as bigint) - 1n;
    });
    const call = engineImport(func, () => undefined);
    expect(call(-1, -(2n ** 63n) + 1n, 0x7fffffff)).to.equal(-(2n ** 63n));
    expect(seen).to.deep.equal([-1, -(2n ** 63n) + 1n, 0x7fffffff]);
  });

  it("gives i32 results as numbers, and nothing where there is none", () => {
    const same = hostFunc("same", { params: [I32], results: [I32] }, (value) => value);
    expect(engineImport(same, () => undefined)(-5)).to.equal(-5);
    const none = hostFunc("none", { params: [I64], results: [] }, () => undefined);
    expect(engineImport(none, () => undefined)(1n)).to.equal(undefined);
  });

  it("refuses floats", () => {
    const func = hostFunc("f", { params: [F64], results: [] }, () => undefined);
    expect(() => engineImport(func, () => undefined)).to.throw(TypeError);
  });

  it("sees the memory as it is, whoever grew it, before the host function runs", () => {
    const memory = new FakeMemory();
    const view = new EngineMemoryView(memory, 5);
    view.bytes[7] = 9;
    memory.grow(1); // as Wasm would
    const func = hostFunc("length", { params: [], results: [I32] }, () => view.bytes.length);
    expect(engineImport(func, () => view)()).to.equal(2 * PAGE_SIZE);
    expect(view.grow(3)).to.equal(2);
    expect(view.pages).to.equal(5);
    expect(view.view.getUint8(7)).to.equal(9);
    expect(view.grow(1)).to.equal(-1);
    expect(view.pages).to.equal(5);
  });
});
