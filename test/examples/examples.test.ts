import { expect } from "chai";
import { convertTexts, findWabt } from "../../spec-tests/wast/wabt.ts";
import { wabtFeatures } from "../../spec-tests/wast/wabt-features.ts";
import { load } from "../../src/decoder/index.ts";
import { TestFolder } from "../cli/support.ts";
import { tinyChain } from "../cli/tiny-chain.ts";
import { repositoryFile, runExample } from "./support.ts";

describe("the examples", () => {
  const folder = new TestFolder();
  after(() => folder.remove());
  const chain = tinyChain();

  it("run-module: calls a function that calls the host, and counts gas", () => {
    const { status, stdout, stderr } = runExample("run-module");
    expect(stderr).to.equal("");
    expect(status).to.equal(0);
    expect(stdout).to.equal("steps 8\nvisited 6 3 10 5 16 8 4 2 1\ngas 163n\n");
  });

  it("limits: each kind of excess ends in its own way", () => {
    const { status, stdout, stderr } = runExample("limits");
    expect(stderr).to.equal("");
    expect(status).to.equal(0);
    const lines = stdout.split("\n");
    expect(lines[0]).to.match(/^spin +trapped: out-of-gas in spin .* gas 5000000$/);
    expect(lines[1]).to.match(/^recurse +trapped: call-stack-exhausted in recurse /);
    expect(lines[2]).to.match(/^hoard +returned 100, /);
    expect(lines[3]).to.match(/^reach +trapped: out-of-bounds-memory in reach /);
    expect(lines[4]).to.match(/^cut off +malformed: /);
  });

  it("pause: stops where it is told to, and ends from bytes as in one go", () => {
    const { status, stdout, stderr } = runExample("pause");
    expect(stderr).to.equal("");
    expect(status).to.equal(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).to.have.length(5);
    for (const line of lines.slice(0, 3)) expect(line).to.match(/^\d+ gas: steps, n = \d+, before /);
    expect(lines[3]).to.match(/^snapshot: \d+ bytes$/);
    expect(lines[4]).to.match(/^\d+ gas: returned 111$/);
  });

  it("host-module: decodes arguments, returns into the guest's memory, logs calls", () => {
    const { status, stdout, stderr } = runExample("host-module");
    expect(stderr).to.equal("");
    expect(status).to.equal(0);
    expect(stdout.split("\n")[0]).to.equal("Hello, WORLD!");
    expect(stdout).to.contain('say(loudly, "world")');
  });

  it("verify-block: accepts a good block", () => {
    const spec = folder.write("spec.json", chain.spec);
    const good = folder.write("good.json", chain.block(chain.first));
    const { status, stdout, stderr } = runExample("verify-block", spec, good);
    expect(stderr).to.equal("");
    expect(status).to.equal(0);
    expect(stdout).to.contain(`Tiny, genesis ${chain.genesisHash}\n`);
    expect(stdout).to.contain(`block 1 is good: state root ${chain.stateRoot}\n`);
  });

  it("verify-block: refuses one with another state root", () => {
    const spec = folder.write("spec.json", chain.spec);
    const bad = folder.write("bad.json", chain.block({ ...chain.first, stateRoot: new Uint8Array(32) }));
    const { status, stdout, stderr } = runExample("verify-block", spec, bad);
    expect(stderr).to.equal("");
    expect(status).to.equal(1);
    expect(stdout).to.match(/^refused, state-root-mismatch: block 1: /m);
  });

  it("witness: what was recorded is enough to verify again", () => {
    const spec = folder.write("spec.json", chain.spec);
    const good = folder.write("good.json", chain.block(chain.first));
    const { status, stdout, stderr } = runExample("witness", spec, good);
    expect(stderr).to.equal("");
    expect(status).to.equal(0);
    const [whole, part] = stdout.split("\n");
    expect(whole).to.match(/^whole state: (\d+) gas; [1-9]\d* nodes and values were needed, \d+ bytes$/);
    const gas = /: +(\d+) gas/.exec(whole!)![1];
    expect(part).to.match(new RegExp(`^witness: +${gas} gas, block 1 is good$`));
  });

  it("call-runtime: tells the version, the result's size, gas and host calls", () => {
    const code = folder.write("tiny.wasm", chain.code);
    const { status, stdout, stderr } = runExample("call-runtime", code, "Core_execute_block");
    expect(stderr).to.equal("");
    expect(status).to.equal(0);
    expect(stdout).to.match(/^tiny 3, code hash 0x[0-9a-f]{64}$/m);
    expect(stdout).to.match(/^Core_execute_block: 0 bytes, \d+ gas$/m);
    expect(stdout).to.match(/^1 x ext_storage_set_version_1$/m);
  });

  it("call-runtime: tells why a call gave nothing", () => {
    const code = folder.write("tiny.wasm", chain.code);
    const outcome = (method: string) => {
      const { status, stdout } = runExample("call-runtime", code, method);
      return { status, line: stdout.split("\n")[1] };
    };
    expect(outcome("Test_trap")).to.deep.equal({
      status: 1,
      line: "trap: Test_trap trapped: unreachable",
    });
    expect(outcome("Nothing").line).to.match(/^method-not-found: /);
  });
});

describe("the examples' modules", () => {
  /** The module without its custom sections: wabt writes names only when asked to. */
  function essence(bytes: Uint8Array): object {
    const module = load(bytes);
    const { types, imports, functions, memories, globalDefs, exports } = module;
    const data = module.data.map(({ offset, bytes: content }) => ({ offset, content: [...content] }));
    const bodies = module.bodies.map(({ start, end, locals }) => {
      return { locals, code: [...module.bytes.subarray(start, end)] };
    });
    return { types, imports, functions, memories, globalDefs, exports, data, bodies };
  }

  for (const name of ["collatz", "hostile", "greeter"]) {
    it(`${name}.wasm is what ${name}.wat says`, function () {
      const wabt = findWabt();
      if (wabt === undefined) {
        console.log("      skipped: wabt is not installed");
        this.skip();
      }
      const text = repositoryFile(`examples/modules/${name}.wat`);
      const [result] = convertTexts(wabt, [text], wabtFeatures("mvp"));
      expect(result).to.have.property("binary");
      const made = Buffer.from((result as { binary: string }).binary, "base64");
      expect(essence(repositoryFile(`examples/modules/${name}.wasm`))).to.deep.equal(essence(made));
    });
  }
});
