import { expect } from "chai";
import { type Any, assemble, EMPTY, I32, identity, namespace, rejectionOf } from "./support.ts";

const wasm = namespace();
const BYTES = assemble({ functions: [identity(I32, "id")] });
const response = (body: Uint8Array, type = "application/wasm", status = 200) =>
  new Response(body as Any, { status, headers: { "content-type": type } });

describe("host/webassembly: streaming", () => {
  it("takes responses and promises of them", async () => {
    expect(await wasm.compileStreaming(response(EMPTY))).to.be.instanceOf(wasm.Module);
    const { instance, module } = await wasm.instantiateStreaming(Promise.resolve(response(BYTES)));
    expect(module).to.be.instanceOf(wasm.Module);
    expect(instance.exports.id(3)).to.equal(3);
    expect(await wasm.compileStreaming(response(EMPTY, " Application/WASM "))).to.be.instanceOf(wasm.Module);
  });

  it("refuses what is no response, no success or another medium", async () => {
    const refused = [
      undefined,
      EMPTY,
      { arrayBuffer: () => EMPTY },
      response(EMPTY, "application/javascript"),
      response(EMPTY, "application/wasm;charset=utf-8"),
      response(EMPTY, "application/wasm;"),
      new Response(EMPTY as Any),
      response(EMPTY, "application/wasm", 404),
    ];
    for (const source of refused) {
      expect(await rejectionOf(wasm.compileStreaming(source))).to.be.instanceOf(TypeError);
      expect(await rejectionOf(wasm.instantiateStreaming(source))).to.be.instanceOf(TypeError);
    }
    const mine = new Error("mine");
    expect(await rejectionOf(wasm.compileStreaming(Promise.reject(mine)))).to.equal(mine);
    expect(await rejectionOf(wasm.compileStreaming(response(EMPTY.slice(1))))).to.be.instanceOf(
      wasm.CompileError,
    );
    expect(await rejectionOf(wasm.instantiateStreaming(response(EMPTY), 1))).to.be.instanceOf(TypeError);
  });
});
