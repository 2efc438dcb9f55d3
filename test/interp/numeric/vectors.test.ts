import { expect } from "chai";
import { F32, F64, I32, I64, load, V128, type ValType } from "../../../src/decoder/index.ts";
import { laneCount } from "../../../src/decoder/opcodes/vector.ts";
import { OPERATORS, type Operator } from "../../../src/decoder/opcodes.ts";
import { ImportMap, type Instance, instantiate, Store } from "../../../src/interp/index.ts";
import { reference } from "../../../src/interp/reference/index.ts";
import { body, bytesOf, funcType, name, section, unsigned, vector } from "../../decoder/assemble.ts";

/** Vectors at which lanes of some width tend to go wrong. */
const VECTORS: readonly bigint[] = [
  0n,
  (1n << 128n) - 1n,
  0x80000000_80008000_8080ff7f_7fff0180n,
  0x7f800000_ff800000_7fc00000_7fa12345n,
  0x80000000_3f800000_bfc00000_4f000000n,
  0x7ff00000_00000000_7ff40000_00000001n,
  0xc3e00000_00000000_41efffff_fff00000n,
  0x80000000_00000000_7fffffff_ffffffffn,
  0x0f0e0d0c_1f100504_80ff0201_00ff7f10n,
  0x01234567_89abcdef_fedcba98_76543210n,
];
const SCALARS: { readonly [type: number]: readonly bigint[] } = {
  [I32]: [0n, 1n, 7n, 31n, 33n, 0x7fffffffn, 0xffffffffn, 0x1234fe80n],
  [I64]: [0n, 0xffffffffffffffffn, 0x8000000000000000n, 0x123456789abcdef0n],
  [F32]: [0n, 0x80000000n, 0x3fc00000n, 0x7fa00001n],
  [F64]: [0n, 0x8000000000000000n, 0x3ff8000000000000n, 0x7ff4000000000001n],
};
const valuesOf = (type: ValType): readonly bigint[] => (type === V128 ? VECTORS : SCALARS[type]!);

const MEMORY = Array.from({ length: 64 }, (_, i) => (i * 37 + 200) & 0xff);

/** A function that takes the operator's operands and gives its result; a memory of one page with some bytes. */
function moduleOf({ code, params, results }: Operator, immediates: readonly number[]): Uint8Array {
  const operands = params!.flatMap((_, i) => [0x20, i]);
  return bytesOf(
    section(1, vector([funcType(params!, results!)])),
    section(3, vector([[0]])),
    section(5, vector([[0, 1]])),
    section(7, vector([[...name("f"), 0, 0]])),
    section(10, vector([body([...operands, 0xfd, ...unsigned(code & 0xff), ...immediates])])),
    section(11, vector([[0, 0x41, 0, 0x0b, ...vector(MEMORY.map((byte) => [byte]))]])),
  );
}

function immediatesOf(operator: Operator): number[][] {
  const { immediates, align } = operator;
  switch (immediates) {
    case "none":
      return [[]];
    case "memarg":
      return [[align, 3]];
    case "lanes":
      return [[31, 0, 15, 16, 7, 8, 24, 1, 2, 3, 30, 29, 5, 5, 17, 12]];
    case "v128":
      return [MEMORY.slice(0, 16)];
    default: {
      const last = laneCount(operator) - 1;
      return [0, last].map((lane) => (immediates === "lane" ? [lane] : [align, 3, lane]));
    }
  }
}

/** Up to so many combinations of operands. */
function combinations(params: readonly ValType[]): bigint[][] {
  let all: bigint[][] = [[]];
  for (const type of params) all = all.flatMap((some) => valuesOf(type).map((value) => [...some, value]));
  const step = Math.max(1, Math.floor(all.length / 120));
  return all.filter((_, i) => i % step === 0);
}

/** Results as text, or the trap; the memory's first bytes; the gas. */
function outcome(instance: Instance, args: readonly bigint[]): string {
  let result: string;
  try {
    result = instance.callBits("f", args).join();
  } catch (error) {
    result = String((error as { code?: string }).code);
  }
  const { store, memory } = instance;
  return `${result} ${memory!.bytes.subarray(0, 80).join()} ${memory!.bytes.subarray(-16).join()} ${store.gasUsed}`;
}

describe("vector operators: the machine does as the reference executor", () => {
  for (const operator of OPERATORS) {
    if (operator.feature !== "simd") continue;
    it(operator.name, () => {
      for (const immediates of immediatesOf(operator)) {
        const module = load(moduleOf(operator, immediates), { features: ["simd"] });
        const [machine, oracle] = [new Store(), new Store({ executor: reference })].map((store) =>
          instantiate(store, module, new ImportMap()),
        );
        const addresses = operator.align >= 0 ? [0n, 7n, 65_500n, 65_533n, 0xffffffffn] : [];
        for (const args of combinations(operator.params!)) {
          const all = addresses.length > 0 ? addresses.map((address) => [address, ...args.slice(1)]) : [args];
          for (const operands of all) {
            expect(outcome(machine!, operands), operands.join()).equal(outcome(oracle!, operands));
          }
        }
      }
    });
  }
});

describe("vectors in the spec's own examples", () => {
  const results: readonly (readonly [name: string, args: readonly bigint[], result: bigint])[] = [
    ["i8x16.add_sat_s", [0x7fn, 0x01n], 0x7fn],
    ["i8x16.sub_sat_u", [0x01n, 0x02n], 0n],
    ["i16x8.q15mulr_sat_s", [0x8000n, 0x8000n], 0x7fffn],
    ["i32x4.dot_i16x8_s", [0x80008000n, 0x80008000n], 0x80000000n],
    ["i8x16.narrow_i16x8_u", [0xffff0100n, 0n], 0x00ffn],
    ["f32x4.pmin", [0x80000000n, 0n], 0x80000000n],
    ["f32x4.min", [0x7fa00000n, 0n], 0x7fc00000n],
    ["f64x2.convert_low_i32x4_u", [0xffffffffn, 0n].slice(0, 1), 0x41efffffffe00000n],
    ["i32x4.trunc_sat_f64x2_s_zero", [0x7ff8000000000000n], 0n],
    ["i64x2.mul", [0xffffffffffffffffn, 0xffffffffffffffffn], 1n],
    ["i8x16.bitmask", [0x80_00_00_80n], 9n],
    ["i8x16.swizzle", [0xaan, 0x1010n << 112n], 0xaaaaaaaa_aaaaaaaa_aaaaaaaa_aaaan],
  ];
  for (const [mnemonic, args, result] of results) {
    it(mnemonic, () => {
      const operator = OPERATORS.find((candidate) => candidate.name === mnemonic)!;
      const module = load(moduleOf(operator, []), { features: ["simd"] });
      const instance = instantiate(new Store(), module, new ImportMap());
      expect(instance.callBits("f", args)).deep.equal([result]);
    });
  }
});
