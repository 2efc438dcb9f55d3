import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { installWebAssembly } from "../../../src/host/webassembly/index.ts";
import type { Any } from "./support.ts";

/** Runs a program as a module in a process of its own, and gives what it prints. */
function run(program: string, ...flags: string[]): string {
  const args = [...flags, "--input-type=module", "--eval", program];
  return execFileSync(process.execPath, args, { encoding: "utf8" }).trim();
}

describe("host/webassembly: installing", () => {
  it("defines the property as the standard does", () => {
    const target: Any = {};
    const wasm = installWebAssembly({ target });
    expect(Object.getOwnPropertyDescriptor(target, "WebAssembly")).to.deep.equal({
      value: wasm,
      writable: true,
      enumerable: false,
      configurable: true,
    });
  });

  it("leaves one that is there, unless told to replace it", () => {
    const there = {};
    const target: Any = { WebAssembly: there };
    expect(installWebAssembly({ target })).to.equal(undefined);
    expect(target.WebAssembly).to.equal(there);
    expect(installWebAssembly({ target, force: true })).to.equal(target.WebAssembly);
    expect(target.WebAssembly).not.to.equal(there);
    const absent: Any = { WebAssembly: undefined };
    expect(installWebAssembly({ target: absent })).to.equal(absent.WebAssembly);
  });

  const auto =
    'import "lockstep/polyfill/auto"; console.log(WebAssembly.Module.toString().includes("[native code]"))';

  it("happens by an import where the engine has none", () => {
    expect(run(auto, "--no-expose-wasm")).to.equal("false");
  });

  it("does not happen where it has one", () => {
    expect(run(auto)).to.equal("true");
  });

  it("serves the engine's own libraries: Node's fetch parses HTTP by it", () => {
    const program = `
      import "lockstep/polyfill/auto";
      import { createServer } from "node:http";
      const server = createServer((_, answer) => answer.end("hello")).listen(0, "127.0.0.1", async () => {
        const response = await fetch("http://127.0.0.1:" + server.address().port);
        console.log(response.status, await response.text());
        process.exit();
      });`;
    expect(run(program, "--no-expose-wasm")).to.equal("200 hello");
  });
});
