import { expect } from "chai";
import {
  type DecodeOptions,
  load,
  ModuleError,
  maxStackHeight,
  type ValType,
} from "../../../src/decoder/index.ts";
import { OPERATORS, type Operator } from "../../../src/decoder/opcodes.ts";
import {
  body,
  bytesOf,
  EMPTY,
  expectRefusal,
  F32,
  F64,
  type FunctionParts,
  funcType,
  functionModule,
  I32,
  I64,
  name,
  OP,
  refusal,
  section,
  unsigned,
  vector,
} from "../assemble.ts";

const V128 = 0x7b;
const TYPES: readonly ValType[] = [I32, I64, F32, F64];
const CONST: { readonly [type: number]: readonly number[] } = {
  [I32]: [OP["i32.const"]!, 0],
  [I64]: [OP["i64.const"]!, 0],
  [F32]: [OP["f32.const"]!, 0, 0, 0, 0],
  [F64]: [OP["f64.const"]!, 0, 0, 0, 0, 0, 0, 0, 0],
  [V128]: [0xfd, 12, ...new Array<number>(16).fill(0)],
};

function op(...code: (string | number)[]): number[] {
  return code.map((part) => (typeof part === "string" ? OP[part]! : part));
}

function accept(code: number[], parts?: FunctionParts, options?: DecodeOptions): number {
  return maxStackHeight(load(functionModule(code, parts), options), 0);
}

function invalid(reason: string, code: number[], parts?: FunctionParts, options?: DecodeOptions): void {
  expectRefusal(refusal(functionModule(code, parts), options), "invalid", reason);
}

function malformed(reason: string, code: number[]): void {
  expectRefusal(refusal(functionModule(code)), "malformed", reason);
}

function encode({ code, immediates, align }: Operator): number[] {
  const opcode = code > 0xff ? [code >>> 8, ...unsigned(code & 0xff)] : [code];
  const none: { readonly [kind: string]: readonly number[] } = {
    memarg: [align, 0],
    memory: [0],
    i32: [0],
    i64: [0],
    f32: [0, 0, 0, 0],
    f64: [0, 0, 0, 0, 0, 0, 0, 0],
    lane: [0],
    "memarg-lane": [align, 0, 0],
    lanes: new Array<number>(16).fill(0),
    v128: new Array<number>(16).fill(0),
  };
  return [...opcode, ...(none[immediates] ?? [])];
}

const values = (types: readonly ValType[]): number[] => types.flatMap((type) => CONST[type]!);

describe("validator: operators of fixed signature", () => {
  for (const operator of OPERATORS) {
    const { name: mnemonic, params, results, feature, align } = operator;
    if (params === undefined || results === undefined) continue;
    // These need segments and tables beside them: see `references.test.ts`.
    if (feature === "bulk-memory" || feature === "reference-types") continue;
    const options: DecodeOptions = { features: feature === "simd" ? ["simd"] : "polkadot" };

    it(mnemonic, () => {
      const code = [...values(params), ...encode(operator)];
      const height = accept(code, { results }, options);
      const slots = feature === "simd" ? 2 : 1;
      expect(height).to.equal(slots * Math.max(params.length, results.length));
      // One operand of another type, and one missing.
      params.forEach((wanted, i) => {
        for (const type of TYPES) {
          if (type === wanted) continue;
          const wrong = params.map((param, k) => (k === i ? type : param));
          invalid("type mismatch", [...values(wrong), ...encode(operator)], { results }, options);
        }
        invalid("type mismatch", [...values(params.slice(1)), ...encode(operator)], { results }, options);
      });
      // Another result, or none, asked for.
      const other = TYPES.find((type) => type !== results[0])!;
      invalid("type mismatch", code, { results: [other] }, options);
      if (results.length > 0) invalid("type mismatch", code, {}, options);
      // Where code cannot be reached, operands need not be there, but the result is.
      accept([...op("unreachable"), ...encode(operator)], { results }, options);
      if (results.length > 0)
        invalid("type mismatch", [...op("unreachable"), ...encode(operator)], { results: [other] }, options);
      if (align >= 0) {
        const opcode = operator.code > 0xff ? [0xfd, ...unsigned(operator.code & 0xff)] : [operator.code];
        const lane = operator.immediates === "memarg-lane" ? [0] : [];
        const aligned = (bits: number) => [...values(params), ...opcode, bits, 0, ...lane];
        for (let bits = 0; bits <= align; bits++) accept(aligned(bits), { results }, options);
        invalid("alignment must not be larger than natural", aligned(align + 1), { results }, options);
        invalid("alignment must not be larger than natural", aligned(40), { results }, options);
        const padded = [0x80 | align, 0, ...unsigned(2 ** 32 - 1), ...lane];
        accept([...values(params), ...opcode, ...padded], { results }, options);
      }
      if (feature !== undefined) {
        // Without results: their type may need the feature, too.
        const dead = [...op("unreachable"), ...encode(operator)];
        const error = refusal(functionModule(dead), { features: "mvp" });
        expectRefusal(error, "unsupported", `${mnemonic} needs the feature "${feature}"`);
        load(functionModule(code, { results }), { features: [feature] });
      }
    });
  }

  it("knows no other opcode", () => {
    const known = new Set(OPERATORS.map(({ code }) => code));
    for (let code = 0; code < 256; code++) {
      if (known.has(code) || code === 0xfc || code === 0xfd) continue;
      malformed(`illegal opcode 0x${code.toString(16).padStart(2, "0")}`, [code]);
      if (!known.has(0xfc00 | code))
        malformed(`illegal opcode 0xfc${code.toString(16).padStart(2, "0")}`, [0xfc, ...unsigned(code)]);
    }
    malformed("illegal opcode 0xfc 256", [0xfc, ...unsigned(256)]);
    // The second part is an integer, so it may be padded.
    accept([...CONST[F32]!, 0xfc, 0x80, 0x00], { results: [I32] });
  });
});

describe("validator: operators that depend on their context", () => {
  it("local.get, local.set, local.tee", () => {
    const parts: FunctionParts = {
      params: [I32, F64],
      locals: [
        [2, I64],
        [0, F32],
        [1, F32],
      ],
      results: [F32],
    };
    accept(op("local.get", 4), parts);
    accept(
      [...op("local.get", 1, "local.set", 1, "local.get", 2, "local.tee", 3, "drop", "local.get", 4)],
      parts,
    );
    invalid("unknown local 5", op("local.get", 5), parts);
    invalid("unknown local 4294967295", [...op("local.get"), ...unsigned(2 ** 32 - 1)], parts);
    invalid("type mismatch", op("local.get", 3), parts);
    invalid("type mismatch", op("local.get", 0, "local.set", 1, "local.get", 4), parts);
    invalid("type mismatch", op("local.get", 0, "local.tee", 1, "drop", "local.get", 4), parts);
    invalid("type mismatch", op("local.set", 0, "local.get", 4), parts);
  });

  it("finds the types of locals that lie far beyond the size of the body", () => {
    const parts: FunctionParts = {
      params: [F64],
      locals: [
        [20_000, I32],
        [0, F32],
        [20_000, I64],
        [1, F32],
      ],
    };
    const far = (index: number, type: ValType) =>
      accept([...op("local.get"), ...unsigned(index)], { ...parts, results: [type] });
    far(0, F64);
    far(1, I32);
    far(20_000, I32);
    far(20_001, I64);
    far(40_000, I64);
    far(40_001, F32);
    invalid("unknown local 40002", [...op("local.get"), ...unsigned(40_002)], parts);
    invalid("type mismatch", [...op("local.get"), ...unsigned(20_000)], { ...parts, results: [I64] });
  });

  it("global.get and global.set", () => {
    accept(op("global.get", 0, "global.set", 1));
    invalid("global is immutable", op("global.get", 1, "global.set", 0));
    invalid("unknown global 2", op("global.get", 2, "drop"));
    invalid("unknown global 2", op("i32.const", 0, "global.set", 2));
    invalid("type mismatch", [...CONST[I64]!, ...op("global.set", 1)]);
  });

  it("drop and select", () => {
    for (const type of TYPES) {
      accept([...CONST[type]!, ...op("drop")]);
      accept([...CONST[type]!, ...CONST[type]!, ...CONST[I32]!, ...op("select")], { results: [type] });
      if (type === I32) continue;
      invalid("type mismatch", [...CONST[type]!, ...CONST[I32]!, ...CONST[I32]!, ...op("select", "drop")]);
      invalid("type mismatch", [...CONST[I32]!, ...CONST[I32]!, ...CONST[type]!, ...op("select", "drop")]);
    }
    invalid("type mismatch", op("drop"));
    invalid("type mismatch", op("i32.const", 0, "i32.const", 0, "select", "drop"));
    // Of operands not known only the result's use tells the type; one known tells it at once.
    accept(op("unreachable", "select"), { results: [F32] });
    accept([...op("unreachable"), ...CONST[F32]!, ...op("i32.const", 0, "select")], { results: [F32] });
    invalid("type mismatch", [...op("unreachable"), ...CONST[F32]!, ...op("i32.const", 0, "select")], {
      results: [F64],
    });
    accept(op("unreachable", "select", "i32.eqz", "drop", "select", "i64.eqz", "drop"));
  });

  it("call and call_indirect", () => {
    accept([...values([I32, F64]), ...op("call", 0)], { params: [I32, F64], results: [I64] });
    invalid("type mismatch", [...values([F64, I32]), ...op("call", 0)], {
      params: [I32, F64],
      results: [I64],
    });
    invalid("type mismatch", op("call", 0), { params: [I32] });
    invalid("unknown function 1", op("call", 1));
    accept([...values([F64, I32]), ...op("call_indirect", 0, 0)], { params: [F64], results: [I64] });
    invalid("type mismatch", [...values([F64, I64]), ...op("call_indirect", 0, 0)], { params: [F64] });
    invalid("unknown type 1", op("i32.const", 0, "call_indirect", 1, 0));
    malformed("zero flag expected", op("i32.const", 0, "call_indirect", 0, 1));
    malformed("zero flag expected", op("i32.const", 0, "call_indirect", 0, 0x80, 0));
  });

  it("memory and table must be there", () => {
    const bare = (code: number[]) =>
      bytesOf(
        section(1, vector([funcType([], [])])),
        section(3, vector([[0]])),
        section(10, vector([body(code)])),
      );
    for (const code of [
      op("i32.const", 0, "i32.load", 2, 0, "drop"),
      op("i32.const", 0, "i32.const", 0, "i32.store8", 0x80, 0, 0),
      op("memory.size", 0, "drop"),
      op("i32.const", 0, "memory.grow", 0, "drop"),
    ]) {
      expectRefusal(refusal(bare(code)), "invalid", "unknown memory 0");
      accept(code);
    }
    expectRefusal(refusal(bare(op("i32.const", 0, "call_indirect", 0, 0))), "invalid", "unknown table 0");
    malformed("zero flag expected", op("memory.size", 1, "drop"));
    malformed("zero flag expected", op("memory.size", 0x80, 0, "drop"));
  });

  it("block, loop, if, else, end", () => {
    for (const type of TYPES) {
      accept([...op("block", type), ...CONST[type]!, ...op("end")], { results: [type] });
      accept([...op("loop", type), ...CONST[type]!, ...op("end")], { results: [type] });
      accept(
        [...op("i32.const", 0, "if", type), ...CONST[type]!, ...op("else"), ...CONST[type]!, ...op("end")],
        { results: [type] },
      );
      invalid("type mismatch", [...op("i32.const", 0, "if", type), ...CONST[type]!, ...op("end", "drop")]);
      invalid("type mismatch", op("block", type, "end", "drop"));
      invalid("type mismatch", [...op("block", EMPTY), ...CONST[type]!, ...op("end")]);
    }
    accept(op("i32.const", 0, "if", EMPTY, "nop", "end"));
    accept(op("i32.const", 0, "if", EMPTY, "else", "end"));
    invalid("type mismatch", op("if", EMPTY, "end"));
    invalid("type mismatch", op("i32.const", 0, "if", I32, "i32.const", 0, "else", "end", "drop"));
    // Operands of the outer block cannot be taken inside.
    invalid("type mismatch", op("i32.const", 0, "block", EMPTY, "drop", "end"));
    malformed("END opcode expected", op("else"));
    malformed("END opcode expected", op("block", EMPTY, "else", "end"));
    malformed("END opcode expected", op("i32.const", 0, "if", EMPTY, "else", "else", "end"));
    for (const type of [0x00, 0x41, 0x60, 0x6f, 0x70, 0x7b, 0xff])
      malformed("malformed block type", op("block", type, "end"));
  });

  it("br, br_if, br_table, return", () => {
    const results = [I32] as const;
    accept(op("i32.const", 0, "br", 0), { results });
    accept(op("block", I32, "i32.const", 0, "br", 0, "end"), { results });
    accept(op("i32.const", 0, "return"), { results });
    accept(op("i32.const", 1, "i32.const", 0, "br_if", 0), { results });
    accept(op("block", I32, "i32.const", 1, "i32.const", 0, "br_table", 1, 0, 1, "end"), { results });
    // A branch to a loop goes to its start, which takes nothing.
    accept(op("loop", I32, "br", 0, "end"), { results });
    invalid("type mismatch", op("br", 0), { results });
    invalid("type mismatch", op("return"), { results });
    invalid("type mismatch", op("i32.const", 0, "br_if", 0), { results });
    invalid("type mismatch", [...CONST[I64]!, ...op("br", 0)], { results });
    invalid("unknown label 1", op("br", 1));
    invalid("unknown label 2", op("block", EMPTY, "i32.const", 0, "br_if", 2, "end"));
    invalid("unknown label 1", op("i32.const", 0, "br_table", 1, 0, 1));
    invalid("unknown label 1", op("i32.const", 0, "br_table", 1, 1, 0));
    invalid("unknown label 4294967295", [...op("br"), ...unsigned(2 ** 32 - 1)]);
    invalid("type mismatch", op("br_table", 0, 0));
    // 1.0 asks for equal types of all labels, also where the code cannot be reached.
    invalid(
      "type mismatch",
      op("block", F32, "unreachable", "br_table", 1, 0, 1, "end", "drop", "i32.const", 0),
      { results },
    );
    invalid("type mismatch", op("loop", I32, "i32.const", 0, "i32.const", 0, "br_table", 1, 0, 1, "end"), {
      results,
    });
  });

  it("code that cannot be reached: any operands, but no wrong ones, and none left over", () => {
    for (const leave of [
      op("unreachable"),
      op("br", 0),
      op("return"),
      op("i32.const", 0, "br_table", 0, 0),
    ]) {
      accept([...leave, ...op("i32.add", "drop", "i64.eqz", "drop")]);
      accept([...leave, ...op("i32.const", 1, "i32.add", "drop")]);
      invalid("type mismatch", [...leave, ...CONST[I64]!, ...op("i32.add", "drop")]);
      invalid("type mismatch", [...leave, ...op("i32.const", 0)]);
      invalid("unknown local 0", [...leave, ...op("local.get", 0)]);
      // What leaves a block ends with it.
      invalid("type mismatch", [...op("block", EMPTY), ...leave, ...op("end", "drop")]);
    }
    accept(op("i32.const", 0, "if", I32, "unreachable", "else", "i32.const", 0, "end", "drop"));
    // The block's own operands are dropped by a branch, the outer ones are not.
    accept(op("i32.const", 0, "block", EMPTY, "i32.const", 0, "br", 0, "end", "drop"));
  });

  it("ends exactly where the body does", () => {
    malformed("unexpected end of section or function", op("block", EMPTY));
    malformed("section size mismatch", op("end"));
    malformed("section size mismatch", op("end", "nop"));
    // The end byte is eaten as an immediate.
    for (const code of [
      op("i32.const"),
      op("local.get"),
      op("br"),
      op("block"),
      op("i32.load", 0),
      [...op("f32.const"), 0, 0, 0],
    ]) {
      const error = refusal(functionModule(code));
      expect(error.kind).to.be.oneOf(["malformed", "invalid"]);
    }
    for (const code of [
      op("i32.const", 0x80),
      op("f64.const", 1),
      op("i64.const"),
      op("memory.size"),
      [0xfc],
    ]) {
      expect(() => load(functionModule(code)), code.join()).to.throw(ModuleError);
    }
  });
});

describe("validator: what it tells", () => {
  it("the greatest height of the operand stack", () => {
    expect(accept([])).to.equal(0);
    expect(accept(op("i32.const", 0, "drop", "i32.const", 0, "drop"))).to.equal(1);
    expect(accept([...values([I32, I64, F64, F32]), ...op("drop", "drop", "drop", "drop")])).to.equal(4);
    expect(
      accept(
        op("i32.const", 0, "block", EMPTY, "i32.const", 0, "i32.const", 0, "drop", "drop", "end", "drop"),
      ),
    ).to.equal(3);
    expect(
      accept(op("i32.const", 0, "block", I32, "i32.const", 0, "end", "i32.const", 0, "drop", "drop", "drop")),
    ).to.equal(3);
    expect(accept(op("i32.const", 0, "call", 0), { params: [I32], results: [I32] })).to.equal(1);
  });

  it("of each function its own", () => {
    const code = [op("i32.const", 0, "drop"), [], op("i32.const", 0, "i32.const", 0, "drop", "drop")];
    const module = load(
      bytesOf(
        section(1, vector([funcType([], [])])),
        section(2, vector([[...name("m"), ...name("f"), 0, 0]])),
        section(3, vector([[0], [0], [0]])),
        section(10, vector(code.map((one) => body(one)))),
      ),
    );
    expect([0, 1, 2].map((i) => maxStackHeight(module, i))).to.deep.equal([1, 0, 2]);
    expect(() => maxStackHeight(module, 3)).to.throw(RangeError);
  });

  it("the function and the operator at fault", () => {
    const bytes = bytesOf(
      section(1, vector([funcType([], [])])),
      section(2, vector([[...name("m"), ...name("f"), 0, 0]])),
      section(3, vector([[0], [0]])),
      section(10, vector([body([]), body(op("nop", "i64.const", 0, "f64.neg", "drop"))])),
      section(0, [...name("name"), ...section(1, vector([[2, ...name("broken")]]))]),
    );
    const error = refusal(bytes);
    expect(error.context).to.equal("function 2 (broken)");
    expect(error.reason).to.equal("type mismatch: f64.neg takes f64, found i64");
    expect(bytes[error.offset]).to.equal(OP["f64.neg"]);
    const prefixed = refusal(functionModule([...CONST[I32]!, 0xfc, 0x82, 0x00]));
    expect(prefixed.reason).to.equal("type mismatch: i32.trunc_sat_f64_s takes f64, found i32");
    expect(refusal(functionModule(op("drop"))).reason).to.equal(
      "type mismatch: drop takes any type, found nothing",
    );
  });
});
