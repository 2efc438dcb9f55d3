import { expect } from "chai";
import { ScriptError } from "../../../spec-tests/index.ts";
import { readWast, WastSyntaxError } from "../../../spec-tests/wast/index.ts";
import { F32, F64, I32, I64 } from "../../../src/decoder/index.ts";

const UTF8 = new TextEncoder();

function read(text: string) {
  return readWast(UTF8.encode(text), "test.wast");
}

function commands(text: string) {
  return read(text).script.commands;
}

/** What is kept of the modules, as text. */
function modules(text: string) {
  return [...read(text).modules.values()].map(({ format, bytes, valid }) => [
    format,
    valid,
    new TextDecoder("latin1").decode(bytes),
  ]);
}

function syntaxError(text: string): WastSyntaxError {
  try {
    read(text);
  } catch (error) {
    expect(error).to.be.instanceOf(WastSyntaxError).and.to.be.instanceOf(ScriptError);
    return error as WastSyntaxError;
  }
  throw new Error(`read without complaint: ${text}`);
}

describe("spec-tests/wast/reader", () => {
  it("reads every kind of command, with the line of its module or action", () => {
    const binary = { filename: "module 0", format: "binary" };
    const action = { type: "invoke", instance: undefined, field: "f", args: [] };
    const cases: [string, object][] = [
      ["(module)", { type: "module", line: 1, file: binary, name: undefined }],
      ["\n(module $M binary)", { type: "module", line: 2, file: binary, name: "$M" }],
      ["( ;;x\nmodule)", { type: "module", line: 2, file: binary, name: undefined }],
      ['(register "m")', { type: "register", line: 1, as: "m", name: undefined }],
      ['(register "\\ef\\bb\\bf" $M)', { type: "register", line: 1, as: "\ufeff", name: "$M" }],
      ['(invoke "f")', { type: "action", line: 1, action }],
      [
        '(get $M "g")',
        { type: "action", line: 1, action: { type: "get", instance: "$M", field: "g", args: [] } },
      ],
      ['(assert_return\n(invoke "f"))', { type: "assert_return", line: 2, action, expected: [] }],
      ['(assert_trap (invoke "f") "t")', { type: "assert_trap", line: 1, action, text: "t" }],
      ['(assert_exhaustion (invoke "f") "t")', { type: "assert_exhaustion", line: 1, action, text: "t" }],
      ['(assert_trap (module) "t")', { type: "assert_uninstantiable", line: 1, file: binary, text: "t" }],
      ['(assert_unlinkable (module) "t")', { type: "assert_unlinkable", line: 1, file: binary, text: "t" }],
      ['(assert_invalid\n(module) "t")', { type: "assert_invalid", line: 2, file: binary, text: "t" }],
      [
        '(assert_malformed (module binary) "t")',
        { type: "assert_malformed", line: 1, file: binary, text: "t" },
      ],
      [
        '(assert_malformed (module quote "(") "t")',
        { type: "assert_malformed", line: 1, file: { filename: "module 0", format: "text" }, text: "t" },
      ],
    ];
    for (const [text, command] of cases) expect(commands(text), text).to.deep.equal([command]);
    const all = cases.map(([text]) => text).join("\n");
    expect(commands(all).map(({ type }) => type)).to.deep.equal(
      cases.map(([, command]) => (command as { type: string }).type),
    );
  });

  it("reads values as bits", () => {
    const [command] = commands(`(assert_return
      (invoke "f" (i32.const -1) (i64.const 0xffff_ffff_ffff_ffff) (f32.const -0x1p-149) (f64.const nan:0x1))
      (f32.const nan:canonical) (f64.const nan:arithmetic) (f32.const -nan) (f64.const -0.5e0))`);
    expect(command).to.deep.include({
      action: {
        type: "invoke",
        instance: undefined,
        field: "f",
        args: [
          { type: I32, bits: 0xffff_ffffn },
          { type: I64, bits: 0xffff_ffff_ffff_ffffn },
          { type: F32, bits: 0x8000_0001n },
          { type: F64, bits: 0x7ff0_0000_0000_0001n },
        ],
      },
      expected: [
        { type: F32, nan: "canonical" },
        { type: F64, nan: "arithmetic" },
        { type: F32, bits: 0xffc0_0000n },
        { type: F64, bits: 0xbfe0_0000_0000_0000n },
      ],
    });
  });

  it("keeps the modules: text as it stands, quoted text and binaries without their quotes", () => {
    expect(modules('(module $M (func (; ) ;) (data ")")) ;; x\n)')).to.deep.equal([
      ["text", true, '(module $M (func (; ) ;) (data ")")) ;; x\n)'],
    ]);
    expect(modules('(module quote "(fu" "nc)\\0a")(module quote)')).to.deep.equal([
      ["text", true, "(func)\n"],
      ["text", true, ""],
    ]);
    expect(modules('(module binary "\\00as" (;x;) "m\\ff")')).to.deep.equal([["binary", true, "\0asm\xff"]]);
    expect(modules('(assert_invalid (module quote "(a)") "t")')).to.deep.equal([["text", false, "(a)"]]);
    expect(modules('(assert_trap (module) "t")(assert_unlinkable (module) "t")')).to.deep.equal([
      ["text", true, "(module)"],
      ["text", true, "(module)"],
    ]);
    expect(
      modules('(assert_malformed (module quote "(") "t")(assert_malformed (module binary "") "t")'),
    ).to.deep.equal([["binary", false, ""]]);
  });

  it("takes fields without a module around them for one", () => {
    const text = ' (func) ;; x\n (memory 0)(func (export "f")) ';
    expect(modules(text)).to.deep.equal([["text", true, '(func) ;; x\n (memory 0)(func (export "f"))']]);
    expect(commands(`${text}(invoke "f")`).map(({ type }) => type)).to.deep.equal(["module", "action"]);
  });

  it("keeps a command that it does not know, so that it fails when it is run", () => {
    const reasons: [string, string][] = [
      ['(assert_wonder (a (b ")")) 7)', 'unknown command "assert_wonder"'],
      ["(module definition $M (func))", 'unknown kind of module "definition"'],
      ['(invoke "f" (v128.const i31x4 0 0 0 0))', "vectors of shape i31x4 are not supported"],
      ['(assert_return (invoke "f") (ref.struct))', "values of type ref.struct are not supported"],
      ['(assert_return (invoke "f" (f32.const nan:canonical)))', "nan:canonical is not an argument"],
    ];
    for (const [text, reason] of reasons) {
      expect(commands(`\n${text}(invoke "g")`), text).to.deep.equal([
        { type: "unreadable", line: 2, reason },
        { type: "action", line: 2, action: { type: "invoke", instance: undefined, field: "g", args: [] } },
      ]);
    }
  });

  it("says line and column of what is wrong with a script", () => {
    const wrong: [text: string, place: string, problem: RegExp][] = [
      ["(module", "1:8", /expected "\)", found the end/],
      ["\n  )", "2:3", /expected "\(", found "\)"/],
      ["(module))", "1:9", /expected "\(", found "\)"/],
      ["x", "1:1", /expected "\(", found x/],
      ["()", "1:2", /expected a word/],
      ["(register\n  7)", "2:3", /expected a string, found 7/],
      ['(register "a" b)', "1:15", /expected "\)", found b/],
      ['(register "\\ff")', "1:11", /not UTF-8/],
      ['(invoke "a\\x")', "1:11", /unknown escape/],
      ['(invoke "f" (i32.const 0x1_0000_0000))', "1:24", /does not fit i32/],
      ['(invoke "f" (i32.const nan:canonical))', "1:24", /not an integer/],
      ['(invoke "f" (f32.const 1e39))', "1:24", /too great for f32/],
      ['(invoke "f" (f32.const 1_))', "1:24", /not a floating-point number/],
      [`(invoke "f" (f32.const ${"1".repeat(200_000)}))`, "1:24", /more than 100000 characters/],
      ['(invoke "f" (i32.const 1 2))', "1:26", /expected "\)", found 2/],
      ['(assert_return (module) "t")', "1:16", /expected an action, found module/],
      ['(assert_invalid (invoke "f") "t")', "1:17", /expected a module, found invoke/],
      ["(assert_invalid (module))", "1:25", /expected a string/],
      ["(module binary x)", "1:16", /expected "\)", found x/],
      ['(module (func "a\nb"))', "1:15", /a string without end/],
      ['(module quote "\\u{d800}")', "1:16", /not a character/],
    ];
    for (const [text, place, problem] of wrong) {
      const { line, column, message } = syntaxError(text);
      expect(`${line}:${column}`, text.slice(0, 80)).to.equal(place);
      expect(message)
        .to.match(problem)
        .and.to.match(new RegExp(`^test.wast:${place}: `));
    }
  });

  it("does not mind deep nesting", () => {
    const depth = 200_000;
    const nested = `${"(".repeat(depth)}${")".repeat(depth)}`;
    expect(commands(`(module ${nested})(wonder ${nested})`).map(({ type }) => type)).to.deep.equal([
      "module",
      "unreadable",
    ]);
    expect(syntaxError("(".repeat(depth)).message).to.match(/expected a word/);
    expect(syntaxError(`(module ${"(".repeat(depth)}`).message).to.match(/found the end/);
  });
});
