import { expect } from "chai";
import { ImportMap, type Instance, instantiate, Store } from "../../../../src/interp/index.ts";
import type { BulkLoop } from "../../../../src/interp/lower/bulk/loop.ts";
import { build, type FunctionText } from "../../build.ts";

const COPY_WORDS = `loop local.get 0 local.get 1 i32.load i32.store
  local.get 1 i32.const 4 i32.add local.set 1
  local.get 0 i32.const 4 i32.add local.tee 0 local.get 2 i32.lt_u br_if 0 end`;

function lowered(text: FunctionText, memoryPages = 1): Instance {
  const instance = instantiate(
    new Store({ gasLimit: 1_000_000n }),
    build({
      functions: [
        { ...text, export: "f" },
        { type: "i32 > i32", code: "local.get 0" },
      ],
      memory: [memoryPages],
      globals: [["i32", true, "i32.const 0"]],
    }),
    new ImportMap(),
  );
  // Lowering happens at the first call, which may trap.
  instance.start("f", new Array(text.type!.split(">")[0]!.trim().split(" ").length).fill(0)).run();
  return instance;
}
const bulksOf = (code: string, type = "i32 i32 i32 >", locals = "i32 i32 i32 i64"): readonly BulkLoop[] =>
  lowered({ type, locals, code }).code.bulks;

/** What compilers made of copying and filling; see the runtimes for more. */
const RECOGNISED: readonly (readonly [what: string, kind: "copy" | "fill", bytes: number, code: string])[] = [
  ["words, as Rust's memcpy has it", "copy", 4, COPY_WORDS],
  [
    "bytes with a count, as musl's memcpy has it",
    "copy",
    1,
    `loop local.get 0 local.get 1 i32.load8_u i32.store8
      local.get 0 i32.const 1 i32.add local.set 0 local.get 1 i32.const 1 i32.add local.set 1
      local.get 2 i32.const -1 i32.add local.tee 2 br_if 0 end`,
  ],
  [
    "four bytes with an index, as older Rust has it",
    "copy",
    4,
    `loop local.get 0 local.get 3 i32.add local.tee 4 local.get 1 local.get 3 i32.add local.tee 5 i32.load8_u i32.store8
      local.get 4 i32.const 1 i32.add local.get 5 i32.const 1 i32.add i32.load8_u i32.store8
      local.get 4 i32.const 2 i32.add local.get 5 i32.const 2 i32.add i32.load8_u i32.store8
      local.get 4 i32.const 3 i32.add local.get 5 i32.const 3 i32.add i32.load8_u i32.store8
      local.get 2 local.get 3 i32.const 4 i32.add local.tee 3 i32.ne br_if 0 end`,
  ],
  [
    "words from the end, as memmove has it",
    "copy",
    4,
    `loop local.get 0 i32.const -4 i32.add local.tee 0 local.get 1 i32.load i32.store
      local.get 1 i32.const -4 i32.add local.set 1 local.get 2 local.get 0 i32.lt_u br_if 0 end`,
  ],
  [
    "an array of i64 by index",
    "copy",
    8,
    `loop local.get 0 local.get 3 i32.const 3 i32.shl i32.add
      local.get 1 local.get 3 i32.const 8 i32.mul i32.add i64.load i64.store
      local.get 3 i32.const 1 i32.add local.tee 3 local.get 2 i32.lt_s br_if 0 end`,
  ],
  [
    "words at another alignment, as Rust's memcpy has it",
    "copy",
    4,
    `loop local.get 0 local.get 3 local.get 4 i32.shr_u
      local.get 1 i32.load local.tee 3 local.get 5 i32.shl i32.or i32.store
      local.get 1 i32.const 4 i32.add local.set 1
      local.get 0 i32.const 4 i32.add local.tee 0 local.get 2 i32.lt_u br_if 0 end`,
  ],
  [
    "two words at another alignment, as musl's memcpy has it",
    "copy",
    8,
    `loop local.get 0 local.get 1 i32.load 1 local.tee 4 i32.const 8 i32.shl local.get 3 i32.const 24 i32.shr_u i32.or
      i32.store local.get 0 local.get 1 i32.load 5 local.tee 3 i32.const 8 i32.shl
      local.get 4 i32.const 24 i32.shr_u i32.or i32.store 4
      local.get 1 i32.const 8 i32.add local.set 1 local.get 0 i32.const 8 i32.add local.set 0
      local.get 2 i32.const -8 i32.add local.tee 2 i32.const 8 i32.gt_u br_if 0 end`,
  ],
  [
    "bytes with one value",
    "fill",
    1,
    `loop local.get 0 local.get 1 i32.store8 local.get 0 i32.const 1 i32.add local.set 0
      local.get 2 i32.const -1 i32.add local.tee 2 br_if 0 end`,
  ],
  [
    "32 bytes of zeros, as TinyGo has it",
    "fill",
    32,
    `loop local.get 0 i64.const 0 i64.store 24 local.get 0 i64.const 0 i64.store 16
      local.get 0 i64.const 0 i64.store 8 local.get 0 i64.const 0 i64.store
      local.get 0 i32.const 32 i32.add local.set 0
      local.get 2 i32.const -32 i32.add local.tee 2 i32.const 31 i32.gt_u br_if 0 end`,
  ],
  [
    "one field of structs",
    "fill",
    24,
    `loop local.get 0 i32.const -1 i32.store 12 local.get 0 i32.const 24 i32.add local.tee 0
      local.get 2 i32.ne br_if 0 end`,
  ],
];

const count = "local.get 2 i32.const -1 i32.add local.tee 2 br_if 0 end";
const next = (local: number, by = 1): string =>
  `local.get ${local} i32.const ${by} i32.add local.set ${local}`;
const NOT: readonly (readonly [what: string, code: string])[] = [
  ["a call", `loop local.get 0 local.get 1 call 1 i32.store8 ${next(0)} ${count}`],
  ["a division", `loop local.get 0 local.get 1 local.get 2 i32.div_u i32.store8 ${next(0)} ${count}`],
  [
    "a global that changes",
    `loop local.get 0 local.get 1 i32.store8 local.get 0 global.set 0 ${next(0)} ${count}`,
  ],
  ["memory.grow", `loop local.get 0 i32.const 0 memory.grow i32.store8 ${next(0)} ${count}`],
  ["a value that changes", `loop local.get 0 local.get 2 i32.store8 ${next(0)} ${count}`],
  [
    "a sum of what is loaded",
    `loop local.get 0 local.get 3 local.get 0 i32.load8_u i32.add local.tee 3 i32.store8 ${next(0)} ${count}`,
  ],
  ["two distances", `loop local.get 0 local.get 1 i32.load8_u i32.store8 ${next(0)} ${next(1, 2)} ${count}`],
  [
    "a copy with gaps",
    `loop local.get 0 local.get 1 i32.load8_u i32.store8 ${next(0, 2)} ${next(1, 2)} ${count}`,
  ],
  [
    "bytes made words",
    `loop local.get 0 local.get 1 i32.load8_u i32.store ${next(0, 4)} ${next(1, 4)} ${count}`,
  ],
  ["an address that stays", `loop local.get 0 local.get 1 i32.load8_u i32.store8 ${next(1)} ${count}`],
  ["an address that is loaded", `loop local.get 0 i32.load local.get 1 i32.store8 ${next(0)} ${count}`],
  [
    "an end that is loaded",
    `loop local.get 0 local.get 1 i32.store8 ${next(0)} local.get 0 i32.load br_if 0 end`,
  ],
  [
    "an end that moves along",
    `loop local.get 0 local.get 1 i32.store8 ${next(0)} ${next(2)} local.get 0 local.get 2 i32.lt_u br_if 0 end`,
  ],
  [
    "a way away from the end",
    `loop local.get 0 local.get 1 i32.store8 ${next(0)} local.get 2 local.get 0 i32.lt_u br_if 0 end`,
  ],
  [
    "an end that is left at once",
    `loop local.get 0 local.get 1 i32.store8 ${next(0)} local.get 0 local.get 2 i32.eq br_if 0 end`,
  ],
  ["another block", `loop local.get 1 if local.get 0 local.get 1 i32.store8 end ${next(0)} ${count}`],
  [
    "a step that changes",
    `loop local.get 0 local.get 1 i32.store8 local.get 0 local.get 2 i32.add local.set 0 ${count}`,
  ],
  ["nothing but counting", `loop ${count}`],
];

describe("the recogniser of bulk loops", () => {
  for (const [what, kind, bytes, code] of RECOGNISED) {
    it(`knows ${kind === "copy" ? "copies" : "fills"} of ${what}`, () => {
      const bulks = bulksOf(code);
      expect(bulks).length(1);
      const [{ effect }] = bulks as [BulkLoop];
      expect([effect.kind, Math.abs(effect.target.step)]).deep.equal([kind, bytes]);
    });
  }

  for (const [what, code] of NOT) {
    it(`leaves loops alone with ${what}`, () => {
      expect(bulksOf(code)).length(0);
    });
  }

  it("leaves loops alone that are watched or have a breakpoint, and no others", () => {
    const text: FunctionText = {
      type: "i32 i32 i32 >",
      locals: "i32 i32 i32 i64",
      code: `${COPY_WORDS} ${COPY_WORDS}`,
    };
    const instance = lowered(text);
    expect(instance.code.bulks).length(2);
    const store = new Store({ observer: { block: () => undefined } });
    const watched = instantiate(store, instance.module, new ImportMap());
    watched.call("f", 0, 0, 0);
    expect(watched.code.bulks).length(0);
    const { bytes, bodies } = instance.module;
    const execution = instance.start("f", [0, 400, 40]);
    execution.addBreakpoint(instance, bytes.indexOf(0x28, bodies[0]!.start));
    let stops = 0;
    while (execution.run() === "paused") stops++;
    expect(stops).equal(10);
  });

  it("does not look at more than 256 words", () => {
    const unrolled = (stores: number): string => {
      const body = Array.from({ length: stores }, (_, i) => `local.get 0 local.get 1 i32.store8 ${i}`).join(
        " ",
      );
      return `loop ${body} ${next(0, stores)} ${count}`;
    };
    expect(bulksOf(unrolled(60))).length(1);
    expect(bulksOf(unrolled(64))).length(0);
  });
});
