import { expect } from "chai";
import { Store } from "../../../src/interp/index.ts";
import { type Any, assemble, EXECUTORS, I32, namespace, op, thrownBy } from "./support.ts";

/** A module that imports a memory, grows it, and reads and writes bytes of it. */
const WORKER = assemble({
  imports: [{ module: "m", name: "memory", kind: "memory", min: 0 }],
  functions: [
    {
      params: [I32],
      results: [I32],
      code: [...op("local.get"), 0, ...op("memory.grow"), 0],
      export: "grow",
    },
    {
      params: [I32],
      results: [I32],
      code: [...op("local.get"), 0, ...op("i32.load8_u"), 0, 0],
      export: "get",
    },
    {
      params: [I32, I32],
      code: [...op("local.get"), 0, ...op("local.get"), 1, ...op("i32.store8"), 0, 0],
      export: "set",
    },
  ],
  exports: [{ name: "memory", kind: "memory", index: 0 }],
});

const first = (buffer: ArrayBuffer) => new Uint8Array(buffer)[0];

for (const [executor, options] of EXECUTORS)
  describe(`host/webassembly: Memory, on ${executor}`, () => {
    const wasm = namespace(options);
    const module = new wasm.Module(WORKER);
    const worker = (memory: Any) => new wasm.Instance(module, { m: { memory } }).exports;

    it("shares its buffer with the code, both ways, and is one object", () => {
      const memory = new wasm.Memory({ initial: 1 });
      const exports = worker(memory);
      expect(exports.memory).to.equal(memory);
      expect(memory.buffer).to.equal(memory.buffer);
      new Uint8Array(memory.buffer)[0] = 7;
      expect(exports.get(0)).to.equal(7);
      exports.set(0, 8);
      expect(first(memory.buffer)).to.equal(8);
    });

    it("detaches the old buffer when it grows, from the script or in the code, even by nothing", () => {
      const memory = new wasm.Memory({ initial: 1, maximum: 9 });
      const exports = worker(memory);
      const grow = [(n: number) => memory.grow(n), (n: number) => exports.grow(n)];
      let pages = 1;
      for (const delta of [1, 0, 0, 2, 2]) {
        for (const by of grow.slice(0, delta === 2 ? 1 : 2)) {
          const old = memory.buffer;
          new Uint8Array(old)[0] = 40 + pages;
          expect(by(delta)).to.equal(pages);
          expect(old.byteLength).to.equal(0);
          expect(memory.buffer).not.to.equal(old);
          expect(first(memory.buffer)).to.equal(40 + pages);
          pages += delta;
          expect(memory.buffer.byteLength).to.equal(pages * 65536);
          exports.set(0, 3);
          expect(first(memory.buffer)).to.equal(3);
        }
      }
    });

    it("keeps its contents through growths that no script looks at", () => {
      const memory = new wasm.Memory({ initial: 0 });
      const exports = worker(memory);
      for (let i = 0; i < 20; i++) {
        expect(exports.grow(1)).to.equal(i);
        exports.set(i * 65536, i + 1);
        if (i % 7 === 6) expect(memory.buffer.byteLength).to.equal((i + 1) * 65536);
      }
      const bytes = new Uint8Array(memory.buffer);
      expect(Array.from({ length: 20 }, (_, i) => bytes[i * 65536])).to.deep.equal(
        Array.from({ length: 20 }, (_, i) => i + 1),
      );
    });

    it("stays as it is where it cannot grow", () => {
      const memory = new wasm.Memory({ initial: 1, maximum: 2 });
      const { buffer } = memory;
      expect(thrownBy(() => memory.grow(2))).to.be.instanceOf(RangeError);
      expect(worker(memory).grow(2)).to.equal(-1);
      expect(memory.buffer).to.equal(buffer);
      const bounded = namespace({ store: new Store({ maxMemoryPages: 3 }) });
      expect(thrownBy(() => new bounded.Memory({ initial: 3 }).grow(1))).to.be.instanceOf(RangeError);
      expect(thrownBy(() => new bounded.Memory({ initial: 4 }))).to.be.instanceOf(RangeError);
    });

    it("checks its descriptor, member by member", () => {
      for (const descriptor of [
        undefined,
        null,
        1,
        {},
        { initial: -1 },
        { initial: 1n },
        { initial: 2 ** 32 },
      ]) {
        expect(
          thrownBy(() => new wasm.Memory(descriptor)),
          String(descriptor),
        ).to.be.instanceOf(TypeError);
      }
      for (const descriptor of [
        { initial: 2, maximum: 1 },
        { initial: 65537 },
        { initial: 0, maximum: 65537 },
      ]) {
        expect(thrownBy(() => new wasm.Memory(descriptor))).to.be.instanceOf(RangeError);
      }
      expect(new wasm.Memory({ initial: "2" }).buffer.byteLength).to.equal(131072);
      expect(new wasm.Memory({ initial: -0.9 }).buffer.byteLength).to.equal(0);
      expect(thrownBy(() => new wasm.Memory({ initial: 0, maximum: 1, shared: true }))).to.be.instanceOf(
        TypeError,
      );
    });

    it("knows its own", () => {
      const { get } = Object.getOwnPropertyDescriptor(wasm.Memory.prototype, "buffer")!;
      for (const other of [
        undefined,
        1,
        {},
        wasm.Memory.prototype,
        new (namespace().Memory)({ initial: 0 }),
      ]) {
        expect(thrownBy(() => get!.call(other))).to.be.instanceOf(TypeError);
        expect(thrownBy(() => wasm.Memory.prototype.grow.call(other, 0))).to.be.instanceOf(TypeError);
      }
    });
  });
