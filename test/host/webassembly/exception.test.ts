import { expect } from "chai";
import { namespace, thrownBy } from "./support.ts";

const wasm = namespace();

describe("host/webassembly: Tag and Exception", () => {
  const tag = new wasm.Tag({ parameters: ["i32", "i64", "f32"] });

  it("carry values, converted", () => {
    const exception = new wasm.Exception(tag, [2 ** 32 + 1, 5n, 0.1]);
    expect([0, 1, 2].map((i) => exception.getArg(tag, i))).to.deep.equal([1, 5n, Math.fround(0.1)]);
    expect(exception.is(tag)).to.equal(true);
    expect(exception.is(new wasm.Tag({ parameters: ["i32", "i64", "f32"] }))).to.equal(false);
    expect(String(exception)).to.equal("[object WebAssembly.Exception]");
  });

  it("check what they are given", () => {
    const exception = new wasm.Exception(tag, new Set([1, 2n, 3]));
    expect(thrownBy(() => new wasm.Exception(tag, [1, 2n]))).to.be.instanceOf(TypeError);
    expect(thrownBy(() => new wasm.Exception(tag, [1, 2, 3]))).to.be.instanceOf(TypeError);
    expect(thrownBy(() => new wasm.Exception({}, []))).to.be.instanceOf(TypeError);
    expect(thrownBy(() => new wasm.Tag({}))).to.be.instanceOf(TypeError);
    expect(thrownBy(() => new wasm.Tag({ parameters: ["i31"] }))).to.be.instanceOf(TypeError);
    expect(thrownBy(() => exception.getArg(tag, 3))).to.be.instanceOf(RangeError);
    expect(thrownBy(() => exception.getArg(tag))).to.be.instanceOf(TypeError);
    expect(thrownBy(() => exception.getArg(new wasm.Tag({ parameters: [] }), 0))).to.be.instanceOf(TypeError);
    expect(thrownBy(() => exception.is({}))).to.be.instanceOf(TypeError);
  });
});
