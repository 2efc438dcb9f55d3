import { expect } from "chai";
import { I32, load, OPERATORS, type Operator, type ValType } from "../../../src/decoder/index.ts";
import {
  type ExecutorFactory,
  ImportMap,
  type Instance,
  instantiate,
  Store,
  Trap,
} from "../../../src/interp/index.ts";
import { reference } from "../../../src/interp/reference/index.ts";
import { jit } from "../../../src/jit/index.ts";
import { assemble, constant, type FunctionPart, op, unsigned } from "../assemble.ts";
import { OPERANDS } from "./operands.ts";

const ACCESS = OPERATORS.filter(({ immediates, feature }) => immediates === "memarg" && feature !== "simd");
const SIZE = 65536;
const EXECUTORS: readonly (readonly [name: string, executor: ExecutorFactory | undefined])[] = [
  ["machine", undefined],
  ["reference", reference],
  ["jit", jit({ samples: 0 })],
];

/** Addresses and offsets whose sums lie inside, at the end of, and beyond the memory, and beyond 32 bits. */
const ADDRESSES = [
  0, 1, 7, 1000, 65527, 65528, 65529, 65532, 65533, 65534, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff,
];
const OFFSETS = [0, 1, 3, 8, 65528, 65535, 0x7fffffff, 0xffff0000, 0xffffffff];

const widthOf = (type: ValType): number => (OPERANDS.get(type)!.some((bits) => bits >= 2n ** 32n) ? 64 : 32);
/** What the memory holds at first: no two neighbours are equal, and signs vary. */
const fill = (i: number): number => (i * 167 + (i >> 8) * 31) & 0xff;

function bytesAt(memory: Uint8Array, address: number, width: number): bigint {
  let bits = 0n;
  for (let i = 0; i < width; i++) bits += BigInt(memory[address + i]!) * 256n ** BigInt(i);
  return bits;
}

function loaded(operator: Operator, memory: Uint8Array, address: number): string {
  const width = 2 ** operator.align;
  if (address + width > SIZE) return "out-of-bounds-memory";
  const bits = bytesAt(memory, address, width);
  const type = widthOf(operator.results![0]!);
  return (
    operator.name.endsWith("_s") ? BigInt.asUintN(type, BigInt.asIntN(8 * width, bits)) : bits
  ).toString(16);
}

function outcome(run: () => readonly bigint[]): string {
  try {
    return run()
      .map((bits) => bits.toString(16))
      .join();
  } catch (error) {
    if (error instanceof Trap) return error.code;
    throw error;
  }
}

function instanceOf(functions: readonly FunctionPart[], executor: ExecutorFactory | undefined): Instance {
  const store = new Store(executor === undefined ? {} : { executor });
  const instance = instantiate(store, load(assemble({ functions, memory: { min: 1 } })), new ImportMap());
  reset(instance);
  return instance;
}

function reset(instance: Instance): void {
  const { bytes } = instance.memory!;
  for (let i = 0; i < bytes.length; i++) bytes[i] = fill(i);
}

const get = (local: number) => [...op("local.get"), local];

for (const [name, executor] of EXECUTORS) {
  describe(`memory accesses on the ${name}`, () => {
    for (const operator of ACCESS.filter(({ gas }) => gas === "load")) {
      it(operator.name, () => {
        const results = operator.results!;
        const access = (address: readonly number[], offset: number) => [
          ...address,
          ...op(operator.name),
          0,
          ...unsigned(offset),
        ];
        const functions = OFFSETS.flatMap((offset): FunctionPart[] => [
          { params: [I32], results, code: access(get(0), offset), export: `local ${offset}` },
          ...ADDRESSES.map((address): FunctionPart => {
            const code = access(constant(I32, BigInt(address)), offset);
            return { params: [], results, code, export: `constant ${address} ${offset}` };
          }),
        ]);
        const instance = instanceOf(functions, executor);
        const { bytes } = instance.memory!;
        for (const offset of OFFSETS) {
          for (const address of ADDRESSES) {
            const expected = loaded(operator, bytes, address + offset);
            const label = `${address}+${offset}`;
            expect(
              outcome(() => instance.callBits(`local ${offset}`, [BigInt(address)])),
              label,
            ).to.equal(expected);
            expect(
              outcome(() => instance.callBits(`constant ${address} ${offset}`, [])),
              label,
            ).to.equal(expected);
          }
        }
      });
    }

    for (const operator of ACCESS.filter(({ gas }) => gas === "store")) {
      it(operator.name, () => {
        const type = operator.params![1]!;
        const values = OPERANDS.get(type)!;
        const access = (offset: number) => [...op(operator.name), 0, ...unsigned(offset)];
        const functions = OFFSETS.flatMap((offset): FunctionPart[] => [
          { params: [I32, type], code: [...get(0), ...get(1), ...access(offset)], export: `local ${offset}` },
          ...values.map((value): FunctionPart => {
            const code = [...get(0), ...constant(type, value), ...access(offset)];
            return { params: [I32], code, export: `constant ${value} ${offset}` };
          }),
        ]);
        const instance = instanceOf(functions, executor);
        const { bytes } = instance.memory!;
        const width = 2 ** operator.align;
        OFFSETS.forEach((offset, i) => {
          ADDRESSES.forEach((address, j) => {
            const at = address + offset;
            const value = values[(i * ADDRESSES.length + j) % values.length]!;
            for (const form of ["local", "constant"]) {
              const [field, args] =
                form === "local"
                  ? [`local ${offset}`, [BigInt(address), value]]
                  : [`constant ${value} ${offset}`, [BigInt(address)]];
              const label = `${form} ${value} at ${address}+${offset}`;
              const result = outcome(() => instance.callBits(field, args));
              if (at + width > SIZE) {
                expect(result, label).to.equal("out-of-bounds-memory");
                // Nothing was written, not even what would have fitted.
                for (let k = Math.max(0, SIZE - 16); k < SIZE; k++) expect(bytes[k], label).to.equal(fill(k));
                continue;
              }
              expect(result, label).to.equal("");
              expect(bytesAt(bytes, at, width), label).to.equal(BigInt.asUintN(8 * width, value));
              for (const beside of [at - 1, at + width]) {
                if (beside >= 0 && beside < SIZE) expect(bytes[beside], label).to.equal(fill(beside));
              }
              for (let k = at; k < at + width; k++) bytes[k] = fill(k);
            }
          });
        });
      });
    }
  });
}
