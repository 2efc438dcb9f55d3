import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import {
  featuresFor,
  interpreter,
  nameOfType,
  runSuite,
  ScriptError,
  type Suite,
  skipReasons,
  spectestExports,
  suitesUnder,
} from "../../spec-tests/index.ts";
import { lockstep, lockstepJson, TestFolder } from "../cli/support.ts";
import {
  type Bytes,
  body,
  bytesOf,
  F32,
  funcType,
  I32,
  name,
  OP,
  section,
  vector,
} from "../decoder/assemble.ts";
import { shared } from "../decoder/shared.ts";

/** A module that imports what the script registers and what `spectest` has, and exports functions on bits. */
function echoing(): Uint8Array {
  return bytesOf(
    section(1, vector([funcType([], []), funcType([F32], [F32]), funcType([], [I32])])),
    section(
      2,
      vector([
        [...name("spectest"), ...name("print"), 0, 0],
        [...name("spectest"), ...name("global_i32"), 3, I32, 0],
        [...name("spectest"), ...name("memory"), 2, 1, 1, 2],
      ]),
    ),
    section(3, vector([[1], [2], [0], [0]])),
    section(
      7,
      vector([
        [...name("\ufeff"), 0, 1],
        [...name("grow"), 0, 2],
        [...name("trap"), 0, 3],
        [...name("recurse"), 0, 4],
        [...name("six"), 3, 0],
      ]),
    ),
    section(
      10,
      vector([
        body([OP["local.get"]!, 0]),
        body([OP["i32.const"]!, 1, OP["memory.grow"]!, 0]),
        body([OP["call"]!, 0, OP["unreachable"]!]),
        body([OP["call"]!, 4]),
      ]),
    ),
  );
}

/** A module that imports one function under a name. */
function importing(module: string, field: string, type: Bytes): Uint8Array {
  return bytesOf(section(1, vector([type])), section(2, vector([[...name(module), ...name(field), 0, 0]])));
}

const invoke = (field: string, args: unknown[] = [], module?: string) => ({
  type: "invoke",
  field,
  args,
  ...(module && { module }),
});
const f32 = (value: string) => ({ type: "f32", value });
const i32 = (value: string) => ({ type: "i32", value });

const STARTS_WITH_TRAP = bytesOf(
  section(1, vector([funcType([], [])])),
  section(3, vector([[0]])),
  section(8, [0]),
  section(10, vector([body([OP["unreachable"]!])])),
);
const ILL_TYPED = bytesOf(
  section(1, vector([funcType([], [I32])])),
  section(3, vector([[0]])),
  section(10, vector([body([])])),
);

const MODULES: { readonly [file: string]: Uint8Array } = {
  "a.0.wasm": echoing(),
  "a.1.wasm": importing("lib", "\ufeff", funcType([F32], [F32])),
  "a.2.wasm": importing("lib", "\ufeff", funcType([I32], [])),
  "a.3.wasm": importing("spectest", "print_i64", funcType([0x7e], [])),
  "a.4.wasm": STARTS_WITH_TRAP,
  "a.5.wasm": ILL_TYPED,
  "a.6.wasm": Uint8Array.of(0, 0x61, 0x73),
};

/** Uses every type of command, and passes. */
const COMMANDS: readonly object[] = [
  { type: "module", line: 1, name: "$A", filename: "a.0.wasm" },
  { type: "register", line: 2, as: "lib", name: "$A" },
  { type: "module", line: 3, filename: "a.1.wasm" },
  // A signalling NaN must come through as it is.
  {
    type: "assert_return",
    line: 4,
    action: invoke("\ufeff", [f32("2141192193")], "$A"),
    expected: [f32("2141192193")],
  },
  {
    type: "assert_return",
    line: 5,
    action: { type: "get", field: "six", module: "$A" },
    expected: [i32("666")],
  },
  { type: "assert_return", line: 6, action: invoke("grow", [], "$A"), expected: [i32("1")] },
  { type: "assert_return", line: 7, action: invoke("grow", [], "$A"), expected: [i32("4294967295")] },
  { type: "assert_trap", line: 8, action: invoke("trap", [], "$A"), text: "unreachable", expected: [] },
  {
    type: "assert_exhaustion",
    line: 9,
    action: invoke("recurse", [], "$A"),
    text: "call stack exhausted",
    expected: [],
  },
  { type: "action", line: 10, action: invoke("\ufeff", [f32("0")], "$A"), expected: [{ type: "f32" }] },
  {
    type: "assert_unlinkable",
    line: 11,
    filename: "a.2.wasm",
    text: "incompatible import type",
    module_type: "binary",
  },
  { type: "module", line: 12, filename: "a.3.wasm" },
  {
    type: "assert_uninstantiable",
    line: 13,
    filename: "a.4.wasm",
    text: "unreachable",
    module_type: "binary",
  },
  { type: "assert_invalid", line: 14, filename: "a.5.wasm", text: "type mismatch", module_type: "binary" },
  { type: "assert_malformed", line: 15, filename: "a.6.wasm", text: "unexpected end", module_type: "binary" },
  { type: "assert_malformed", line: 16, filename: "a.7.wat", text: "unexpected token", module_type: "text" },
];

/** Every one of these must be reported. */
const WRONG: readonly object[] = [
  { type: "module", line: 1, filename: "a.0.wasm" },
  { type: "assert_return", line: 2, action: invoke("\ufeff", [f32("0")]), expected: [f32("2147483648")] },
  {
    type: "assert_return",
    line: 3,
    action: invoke("\ufeff", [f32("2141192193")]),
    expected: [f32("nan:canonical")],
  },
  { type: "assert_return", line: 4, action: invoke("nowhere"), expected: [] },
  { type: "assert_return", line: 5, action: invoke("\ufeff", [i32("0")]), expected: [f32("0")] },
  { type: "assert_return", line: 6, action: { type: "get", field: "grow" }, expected: [i32("0")] },
  { type: "assert_trap", line: 7, action: invoke("trap"), text: "integer overflow", expected: [] },
  { type: "assert_exhaustion", line: 8, action: invoke("trap"), text: "call stack exhausted", expected: [] },
  { type: "assert_malformed", line: 9, filename: "a.0.wasm", text: "unexpected end", module_type: "binary" },
  {
    type: "assert_unlinkable",
    line: 10,
    filename: "a.4.wasm",
    text: "unknown import",
    module_type: "binary",
  },
  { type: "module", line: 11, filename: "a.6.wasm" },
  { type: "action", line: 12, action: invoke("\ufeff", [f32("0")]) },
];

describe("spec-tests/suites", () => {
  const folder = new TestFolder();
  after(() => folder.remove());

  /** Writes a script with its modules to `suite/name/name.json`. */
  function script(suite: string, scriptName: string, commands: readonly object[]): string {
    const path = join(folder.path, suite, scriptName, `${scriptName}.json`);
    mkdirSync(dirname(path), { recursive: true });
    for (const [file, bytes] of Object.entries(MODULES)) writeFileSync(join(dirname(path), file), bytes);
    writeFileSync(path, JSON.stringify({ source_filename: `${scriptName}.wast`, commands }));
    return join(folder.path, suite);
  }

  it("runs a suite of scripts, each in a store of its own", () => {
    const path = script("good", "one", COMMANDS);
    script("good", "two", COMMANDS);
    const done: string[] = [];
    const report = runSuite({ path, features: "mvp" }, interpreter, ({ script: at }, total) => {
      done.push(`${at} of ${total}`);
    });
    expect(report.scripts.flatMap(({ failures }) => failures)).to.deep.equal([]);
    expect(report).to.include({ passed: 30, failed: 0, skipped: 2 });
    expect([...skipReasons(report)]).to.deep.equal([
      ["assert_malformed: needs a parser of the text format", 2],
    ]);
    expect(done).to.deep.equal(["one of 2", "two of 2"]);
  });

  it("reports every command that does not hold", () => {
    const report = runSuite({ path: script("bad", "one", WRONG), features: "mvp" }, interpreter);
    expect(report.scripts[0]!.failures.map(({ line }) => line)).to.deep.equal([
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    expect(report.passed).to.equal(1);
  });

  it("runs one script by its file", () => {
    const path = join(script("good", "one", COMMANDS), "one", "one.json");
    const report = runSuite({ path, features: "mvp" }, interpreter);
    expect(report.scripts.map(({ script: at, passed }) => [at, passed])).to.deep.equal([["one", 15]]);
  });

  it("refuses what holds no scripts", () => {
    const run = (path: string) => runSuite({ path, features: "mvp" }, interpreter);
    mkdirSync(join(folder.path, "empty"));
    expect(() => run(join(folder.path, "empty"))).to.throw(ScriptError, /no test scripts/);
    expect(() => run(join(folder.path, "absent"))).to.throw(ScriptError, /no such file or folder/);
    expect(() => run(folder.write("x.json", new TextEncoder().encode("{")))).to.throw(
      ScriptError,
      /not JSON/,
    );
    expect(() => run(folder.write("y.json", {}))).to.throw(ScriptError, /no list of commands/);
  });

  it("knows the default suites by their folders", () => {
    expect(featuresFor("a/mvp")).to.equal("mvp");
    expect(featuresFor("a/mvp/address/address.json")).to.equal("mvp");
    expect(featuresFor("a/mvp-new")).to.equal("polkadot");
    const root = join(folder.path, "root");
    script(join("root", "mvp"), "one", COMMANDS);
    script(join("root", "wast", "mvp"), "one", COMMANDS);
    script(join("root", "mutable-globals"), "one", COMMANDS);
    expect(suitesUnder(root)).to.deep.equal([
      { path: join(root, "mvp"), features: "mvp" },
      { path: join(root, "wast", "mvp"), features: "mvp" },
      { path: join(root, "mutable-globals"), features: "polkadot" },
    ] satisfies Suite[]);
  });

  it("has the whole spectest host", () => {
    const types = [...spectestExports()].map(([field, extern]) => {
      if (extern.kind === "func")
        return `${field} ${extern.value.type.params.map(nameOfType).join(" ")}`.trim();
      if (extern.kind === "global") return `${field} = ${String(extern.value.value)}`;
      return `${field} ${extern.value.type.min} ${extern.value.type.max}`;
    });
    expect(types).to.deep.equal([
      "print",
      "print_i32 i32",
      "print_i64 i64",
      "print_f32 f32",
      "print_f64 f64",
      "print_i32_f32 i32 f32",
      "print_f64_f64 f64 f64",
      "global_i32 = 666",
      "global_i64 = 666",
      `global_f32 = ${Math.fround(666.6)}`,
      "global_f64 = 666.6",
      "table 10 20",
      "memory 1 2",
    ]);
  });

  describe("lockstep spectest", () => {
    it("answers 0 to a suite that passes, and says what was skipped and why", async () => {
      const { code, stdout } = await lockstep([
        "spectest",
        script("good", "one", COMMANDS),
        "--features",
        "mvp",
      ]);
      expect(code).to.equal(0);
      expect(stdout).to.match(/\n {2}one +15 passed +1 skipped\n/);
      expect(stdout).to.match(/skipped \d × assert_malformed: needs a parser of the text format/);
      expect(stdout).to.match(/passed, 0 failed, \d+ skipped\n$/);
    });

    it("answers 1 to one that does not, with line and reason of each failure", async () => {
      const path = script("bad", "one", WRONG);
      const { code, stdout } = await lockstep(["spectest", path]);
      expect(code).to.equal(1);
      expect(stdout).to.contain(
        "line 2 (command 1) assert_return: expected f32 0x80000000 (-0), got f32 0x00000000 (0)",
      );
      const { json } = await lockstepJson<{ ok: boolean; failed: number; suites: object[] }>(
        "spectest",
        path,
      );
      expect(json).to.include({ ok: false, failed: 11, passed: 1 });
      const slow = await lockstepJson<object>("spectest", path, "--executor", "reference");
      expect(slow.json).to.deep.equal({ ...json, executor: "reference" });
    });

    it("takes the folder that SPEC_TESTS names, and says how to get a suite where there is none", async () => {
      script(join("root", "mvp"), "one", COMMANDS);
      const found = await lockstep(["spectest"], { SPEC_TESTS: join(folder.path, "root") });
      expect(found.code).to.equal(0);
      const none = await lockstep(["spectest"], { SPEC_TESTS: join(folder.path, "absent") });
      expect(none.code).to.equal(3);
      expect(none.stderr).to.match(/no such file or folder/);
    });
  });

  const root = shared("wasm-spec");
  describe(`the official suite${root === undefined ? " (skipped: no ../shared/wasm-spec)" : ""}`, () => {
    for (const [suite, passed, skipped] of [
      ["mvp", 18_917, 498],
      ["sign-extension-ops", 872, 0],
      ["nontrapping-float-to-int", 615, 0],
      ["mutable-globals", 149, 0],
    ] as const) {
      it(`passes ${suite}`, function () {
        const found = root && suitesUnder(root).find(({ path }) => path.endsWith(suite));
        if (!found) this.skip();
        const report = runSuite(found, interpreter);
        expect(report.scripts.flatMap(({ failures }) => failures)).to.deep.equal([]);
        expect(report).to.include({ passed, failed: 0, skipped });
      });
    }
  });
});
