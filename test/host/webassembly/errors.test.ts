import { expect } from "chai";
import { namespace } from "./support.ts";

const wasm = namespace();

describe("host/webassembly: errors", () => {
  for (const name of ["CompileError", "LinkError", "RuntimeError"] as const) {
    const type = wasm[name];

    it(`${name} is like the errors of the language`, () => {
      expect(Object.getPrototypeOf(type)).to.equal(Error);
      expect(Object.getPrototypeOf(type.prototype)).to.equal(Error.prototype);
      expect([type.name, type.length]).to.deep.equal([name, 1]);
      const shape = (value: object) => Object.getOwnPropertyDescriptors(value);
      expect(shape(type.prototype)).to.deep.equal({
        ...shape(RangeError.prototype),
        constructor: { value: type, writable: true, enumerable: false, configurable: true },
        name: { value: name, writable: true, enumerable: false, configurable: true },
      });
      expect(Object.keys(shape(type)).sort()).to.deep.equal(Object.keys(shape(RangeError)).sort());
    });

    it(`${name} makes errors, called or constructed`, () => {
      const cause = {};
      for (const error of [type("m", { cause }), new type("m", { cause })]) {
        expect(error).to.be.instanceOf(type);
        expect(error).to.include({ message: "m", cause });
        expect(Object.prototype.toString.call(error)).to.equal("[object Error]");
        expect(String(error)).to.equal(`${name}: m`);
        expect(error.stack.split("\n")[1]).to.match(/errors\.test/);
      }
      expect(Object.hasOwn(type(), "message")).to.equal(false);
      class Mine extends (type as unknown as typeof Error) {}
      expect(new Mine("x")).to.be.instanceOf(Mine).and.instanceOf(type);
    });
  }
});
