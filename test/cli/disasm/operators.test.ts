import { expect } from "chai";
import { type OperatorText, operatorsOf } from "../../../src/cli/disasm/operators.ts";
import { F32, F64, I32, I64, load, type Module, OPERATORS } from "../../../src/decoder/index.ts";
import { readInstruction } from "../../../src/interp/reference/instruction.ts";
import { makeWorkload } from "../../differential/program.ts";
import { build } from "../../interp/build.ts";

const CONSTANTS: { readonly [type: number]: string } = {
  [I32]: "i32.const 1",
  [I64]: "i64.const 1",
  [F32]: "f32.const 1",
  [F64]: "f64.const 1",
};

const textOf = (module: Module, body = 0) =>
  [...operatorsOf(module, body, (func) => `name${func}`)].map(
    ({ operator, immediates, comment }) =>
      `${operator.name}${immediates && ` ${immediates}`}${comment === undefined ? "" : ` ;; ${comment}`}`,
  );

/** What the reference executor reads at the same place. */
function agrees(module: Module, { offset, operator, immediates }: OperatorText): void {
  const { operator: other, index, labels, bits } = readInstruction(module.bytes, offset);
  expect(operator).equal(other);
  switch (operator.immediates) {
    case "label":
    case "function":
    case "local":
    case "global":
      expect(immediates).equal(String(index));
      break;
    case "call_indirect":
      expect(immediates).equal(`(type ${index})`);
      break;
    case "memarg":
      expect(Number(/offset=(\d+)/.exec(immediates)?.[1] ?? 0)).equal(index);
      break;
    case "br_table":
      expect(immediates).equal(labels.join(" "));
      break;
    case "i32":
      expect(BigInt.asUintN(32, BigInt(immediates))).equal(bits);
      break;
    case "i64":
      expect(BigInt.asUintN(64, BigInt(immediates))).equal(bits);
  }
}

describe("cli/disasm: operators", () => {
  it("shows each operator of the table by its mnemonic", () => {
    const fixed = OPERATORS.filter(
      ({ params, immediates, gas, feature }) =>
        params !== undefined &&
        immediates !== "memory" &&
        feature !== "simd" &&
        !["bulk", "table", "reference"].includes(gas),
    );
    for (const { name, params, results } of fixed) {
      const code = [...params!.map((type) => CONSTANTS[type]), name.includes(".const") ? `${name} 1` : name];
      const drops = results!.map(() => "drop");
      const module = build({ functions: [{ code: [...code, ...drops].join(" ") }], memory: [1] });
      const shown = textOf(module);
      expect(shown[params!.length]!.split(" ")[0]).equal(name);
      expect(shown).length(params!.length + 1 + drops.length + 1);
    }
  });

  it("shows immediates as the text format has them", () => {
    const module = build({
      imports: [["env", "f", "i32 > i64"]],
      functions: [
        {
          type: "i32 > i32",
          locals: "i64",
          code: `block i32 i32.const -1 local.get 0 br_table 0 1 0 end drop
            local.get 0 if i32.const 3 call 0 local.set 1 else i64.const -5000000000 local.set 1 end
            loop local.get 0 br_if 0 end
            i32.const 0 i64.load 16 global.set 0
            i32.const 0 i32.load 0 drop
            f32.const 1.5 drop f64.const -0.1 drop
            local.get 0 i32.const 0 call_indirect 0 drop
            memory.size drop i32.const 1 memory.grow`,
        },
      ],
      memory: [1],
      table: [1],
      globals: [["i64", true, "i64.const 0"]],
    });
    expect(textOf(module)).deep.equal([
      "block (result i32)",
      "i32.const -1",
      "local.get 0",
      "br_table 0 1 0",
      "end",
      "drop",
      "local.get 0",
      "if",
      "i32.const 3",
      "call 0 ;; name0",
      "local.set 1",
      "else",
      "i64.const -5000000000",
      "local.set 1",
      "end",
      "loop",
      "local.get 0",
      "br_if 0",
      "end",
      "i32.const 0",
      "i64.load offset=16 align=1",
      "global.set 0",
      "i32.const 0",
      "i32.load align=1",
      "drop",
      "f32.const 1.5",
      "drop",
      "f64.const -0.1",
      "drop",
      "local.get 0",
      "i32.const 0",
      "call_indirect (type 0) ;; (i32) -> (i64)",
      "drop",
      "memory.size",
      "drop",
      "i32.const 1",
      "memory.grow",
      "end",
    ]);
  });

  it("reads generated programs as the reference executor does, to the last byte", () => {
    let operators = 0;
    for (let seed = 1; seed <= 25; seed++) {
      for (const bytes of makeWorkload(seed).modules) {
        const module = load(bytes);
        module.bodies.forEach(({ start, end }, body) => {
          let expected = start;
          for (const text of operatorsOf(module, body, () => undefined)) {
            expect(text.offset).equal(expected);
            agrees(module, text);
            expected = readInstruction(module.bytes, text.offset).next;
            operators++;
          }
          expect(expected).equal(end);
        });
      }
    }
    expect(operators).above(1000);
  });
});
