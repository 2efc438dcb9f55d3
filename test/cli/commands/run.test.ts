import { expect } from "chai";
import {
  body,
  bytesOf,
  F32,
  F64,
  funcType,
  I32,
  I64,
  name,
  OP,
  section,
  signed,
  vector,
} from "../../decoder/assemble.ts";
import { lockstep, lockstepJson, TestFolder } from "../support.ts";

const identity = [OP["local.get"]!, 0];
const FUNCTIONS: { readonly [name: string]: readonly [type: number[], code: number[]] } = {
  i32: [funcType([I32], [I32]), identity],
  i64: [funcType([I64], [I64]), identity],
  f32: [funcType([F32], [F32]), identity],
  f64: [funcType([F64], [F64]), identity],
  nothing: [funcType([], []), []],
  divide: [funcType([I32, I32], [I32]), [OP["local.get"]!, 0, OP["local.get"]!, 1, OP["i32.div_s"]!]],
  recurse: [funcType([], []), [OP["call"]!, 7]],
  spin: [funcType([], []), [OP["loop"]!, 0x40, OP["br"]!, 0, OP["end"]!]],
  imported: [funcType([], []), [OP["call"]!, 0]],
};

/** A module that exports those functions behind one imported function, which is function 0. */
function module(): Uint8Array {
  const entries = Object.entries(FUNCTIONS);
  return bytesOf(
    section(1, vector([funcType([], []), ...entries.map(([, [type]]) => type)])),
    section(2, vector([[...name("env"), ...name("missing"), 0, 0]])),
    section(3, vector(entries.map((_, i) => [i + 1]))),
    section(7, vector(entries.map(([field], i) => [...name(field), 0, i + 1]))),
    section(10, vector(entries.map(([, [, code]]) => body(code)))),
  );
}

interface JsonRun {
  readonly values?: readonly unknown[];
  readonly trap?: { readonly code: string; readonly message: string; readonly stack: readonly object[] };
  readonly gasUsed: number;
}

describe("cli run", () => {
  const folder = new TestFolder();
  const file = folder.write("functions.wasm", module());
  after(() => folder.remove());

  const echoes: [string, string, unknown][] = [
    ["i32", "-1", -1],
    ["i32", "0xffffffff", -1],
    ["i64", "-9223372036854775808", "-9223372036854775808"],
    ["i64", "0xffffffffffffffff", "-1"],
    ["f32", "0.1", Math.fround(0.1)],
    ["f32", "-nan:0x200000", "-nan:0x200000"],
    ["f64", "-0", "-0"],
    ["f64", "1e400", "inf"],
    ["f64", "nan", "nan"],
    ["f64", "-1.5", -1.5],
  ];
  for (const [field, argument, value] of echoes) {
    it(`hands ${field} ${argument} in and out without loss`, async () => {
      const { code, json } = await lockstepJson<JsonRun>("run", file, field, argument);
      expect(code).to.equal(0);
      expect(json).to.deep.equal({ values: [value], gasUsed: 1 });
    });
  }

  it("prints values with their types, and the gas, for people", async () => {
    expect(await lockstep(["run", file, "divide", "-7", "2"])).to.deep.equal({
      code: 0,
      stdout: "i32 -3\ngas 3\n",
      stderr: "",
    });
    expect((await lockstepJson<JsonRun>("run", file, "nothing")).json).to.deep.equal({
      values: [],
      gasUsed: 0,
    });
  });

  it("reports a trap with code 1, the stack, and the gas used", async () => {
    const { code, json } = await lockstepJson<JsonRun>("run", file, "divide", "1", "0");
    expect(code).to.equal(1);
    expect(json.trap).to.include({ code: "integer-divide-by-zero", message: "integer divide by zero" });
    expect(json.trap!.stack).to.have.length(1);
    expect(json.trap!.stack[0]).to.include({ func: 6, name: "divide" });
    expect(json.gasUsed).to.equal(3);
    const human = await lockstep(["run", file, "divide", "1", "0"]);
    expect(human.stdout).to.equal("");
    expect(human.stderr).to.match(/^trap: integer divide by zero\n {4}at divide \(#6, byte 0x[\da-f]+\)\n$/);
  });

  it("lets a missing import trap only when it is called, by name", async () => {
    const { code, json } = await lockstepJson<JsonRun>("run", file, "imported");
    expect(code).to.equal(1);
    expect(json.trap!.code).to.equal("missing-import");
    expect(json.trap!.message).to.contain("missing");
  });

  it("ends endless code by gas, and endless recursion by depth, with code 4", async () => {
    const spin = await lockstepJson<JsonRun>("run", file, "spin", "--gas", "1_000");
    expect(spin.code).to.equal(4);
    expect(spin.json.trap!.code).to.equal("out-of-gas");
    expect(spin.json.gasUsed).to.be.at.most(1000);
    const recursion = await lockstep(["run", file, "recurse"]);
    expect(recursion.code).to.equal(4);
    expect(recursion.stderr).to.match(/call stack exhausted/);
    expect(recursion.stderr.split("\n")).to.have.length.below(40);
  });

  it("prints the same bytes for the same input", async () => {
    const args = ["run", file, "recurse", "--json"];
    expect(await lockstep(args)).to.deep.equal(await lockstep(args));
  });

  it("tells wrong arguments from wrong files", async () => {
    expect((await lockstep(["run", file, "divide", "1"])).stderr).to.match(
      /divide takes 2 arguments, \(i32, i32\) -> \(i32\)/,
    );
    expect((await lockstep(["run", file, "divide", "1"])).code).to.equal(2);
    expect((await lockstep(["run", file, "i32", "1.5"])).code).to.equal(2);
    const unknown = await lockstep(["run", file, "subtract"]);
    expect(unknown.code).to.equal(3);
    expect(unknown.stderr).to.match(/exports no function "subtract"; it has i32, i64,/);
  });

  it("needs the feature that the module uses", async () => {
    const extend = bytesOf(
      section(1, vector([funcType([], [I32])])),
      section(3, vector([[0]])),
      section(7, vector([[...name("f"), 0, 0]])),
      section(10, vector([body([OP["i32.const"]!, ...signed(255), 0xc0])])),
    );
    const path = folder.write("extend.wasm", extend);
    expect((await lockstep(["run", path, "f"])).stdout).to.match(/^i32 -1\n/);
    expect((await lockstep(["run", path, "f", "--features", "mvp"])).code).to.equal(3);
    expect((await lockstep(["run", path, "f", "--features", "sign-extension"])).code).to.equal(0);
  });
});
