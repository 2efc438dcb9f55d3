import { readFileSync } from "node:fs";
import { expect } from "chai";
import {
  Captured,
  loadReactor,
  ProcExit,
  type Reactor,
  type ReactorOptions,
} from "../../../src/host/wasi/index.ts";
import { hostFunc, ImportMap, Trap } from "../../../src/interp/index.ts";
import { I32 } from "../../decoder/assemble.ts";

const bytes = new Uint8Array(
  readFileSync(new URL("../../../../test/fixtures/wasi/reactor.wasm", import.meta.url)),
);

interface Exports {
  constructed(): number;
  add(n: bigint): bigint;
  relay(n: number): number;
  give_up(code: number): void;
}

/** `ask` is what the reactor's import does. */
function reactor(
  ask: (n: number, self: Reactor<Exports>) => number,
  options: ReactorOptions = {},
): Reactor<Exports> {
  const answer = hostFunc("ask", { params: [I32], results: [I32] }, (n) => ask(n as number, loaded));
  const imports = new ImportMap().define("host", "ask", { kind: "func", value: answer });
  const loaded: Reactor<Exports> = loadReactor<Exports>(bytes, { imports, ...options });
  return loaded;
}

describe("a reactor", () => {
  it("is initialized once, before the first call", () => {
    const { exports, instance } = reactor((n) => n);
    expect(instance.call("constructed")).to.equal(0);
    expect(exports.constructed()).to.equal(1);
    expect(exports.constructed()).to.equal(1);
    expect(exports).not.to.have.property("_initialize");
  });

  it("keeps its state", () => {
    const { exports } = reactor((n) => n);
    expect([1n, 2n, 3n].map((n) => exports.add(n))).to.deep.equal([1n, 3n, 6n]);
  });

  it("has exports that call imports that call exports", () => {
    const { exports } = reactor((n, self) => (n === 0 ? 100 : self.exports.relay(n - 1)));
    expect(exports.relay(5)).to.equal(106);
    expect(exports.constructed()).to.equal(1);
  });

  it("ends when it exits, with its last words", () => {
    const stderr = new Captured();
    const { exports } = reactor((n) => n, { stderr });
    exports.add(7n);
    expect(() => exports.give_up(3)).to.throw(ProcExit, "exited with code 3: cannot go on with 7");
    expect(stderr.text).to.equal("warming up\ncannot go on with 7\n");
    expect(() => exports.add(1n))
      .to.throw(Trap, "has ended: the program exited with code 3")
      .with.property("code", "reactor-ended");
  });

  it("ends for all callers when an inner call exits", () => {
    const { exports } = reactor((_, self) => {
      self.exports.give_up(4);
      return 0;
    });
    expect(() => exports.relay(1)).to.throw(ProcExit, "code 4: cannot go on with 0");
    expect(() => exports.constructed()).to.throw(Trap, "has ended");
  });
});
