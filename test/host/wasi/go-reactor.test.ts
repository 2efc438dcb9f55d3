import { expect } from "chai";
import { type GoReactor, goReactorBytes } from "../../../bench/subjects/wasi-programs.ts";
import { allFeatures, load, type ValidModule } from "../../../src/decoder/index.ts";
import {
  Captured,
  contentOf,
  loadReactor,
  memoryFolder,
  type Reactor,
  type ReactorOptions,
} from "../../../src/host/wasi/index.ts";
import { type ExecutorFactory, hostFunc, ImportMap, Store, Trap } from "../../../src/interp/index.ts";
import { jit } from "../../../src/jit/index.ts";
import { I32 } from "../../decoder/assemble.ts";

/** As in test/fixtures/go-reactor/main.go. */
interface Exports extends GoReactor {
  initializations(): number;
  sleep(milliseconds: bigint): bigint;
  mix(a: number, b: number, c: number, d: number): number;
  say(n: number): void;
  write_file(n: number): number;
  fail(code: number): void;
  exit(code: number): void;
  deadlock(): void;
}

describe("a Go reactor with go:wasmexport", () => {
  // Decoded and lowered once: instances share it.
  let module: ValidModule;

  before(function () {
    const features = allFeatures();
    if (!(features as readonly string[]).includes("bulk-memory")) {
      console.log("      skipped: Go's modules use bulk memory, a feature that is not there");
      this.skip();
    }
    module = load(goReactorBytes(), { features });
  });

  function reactor(options: ReactorOptions = {}): Reactor<Exports> {
    const ask = (n: unknown): number => (n === 0 ? 100 : loaded.exports.descend((n as number) - 1));
    const value = hostFunc("ask", { params: [I32], results: [I32] }, ask);
    const imports = new ImportMap().define("host", "ask", { kind: "func", value });
    const loaded: Reactor<Exports> = loadReactor<Exports>(module, { imports, ...options });
    return loaded;
  }

  it("is initialized once, before the first of many calls", () => {
    const { exports } = reactor();
    expect(exports.initializations()).to.equal(1);
    expect(exports.initializations()).to.equal(1);
  });

  it("has a goroutine loop over a channel that other exports push into, as in the proposal", () => {
    const { exports } = reactor();
    exports.start();
    for (const value of [42, 1, -3]) exports.process_a(value);
    exports.settle();
    expect(exports.handled()).to.equal(3);
    expect(exports.total()).to.equal(40n);
    // A call that waits for the goroutine returns when it has done its part.
    expect(exports.process_b(100)).to.equal(140n);
    expect(exports.gather(50)).to.equal(2401);
  });

  it("sleeps in virtual time", () => {
    expect(reactor().exports.sleep(3_600_000n)).to.equal(3_600_000n);
  });

  it("takes and gives values of all types", () => {
    expect(reactor().exports.mix(1.5, 2.25, -1, 1)).to.equal(1.5 + 2.25 + 0xffffffff);
    expect(reactor().exports.mix(1.5, 2.25, -1, 0)).to.equal(0);
  });

  it("has exports that call imports that call exports", () => {
    expect(reactor().exports.descend(5)).to.equal(106);
  });

  it("prints, and uses the files it was given", () => {
    const stdout = new Captured();
    const root = memoryFolder();
    const { exports } = reactor({ stdout, folders: { "/data": root } });
    exports.say(3);
    expect(stdout.text).to.equal("say 3\n");
    expect(exports.write_file(1)).to.equal(1);
    expect(exports.write_file(2)).to.equal(2);
    expect(new TextDecoder().decode(contentOf(root, "deep/er/2.txt"))).to.equal("2 from Go");
  });

  const ends: [name: string, call: (exports: Exports) => void, code: string, message: string][] = [
    ["panics", (e) => e.fail(9), "go-panic", "panic: refused with code 9"],
    [
      "panics in the runtime",
      (e) => e.fail(-3),
      "go-panic",
      "panic: runtime error: index out of range [3] with length 0",
    ],
    ["is deadlocked", (e) => e.deadlock(), "go-panic", "fatal error: all goroutines are asleep - deadlock!"],
    ["exits", (e) => e.exit(5), "proc-exit", "the program exited with code 5: leaving"],
  ];
  for (const [name, call, code, message] of ends) {
    it(`traps with Go's message when it ${name}, and has ended`, () => {
      const { exports } = reactor();
      expect(exports.recovered()).to.equal(77);
      expect(() => call(exports))
        .to.throw(Trap, message)
        .with.property("code", code);
      expect(() => exports.total())
        .to.throw(Trap, `the reactor has ended: `)
        .with.property("code", "reactor-ended");
    });
  }

  it("does the same for the same gas on the compiling executor", () => {
    const run = (executor?: ExecutorFactory) => {
      const store = new Store({ gasLimit: 1_000_000_000n, ...(executor !== undefined && { executor }) });
      const { exports } = reactor({ store });
      const results = [exports.gather(20), exports.sleep(5n), exports.descend(3)];
      expect(() => exports.fail(1)).to.throw(Trap, "panic: refused with code 1");
      return { results, gas: store.gasUsed };
    };
    expect(run(jit())).to.deep.equal(run());
  });
});
