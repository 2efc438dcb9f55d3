import { execFileSync } from "node:child_process";
import { expect } from "chai";

const SUBJECTS = new URL("../../bench/subjects/wasi-programs.js", import.meta.url);

/** A process with the engine's WebAssembly, which tests lack: what each side gave, as JSON. */
function bothSides(expression: string): { lockstep: unknown; engine: unknown } {
  const code = `
    import * as programs from ${JSON.stringify(SUBJECTS)};
    const on = (store) => { ${expression} };
    process.stdout.write(JSON.stringify({ lockstep: on({}), engine: on(undefined) }));
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", code], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  return JSON.parse(output) as { lockstep: unknown; engine: unknown };
}

describe("bench: programs on WASI", () => {
  it("has C programs do on the engine's Wasm what they do here", () => {
    const { lockstep, engine } = bothSides(`
      const subjects = new programs.CPrograms();
      return Object.keys(programs.C_PROGRAMS).map((name) => [name, subjects.run(name, store)]);
    `);
    expect(engine).to.deep.equal(lockstep);
    const [shout] = lockstep as [[string, { stdout: string; stderr: string; exitCode: number }]];
    expect(shout[1].stdout).to.equal("ONE LINE\n".repeat(5000));
    expect(shout[1]).to.include({ stderr: "45000 bytes\n", exitCode: 0 });
    for (const [name, { exitCode }] of lockstep as [string, { exitCode: number }][])
      expect(exitCode, name).to.equal(0);
  });

  it("has a C reactor do on the engine's Wasm what it does here", () => {
    const { lockstep, engine } = bothSides(`
      const reactor = programs.openReactor(programs.cReactorBytes(), store, (self, n) => self.relay(n));
      return [reactor.constructed(), String(reactor.add(5n)), String(reactor.add(-7n)), reactor.relay(5)];
    `);
    expect(lockstep).to.deep.equal([1, "5", "-2", 106]);
    expect(engine).to.deep.equal(lockstep);
  });

  it("has a runtime with a heap of its own give on the engine's Wasm what it gives here", () => {
    const code = `
      import { readFileSync } from "node:fs";
      import { EngineRuntime } from ${JSON.stringify(new URL("../../bench/engine/runtime.js", import.meta.url))};
      import { Overlay, Runtime, State } from ${JSON.stringify(new URL("../../src/host/polkadot/index.js", import.meta.url))};
      const code = new Uint8Array(readFileSync(new URL(${JSON.stringify(new URL("../../../test/fixtures/mini-runtime/own-allocator.wasm", import.meta.url))})));
      const input = Uint8Array.of(1, 2, 3);
      const overlay = () => new Overlay(State.fromEntries([]));
      const ours = Runtime.fromCode(code).call("Workload_storage", input, { overlay: overlay() }).output;
      const engine = EngineRuntime.fromCode(code).call("Workload_storage", input, overlay()).output;
      process.stdout.write(JSON.stringify([[...ours], [...engine]]));
    `;
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", code], {
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    const [ours, engine] = JSON.parse(output) as [number[], number[]];
    expect(ours.length).to.be.greaterThan(3);
    expect(engine).to.deep.equal(ours);
  });

  it("has a Go reactor do on the engine's Wasm what it does here", () => {
    const { lockstep, engine } = bothSides(`
      const reactor = programs.openReactor(programs.goReactorBytes(), store, (self, n) => self.descend(n));
      reactor.start();
      reactor.process_a(40);
      const total = String(reactor.process_b(2));
      return [total, reactor.handled(), reactor.gather(50), reactor.recovered(), reactor.descend(5)];
    `);
    expect(lockstep).to.deep.equal(["42", 2, 2401, 77, 106]);
    expect(engine).to.deep.equal(lockstep);
  });
});
