import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { createWebAssembly } from "../../src/host/webassembly/index.ts";
import {
  hostFunc,
  I32,
  ImportMap,
  instantiate,
  restore,
  SnapshotError,
  Store,
  type StoreOptions,
  snapshot,
  Trap,
} from "../../src/index.ts";
import { reference } from "../../src/interp/reference/index.ts";
import { jit } from "../../src/jit/index.ts";
import { binary, build, type ModuleText } from "./build.ts";

const DEFAULT = 256;

/** f(n) = n, by n calls of the host that call back. */
const CHAIN: ModuleText = {
  imports: [["env", "back", "i32 > i32"]],
  functions: [
    {
      export: "f",
      type: "i32 > i32",
      code: "local.get 0 i32.eqz if i32 i32.const 0 else local.get 0 i32.const 1 i32.sub call 0 i32.const 1 i32.add end",
    },
  ],
};

const EXECUTORS: readonly (readonly [string, StoreOptions])[] = [
  ["machine", {}],
  ["jit", { executor: jit({ samples: 0 }) }],
  ["reference", { executor: reference }],
];

/** What `f(n)` gives, or how it trapped, and the gas. */
function outcome(options: StoreOptions, n: number): unknown {
  const store = new Store(options);
  const back = hostFunc("back", { params: [I32], results: [I32] }, (k) => instance.call("f", k!));
  const imports = new ImportMap().define("env", "back", { kind: "func", value: back });
  const instance = instantiate(store, build(CHAIN), imports);
  const attempt = (depth: number): unknown => {
    try {
      return instance.call("f", depth);
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      return { code: error.code, stack: error.wasmStack };
    }
  };
  // And it can be used afterwards.
  return [attempt(n), store.gasUsed, attempt(1), store.gasUsed];
}

const EXHAUSTED = "call-stack-exhausted";

describe("host nesting", () => {
  for (const [name, executor] of EXECUTORS) {
    it(`is exact on ${name}, and its trap the same`, () => {
      for (const maxHostNesting of [0, 1, 7, undefined]) {
        const options = maxHostNesting === undefined ? {} : { maxHostNesting };
        const limit = maxHostNesting ?? DEFAULT;
        expect(outcome({ ...options, ...executor }, limit), `${limit} levels`).to.have.property("0", limit);
        const beyond = outcome({ ...options, ...executor }, limit + 1);
        expect(beyond).to.have.nested.property("[0].code", EXHAUSTED);
        expect(beyond).to.deep.equal(outcome(options, limit + 1));
      }
    });
  }

  it("is a RangeError for scripts, as JavaScript's own stack is", () => {
    const { Instance, Module } = createWebAssembly();
    const { exports } = new Instance(new Module(binary(CHAIN)), {
      env: { back: (k: number) => (exports as { f(n: number): number }).f(k) },
    });
    const { f } = exports as { f(n: number): number };
    expect(f(DEFAULT)).to.equal(DEFAULT);
    expect(() => f(DEFAULT + 1)).to.throw(RangeError, "call stack exhausted");
    expect(f(3)).to.equal(3);
  });

  it("is refused where it is no number of levels", () => {
    for (const maxHostNesting of [-1, 0.5, 65537, Number.NaN]) {
      expect(() => new Store({ maxHostNesting })).to.throw(RangeError, "maxHostNesting");
    }
    new Store({ maxHostNesting: 65536 });
  });

  it("is part of snapshots, which get no more of it than whoever restores them allows", () => {
    const module = build({ functions: [{ export: "f", code: "nop i32.const 1 drop" }] });
    const imports = new ImportMap();
    const snapshotWith = (options: StoreOptions) => {
      const execution = instantiate(new Store(options), module, imports).start("f");
      return snapshot(execution);
    };
    const nestingOf = (bytes: Uint8Array, options = {}) =>
      restore(bytes, { modules: [module], imports, ...options }).store.executorOptions.maxHostNesting;
    expect(nestingOf(snapshotWith({}))).to.equal(DEFAULT);
    expect(nestingOf(snapshotWith({ maxHostNesting: 3 }))).to.equal(3);
    const deep = snapshotWith({ maxHostNesting: 1000 });
    expect(() => nestingOf(deep)).to.throw(SnapshotError, "host nesting of 1000");
    expect(nestingOf(deep, { maxHostNesting: 1000 })).to.equal(1000);
  });

  // 984 KB is what V8 has by default, here and in browsers.
  for (const flags of [["--no-opt", "--no-sparkplug"], ["--jitless"], []]) {
    it(`holds on JavaScript's stack where V8 is given nothing but ${flags.join(" ") || "defaults"}`, () => {
      const child = new URL("host-nesting-child.js", import.meta.url);
      const output = execFileSync(process.execPath, [...flags, "--stack-size=984", child.pathname], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      expect(output.trim().split("\n")).to.deep.equal([
        "machine 256 call-stack-exhausted",
        "reference 256 call-stack-exhausted",
        "jit 256 call-stack-exhausted",
        "polyfill 256 RangeError",
        "polyfill, jit 256 RangeError",
      ]);
    });
  }
});
