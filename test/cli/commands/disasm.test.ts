import { expect } from "chai";
import { bytesToHex } from "../../../src/host/hex.ts";
import { shared } from "../../decoder/shared.ts";
import { binary } from "../../interp/build.ts";
import { lockstep, TestFolder } from "../support.ts";
import { tinyChain } from "../tiny-chain.ts";
import { watchedModule } from "../watched-module.ts";

describe("cli disasm", () => {
  const folder = new TestFolder();
  const file = folder.write("module.wasm", watchedModule());
  const chain = tinyChain();
  after(() => folder.remove());

  const list = async (...args: string[]) => (await lockstep(["disasm", ...args])).stdout.split("\n");

  it("lists the functions with place, type and demangled name", async () => {
    const lines = await list(file);
    expect(lines.map((line) => line.replace(/0x[\da-f]{6}/, "OFFSET"))).to.deep.equal([
      "6 functions in 42 bytes of code, 1 imported, 2 named",
      "",
      "0  imported            (i64) -> ()  env.missing",
      "1  OFFSET      12 B  (i32) -> (i32)  main",
      "2  OFFSET       6 B  (i32) -> (i32)  tiny::math::square",
      "3  OFFSET      10 B  () -> (i32)  grow",
      "4  OFFSET       7 B  (f64) -> ()  fail",
      "5  OFFSET       5 B  () -> ()  absent",
      "6  OFFSET       2 B  () -> ()  wild\\u{1b}[31m\\u{a}name",
      "",
    ]);
  });

  it("lists a function's operators at their offsets, nested, with the names of what they call", async () => {
    const module = watchedModule();
    const lines = await list(file, "--function", "main");
    expect(lines.slice(0, 4)).to.deep.equal([
      "function 1 main",
      "  export  main",
      "  type    1, (i32) -> (i32)",
      "  locals  0 i32 (parameter), 1 i32, 2 i64, 3 i64",
    ]);
    expect(lines[4]).to.match(/^ {2}code {4}0x\w{6} to 0x\w{6}, 12 bytes$/);
    const operators = lines.slice(5, -1).map((line) => /^0x(\w{6}) {2}(.*)$/.exec(line)!.slice(1));
    expect(operators.map(([, text]) => text)).to.deep.equal([
      "  local.get 0",
      "  call 2  ;; tiny::math::square",
      "  local.tee 1",
      "  local.get 0",
      "  call 2  ;; tiny::math::square",
      "  i32.add",
      "end",
    ]);
    const opcodes = [0x20, 0x10, 0x22, 0x20, 0x10, 0x6a, 0x0b];
    expect(operators.map(([offset]) => module[Number.parseInt(offset!, 16)])).to.deep.equal(opcodes);
  });

  it("finds functions by index, symbol, demangled name and export, and imports too", async () => {
    const square = await list(file, "--function", "2");
    expect(square[1]).to.equal("  symbol  _ZN4tiny4math6square17h0123456789abcdefE");
    expect(await list(file, "--function", "tiny::math::square")).to.deep.equal(square);
    expect(await list(file, "--function", "_ZN4tiny4math6square17h0123456789abcdefE")).to.deep.equal(square);
    expect(await list(file, "--function", "env.missing")).to.deep.equal([
      "function 0 env.missing",
      "  import  env.missing",
      "  type    0, (i64) -> ()",
      "",
    ]);
    const unknown = await lockstep(["disasm", file, "--function", "squar"]);
    expect(unknown.code).to.equal(3);
    expect(unknown.stderr).to.equal(
      'error: the module has no function "squar"; there is tiny::math::square\n',
    );
    expect((await lockstep(["disasm", file, "--function", "7"])).code).to.equal(3);
    expect((await lockstep(["disasm", file, "--function", "1", "--all"])).code).to.equal(2);
  });

  it("lists every function with --all", async () => {
    const all = (await lockstep(["disasm", file, "--all"])).stdout;
    const each = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6].map(async (n) => (await lockstep(["disasm", file, "--function", `${n}`])).stdout),
    );
    expect(all).to.equal(each.join("\n"));
  });

  it("takes code as other commands do: as hex text, in a state, in a chain specification", async () => {
    const text = folder.write("code.hex", new TextEncoder().encode(`${bytesToHex(chain.code)}\n`));
    const listings = await Promise.all(
      [
        folder.write("code.wasm", chain.code),
        text,
        folder.write("state.json", chain.state),
        folder.write("spec.json", chain.spec),
      ].map((from) => lockstep(["disasm", from, "--function", "Test_echo"])),
    );
    expect(listings[0]!.stdout).to.match(/^function \d+ Test_echo\n/);
    for (const listing of listings) expect(listing).to.deep.equal(listings[0]);
  });

  it("needs the feature that the code uses", async () => {
    const extend = folder.write(
      "extend.wasm",
      binary({ functions: [{ export: "f", type: "> i32", code: "i32.const 255 i32.extend8_s" }] }),
    );
    expect((await lockstep(["disasm", extend, "--all"])).stdout).to.contain("  i32.extend8_s\n");
    expect((await lockstep(["disasm", extend, "--features", "mvp"])).code).to.equal(3);
  });

  it("stays linear on deep nesting and long names", async () => {
    const depth = 20_000;
    const nested = folder.write(
      "nested.wasm",
      binary({
        functions: [
          { export: "x".repeat(50_000), code: `${"block ".repeat(depth)}call 0 ${"end ".repeat(depth)}` },
        ],
      }),
    );
    const { code, stdout } = await lockstep(["disasm", nested, "--all"]);
    expect(code).to.equal(0);
    expect(stdout.length).to.be.below(2 * depth * 110);
    expect(stdout.split("\n").length).to.be.above(2 * depth);
  });

  it(`lists a whole runtime${shared("chain") === undefined ? " (skipped: no ../shared)" : ""}`, async function () {
    const path = shared("chain/runtimes/gosemble_substrate_node_template_100-4c213054.wasm");
    if (path === undefined) this.skip();
    const { code, stdout } = await lockstep(["disasm", path]);
    expect(code).to.equal(0);
    const lines = stdout.split("\n");
    expect(lines[1]).to.equal("made by rustc 1.76.0 (07dca489a 2024-02-04)");
    expect(lines.filter((line) => /^ *\d+ {2}(imported|0x)/.test(line))).to.have.length(1615);
    expect(stdout).to.match(/ {2}scale_info::build::Variants<F>::variant\n/);
    expect(stdout).to.not.contain("_ZN");
    const one = await list(path, "--function", "scale_info::build::Variants<F>::variant");
    expect(one[0]).to.match(/^function \d+ scale_info::build::Variants<F>::variant$/);
    // Monomorphic copies have one name and are listed one after the other.
    expect(one.filter((line) => line.startsWith("function ")).length).to.be.above(1);
  });
});
