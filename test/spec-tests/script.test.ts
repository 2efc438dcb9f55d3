import { expect } from "chai";
import { readScript, ScriptError } from "../../spec-tests/index.ts";
import { F64, I64 } from "../../src/decoder/index.ts";

/** Reads a script of one command. */
function command(json: unknown) {
  return readScript({ source_filename: "x.wast", commands: [json] }).commands[0]!;
}

function reason(json: unknown): string {
  const read = command(json);
  return read.type === "unreadable" ? read.reason : `read as ${read.type}`;
}

const INVOKE = { type: "invoke", field: "f", args: [] };

describe("spec-tests/script", () => {
  it("reads every kind of command", () => {
    const file = { filename: "a.0.wasm", module_type: "binary", text: "t" };
    const commands = [
      { type: "module", line: 1, name: "$M", filename: "a.0.wasm" },
      { type: "register", line: 2, as: "\ufeff", name: "$M" },
      { type: "action", line: 3, action: { type: "get", field: "", module: "$M" }, expected: [] },
      { type: "assert_return", line: 4, action: INVOKE, expected: [{ type: "f64", value: "nan:canonical" }] },
      { type: "assert_trap", line: 5, action: INVOKE, text: "unreachable", expected: [{ type: "i32" }] },
      { type: "assert_exhaustion", line: 6, action: INVOKE, text: "call stack exhausted", expected: [] },
      { type: "assert_malformed", line: 7, ...file, module_type: "text" },
      { type: "assert_invalid", line: 8, ...file },
      { type: "assert_unlinkable", line: 9, ...file },
      { type: "assert_uninstantiable", line: 10, ...file },
    ];
    const script = readScript({ source_filename: "a.wast", commands });
    expect(script.source).to.equal("a.wast");
    expect(script.commands.map(({ type }) => type)).to.deep.equal(commands.map(({ type }) => type));
    expect(script.commands.map(({ line }) => line)).to.deep.equal(commands.map(({ line }) => line));
    expect(script.commands[1]).to.deep.include({ as: "\ufeff" });
    expect(script.commands[3]).to.deep.include({ expected: [{ type: F64, nan: "canonical" }] });
    expect(script.commands[6]).to.deep.include({ file: { filename: "a.0.wasm", format: "text" } });
  });

  it("reads the widest integers exactly", () => {
    const args = [{ type: "i64", value: "18446744073709551615" }];
    expect(command({ type: "action", action: { ...INVOKE, args } })).to.deep.include({
      action: {
        type: "invoke",
        instance: undefined,
        field: "f",
        args: [{ type: I64, bits: 0xffff_ffff_ffff_ffffn }],
      },
    });
  });

  it("keeps a command it cannot read, with the reason, so that it fails when it is run", () => {
    const expecting = (value: unknown) => ({ type: "assert_return", action: INVOKE, expected: [value] });
    expect(reason({ type: "assert_wonder", line: 7 })).to.equal('unknown command "assert_wonder"');
    expect(reason(expecting({ type: "anyref", value: "1" }))).to.match(/type anyref are not supported/);
    expect(reason(expecting({ type: "i32", value: "-1" }))).to.match(/"-1" is not a value/);
    expect(reason(expecting({ type: "i32", value: "4294967296" }))).to.match(/does not fit i32/);
    expect(reason({ type: "action", action: { type: "poke", field: "f" } })).to.match(/unknown action/);
    expect(
      reason({ type: "action", action: { ...INVOKE, args: [{ type: "f32", value: "nan:canonical" }] } }),
    ).to.match(/not an argument/);
    expect(reason({ type: "module" })).to.match(/"filename" is not a string/);
    expect(reason(null)).to.match(/not an object/);
  });

  it("refuses what is no script", () => {
    for (const json of [null, [], {}, { commands: {} }, 7]) {
      expect(() => readScript(json)).to.throw(ScriptError);
    }
  });
});
