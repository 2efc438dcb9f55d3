import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  type CommandResult,
  interpreter,
  runScript,
  runSuite,
  suitesUnder,
} from "../../../spec-tests/index.ts";
import { conversionFolder } from "../../../spec-tests/wast/conversion-cache.ts";
import { type LoadOptions, loadWastScripts } from "../../../spec-tests/wast/load.ts";
import { convertTexts, findWabt, NEEDS_WABT, WabtError, withWasm } from "../../../spec-tests/wast/wabt.ts";
import { wabtFeatures } from "../../../spec-tests/wast/wabt-features.ts";
import { type FeatureSet, ModuleError } from "../../../src/decoder/index.ts";

const UTF8 = new TextEncoder();

/** A script in which everything is as it says. */
const GOOD = `
(module $A
  (global (export "g") (mut f64) (f64.const -0x1.8p1))
  (memory (export "m") 1)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "nan") (result f32) (f32.div (f32.const 0) (f32.const 0)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func $again (export "again") (call $again)))
(assert_return (invoke "add" (i32.const -1) (i32.const 0x2)) (i32.const 1))
(assert_return (invoke "nan") (f32.const nan:canonical))
(assert_return (get "g") (f64.const -3))
(assert_trap (invoke "load" (i32.const -4)) "out of bounds memory access")
(assert_exhaustion (invoke "again") "call stack exhausted")
(register "a" $A)
(module quote "(import \\"a\\" \\"add\\" (func $f (param i32 i32) (result i32)))"
  "(func (export \\"seven\\") (result i32) (call $f (i32.const 3) (i32.const 4)))")
(assert_return (invoke "seven") (i32.const 7))
(invoke $A "nan")
(module binary "\\00asm\\01\\00\\00\\00")
(assert_malformed (module binary "\\00asm") "unexpected end")
(assert_malformed (module quote "(func") "unexpected token")
(assert_invalid (module (func (result i32) (i64.const 0))) "type mismatch")
(assert_invalid (module (func (local.get 7))) "unknown local")
(assert_unlinkable (module (import "a" "nothing" (func))) "unknown import")
(assert_trap (module (func $f unreachable) (start $f)) "unreachable")
`;

describe("spec-tests/wast/load", () => {
  let folder: string;
  const usual = process.env["LOCKSTEP_CACHE"];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lockstep-wast-"));
    process.env["LOCKSTEP_CACHE"] = folder;
  });
  after(() => {
    if (usual === undefined) delete process.env["LOCKSTEP_CACHE"];
    else process.env["LOCKSTEP_CACHE"] = usual;
    rmSync(folder, { recursive: true, force: true });
  });

  function write(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  function run(text: string, features: FeatureSet = "mvp", options: LoadOptions = {}): CommandResult[] {
    const path = write("script.wast", text);
    const scripts = loadWastScripts([path], features, { cache: join(folder, "cache"), ...options });
    const { script, readFile } = scripts.get(path)!;
    return runScript(script, readFile, interpreter, features);
  }

  /** Status and reason, shortened, of all the commands. */
  function verdicts(results: CommandResult[]): string[] {
    return results.map(({ status, reason }) => (reason === "" ? status : `${status}: ${reason}`));
  }

  it("runs a script from end to end, with the engine's WebAssembly switched off here", function () {
    if (findWabt() === undefined) this.skip();
    const results = run(GOOD);
    const skipped = results.filter(({ status }) => status === "skipped");
    expect(results.filter(({ status }) => status === "failed")).to.deep.equal([]);
    expect(skipped.map(({ type, reason }) => [type, reason])).to.deep.equal([
      ["assert_malformed", "needs a parser of the text format"],
    ]);
    expect(results).to.have.length(17);
  });

  it("reports what is not as the script says", function () {
    if (findWabt() === undefined) this.skip();
    const results = run(`
      (module (func (export "one") (result i32) (i32.const 1)) (func (export "f")))
      (assert_return (invoke "one") (i32.const 2))
      (assert_return (invoke "one") (f32.const 1))
      (assert_trap (invoke "f") "unreachable")
      (assert_return (invoke "absent"))
      (assert_invalid (module) "type mismatch")
      (assert_malformed (module binary "\\00asm\\01\\00\\00\\00") "magic")
      (module (func (result i32)))
      (assert_return (invoke "f"))
      (assert_wonder)`);
    expect(results.map(({ status }) => status)).to.deep.equal(["passed", ...new Array(9).fill("failed")]);
    expect(results[1]!.reason).to.equal("expected i32 2, got i32 1");
    expect(results[7]!.reason).to.match(/^ModuleError/);
    expect(results[8]!.reason).to.equal("there is no current instance");
    expect(results.map(({ line }) => line)).to.deep.equal([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it("has wabt parse with just the features of the run", function () {
    if (findWabt() === undefined) this.skip();
    const script = `(module (func (export "f") (param i32) (result i32) (i32.extend8_s (local.get 0))))
      (assert_return (invoke "f" (i32.const 0x80)) (i32.const -128))
      (assert_invalid (module (func (i32.extend8_s (i64.const 0)) drop)) "type mismatch")`;
    expect(verdicts(run(script, "polkadot"))).to.deep.equal(["passed", "passed", "passed"]);
    const refused = "wabt refuses the text: opcode not allowed: i32.extend8_s (line 1 of the module)";
    expect(verdicts(run(script, "mvp"))).to.deep.equal([
      `failed: ${refused}`,
      "failed: there is no current instance",
      // That wabt finds it wrong as well proves nothing of the engine.
      `skipped: ${refused}`,
    ]);
  });

  it("skips what needs wabt where there is none, and what depends on it, with the reason", () => {
    const results = run(GOOD, "mvp", { wabt: undefined });
    const binaries = results.filter(({ line }) => GOOD.split("\n")[line - 1]!.includes("module binary"));
    expect(binaries.map(({ status }) => status)).to.deep.equal(["passed", "passed"]);
    for (const { status, reason } of results.filter((result) => !binaries.includes(result))) {
      expect(status).to.equal("skipped");
      expect([NEEDS_WABT, "needs a parser of the text format"]).to.include(reason);
    }
  });

  it("starts no wabt for what it has in the cache, and makes anew what is damaged there", function () {
    const wabt = findWabt();
    if (wabt === undefined) this.skip();
    const cache = join(folder, "cache of its own");
    const text = "(module (func))";
    const absent = { path: join(folder, "absent.js"), version: wabt.version };
    expect(() => run(text, "mvp", { cache, wabt: absent })).to.throw(WabtError, /Cannot find module/);
    expect(verdicts(run(text, "mvp", { cache }))).to.deep.equal(["passed"]);
    expect(verdicts(run(text, "mvp", { cache, wabt: absent }))).to.deep.equal(["passed"]);

    const [file, ...others] = readdirSync(cache);
    expect(others).to.deep.equal([]);
    const kept = readFileSync(join(cache, file!), "utf8");
    for (const damaged of ["", "{", "[]", "[7]", '[{"binary":7}]', `${kept.slice(0, -1)},{}]`]) {
      writeFileSync(join(cache, file!), damaged);
      expect(() => run(text, "mvp", { cache, wabt: absent }), damaged).to.throw(WabtError);
    }
    expect(verdicts(run(text, "mvp", { cache }))).to.deep.equal(["passed"]);
    expect(readFileSync(join(cache, file!), "utf8")).to.equal(kept);

    // Another text, other features or another wabt are another conversion.
    expect(() => run("(module)", "mvp", { cache, wabt: absent })).to.throw(WabtError);
    expect(() => run(text, "polkadot", { cache, wabt: absent })).to.throw(WabtError);
    expect(() => run(text, "mvp", { cache, wabt: { ...absent, version: "0" } })).to.throw(WabtError);
  });

  it("does without a cache where it cannot be written", function () {
    if (findWabt() === undefined) this.skip();
    const cache = join(write("a file", ""), "cache");
    expect(verdicts(run("(module (func))", "mvp", { cache }))).to.deep.equal(["passed"]);
  });

  it("runs a suite of scripts, converting all of them in one go", function () {
    if (findWabt() === undefined) this.skip();
    const suite = mkdtempSync(join(folder, "suite-"));
    writeFileSync(join(suite, "b.wast"), GOOD);
    writeFileSync(
      join(suite, "a.wast"),
      '(module (func (export "f")))(assert_return (invoke "f") (i32.const 1))',
    );
    const json = { commands: [{ type: "register", as: "m" }] };
    writeFileSync(join(suite, "c.json"), JSON.stringify(json));
    const { scripts } = runSuite({ path: suite, features: "mvp" }, interpreter);
    expect(scripts.map(({ script, passed, failed }) => [script, passed, failed])).to.deep.equal([
      ["a", 1, 1],
      ["b", 16, 0],
      ["c", 0, 1],
    ]);
    expect(suitesUnder(join(suite, "a.wast"))).to.deep.equal([]);
    const single = runSuite({ path: join(suite, "a.wast"), features: "mvp" }, interpreter);
    expect(single.scripts.map(({ script, passed }) => [script, passed])).to.deep.equal([["a", 1]]);
  });

  it("keeps conversions in LOCKSTEP_CACHE, else under the working directory", () => {
    expect(conversionFolder({ LOCKSTEP_CACHE: "/c" })).to.equal(join("/c", "wast"));
    expect(conversionFolder({ LOCKSTEP_CACHE: "" })).to.equal(join(".cache", "lockstep", "wast"));
  });
});

describe("spec-tests/wast/wabt", () => {
  it("leaves invalid modules to the engine", function () {
    const wabt = findWabt();
    if (wabt === undefined) this.skip();
    const invalid = [
      "(module (func (result i32)))",
      "(module (func i32.add))",
      "(module (func (br 7)))",
      "(module (func (call 7)))",
      "(module (func (global.set 0)))",
      "(module (memory 65537))",
      "(module (memory 1) (memory 1))",
      "(module (memory 2 1))",
      "(module (table 2 1 funcref))",
      '(module (func) (export "a" (func 0)) (export "a" (func 0)))',
      "(module (global i32 (i64.const 0)))",
      "(module (func (param i32)) (start 0))",
      "(module (memory 1) (func (drop (i32.load align=8 (i32.const 0)))))",
      "(module (data (i32.const 0)))",
      "(module (elem (i32.const 0)))",
      "(module (table 1 funcref) (elem (i32.const 0) 3))",
      "(module (func (type 3)))",
      "(module (func (result i32 i32) unreachable))",
      "(module (func (drop (block (result i32 i32) unreachable))))",
      "(module (table 0 funcref) (table 0 funcref))",
    ];
    const results = convertTexts(
      wabt,
      invalid.map((text) => UTF8.encode(text)),
      wabtFeatures("mvp"),
    );
    const refused = results.map((result, i) =>
      "refused" in result ? `${invalid[i]}: ${result.refused}` : "",
    );
    expect(refused.filter((text) => text !== "")).to.deep.equal([]);
    for (const [i, result] of results.entries()) {
      const bytes = new Uint8Array(Buffer.from((result as { binary: string }).binary, "base64"));
      expect(() => interpreter.open("mvp").load(bytes), invalid[i]!).to.throw(ModuleError);
    }
  });

  it("reports one bad text, or one that breaks wabt, and goes on", function () {
    const wabt = findWabt();
    if (wabt === undefined) this.skip();
    const deep = `(module (func ${"(block ".repeat(200_000)}${")".repeat(200_000)}))`;
    const texts = ["(module", "", "(module)\n(what)", deep, "(module)"];
    const results = convertTexts(
      wabt,
      texts.map((text) => UTF8.encode(text)),
      wabtFeatures("mvp"),
    );
    expect(results[0]).to.deep.include({ line: 1 }).and.to.have.property("refused");
    expect(results[2]).to.deep.include({ line: 2 }).and.to.have.property("refused");
    expect(results[3]).to.have.any.keys("refused", "binary");
    expect(results[4]).to.deep.equal({ binary: Buffer.from("\0asm\x01\0\0\0").toString("base64") });
    expect(results[1]).to.deep.equal(results[4]);
  });

  it("keeps from the child what takes WebAssembly away", () => {
    const taken = [
      "--no-expose-wasm",
      "--noexpose_wasm",
      "--no-expose_wasm",
      "--jitless",
      "--inspect-brk=9229",
    ];
    expect(withWasm(["--enable-source-maps", ...taken, "--import", "x"])).to.deep.equal([
      "--enable-source-maps",
      "--import",
      "x",
    ]);
  });
});
