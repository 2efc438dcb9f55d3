import { expect } from "chai";
import { DEFAULT_LIMITS, type DecoderLimits, load } from "../../src/decoder/index.ts";
import { resolveLimits } from "../../src/decoder/limits.ts";
import {
  completeModule,
  decodingRefusal,
  expectRefusal,
  functionModule,
  I32,
  I64,
  OP,
  refusal,
} from "./assemble.ts";

/** The most of each thing that `completeModule` holds; what 1.0 allows one of cannot be tried with more. */
const USED: { readonly [name in keyof DecoderLimits]: number } = {
  moduleSize: completeModule().length,
  types: 2,
  params: 2,
  results: 1,
  imports: 2,
  functions: 3,
  tables: 1,
  tableElements: 2,
  memories: 1,
  memoryPages: 1,
  globals: 4,
  exports: 4,
  elementSegments: 1,
  elementSegmentLength: 2,
  dataSegments: 1,
  functionBodySize: 29,
  locals: 5,
  operands: 0,
  nestingDepth: 1,
  brTableTargets: 0,
  nameLength: 7,
  customSections: 2,
};

describe("decoder: limits", () => {
  for (const name of Object.keys(USED) as (keyof DecoderLimits)[]) {
    if (name === "brTableTargets" || name === "operands") continue;
    it(`holds a module to the limit on ${name}: accepts what reaches it, refuses what exceeds it`, () => {
      const most = USED[name];
      load(completeModule(), { limits: { [name]: most } });
      const error = refusal(completeModule(), { limits: { [name]: most - 1 } });
      expectRefusal(error, "limit", "too many ");
      expect(error.reason).to.match(new RegExp(`: ${most}, the limit is ${most - 1}$`));
    });
  }

  it("holds functions to the limit on br_table targets", () => {
    const code = [OP["i32.const"]!, 0, OP["br_table"]!, 3, 0, 0, 0, 0];
    load(functionModule(code), { limits: { brTableTargets: 3 } });
    expectRefusal(
      refusal(functionModule(code), { limits: { brTableTargets: 2 } }),
      "limit",
      "too many br_table targets",
    );
  });

  it("counts parameters among the locals", () => {
    const bytes = functionModule([], { params: [I32, I64, I32], locals: [[7, I64]] });
    load(bytes, { limits: { locals: 10 } });
    expectRefusal(
      decodingRefusal(bytes, { limits: { locals: 9 } }),
      "limit",
      "too many locals: 10, the limit is 9",
    );
  });

  it("refuses a table of more initial elements than the default allows, and takes a larger maximum", () => {
    const { tableElements } = DEFAULT_LIMITS;
    expect(tableElements).to.be.below(2 ** 32 - 1);
    expectRefusal(refusal(tableModule(2 ** 32 - 1)), "limit", "too many initial table elements");
    load(tableModule(2 ** 32 - 1), { limits: { tableElements: Number.POSITIVE_INFINITY } });
  });

  it("refuses options that are none", () => {
    expect(() => resolveLimits({ functoins: 3 } as Partial<DecoderLimits>)).to.throw(TypeError, "functoins");
    expect(() => resolveLimits({ functions: -1 })).to.throw(TypeError, "functions");
    expect(() => resolveLimits({ functions: Number.NaN })).to.throw(TypeError, "functions");
    expect(() => load(completeModule(), { features: "everything" as "mvp" })).to.throw(
      TypeError,
      "everything",
    );
  });
});

function tableModule(min: number): Uint8Array {
  const bytes = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0x04, 0, 1, 0x70, 0];
  for (let rest = min; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    if (rest < 128) break;
  }
  bytes[9] = bytes.length - 10;
  return Uint8Array.from(bytes);
}
