import { readFileSync } from "node:fs";
import { blake2b } from "@noble/hashes/blake2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { expect } from "chai";
import { KERNELS, kernelBytes } from "../../bench/kernels/table.ts";
import {
  AotError,
  type AotModule,
  aot,
  type CompiledModule,
  type CompileOptions,
  compileModule,
} from "../../src/aot/index.ts";
import { load, type ValidModule } from "../../src/decoder/index.ts";
import {
  hostFunc,
  I32,
  ImportMap,
  type Instance,
  instantiate,
  OPERATOR_1,
  Store,
  type StoreOptions,
} from "../../src/index.ts";
import { CODEGEN_VERSION } from "../../src/interp/codegen/version.ts";
import { TestFolder } from "../cli/support.ts";

const folder = new TestFolder();
after(() => folder.remove());

/** Imports compiled files as an application would. */
async function imported({ files }: CompiledModule): Promise<AotModule> {
  const paths = files.map(({ name, source }) => folder.write(name, new TextEncoder().encode(source)));
  return (await import(paths[0]!)) as AotModule;
}

let count = 0;
const compiled = (module: ValidModule, options?: CompileOptions): Promise<AotModule> =>
  imported(compileModule(module, `module-${count++}.mjs`, options));

const COLLATZ = load(readFileSync(new URL("../../../examples/modules/collatz.wasm", import.meta.url)));

function collatz(options: StoreOptions, visited: number[] = []): Instance {
  const visit = hostFunc("visit", { params: [I32], results: [] }, (n) => {
    visited.push(n as number);
  });
  const imports = new ImportMap().define("host", "visit", { kind: "func", value: visit });
  return instantiate(new Store(options), COLLATZ, imports);
}

/** The module, and how often its functions were asked for. */
function counted(module: AotModule): { readonly module: AotModule; readonly links: () => number } {
  let links = 0;
  const link: AotModule["link"] = (...parts) => {
    links++;
    return module.link(...parts);
  };
  return { module: { header: module.header, link }, links: () => links };
}

describe("aot", () => {
  it("runs what was compiled before with the machine's results, host calls and gas", async () => {
    const { module, links } = counted(await compiled(COLLATZ));
    const executor = aot(module);
    const [expected, actual]: [number[], number[]] = [[], []];
    const machine = collatz({ gasLimit: 100_000n }, expected);
    const generated = collatz({ gasLimit: 100_000n, executor }, actual);
    for (const n of [6, 27, 1]) expect(generated.call("steps", n)).to.equal(machine.call("steps", n));
    expect(actual).to.deep.equal(expected);
    expect(generated.store.gasUsed).to.equal(machine.store.gasUsed);
    collatz({ executor }).call("steps", 3);
    expect(links()).to.equal(1);
  });

  it("gives the known results of the kernels, in one file or many", async function () {
    this.timeout(60_000);
    for (const kernel of KERNELS) {
      const module = load(kernelBytes(kernel));
      const store = new Store({ executor: aot(await compiled(module, { chunkLength: 1000 })) });
      const instance = instantiate(store, module, new ImportMap());
      expect(instance.call("run", kernel.argument), kernel.name).to.equal(kernel.result);
      const plain = instantiate(new Store(), module, new ImportMap());
      plain.call("run", kernel.argument);
      expect(store.gasUsed, kernel.name).to.equal(plain.store.gasUsed);
    }
  });

  it("compiles the functions it is asked for and leaves the others to the machine", async () => {
    const result = compileModule(COLLATZ, "some.mjs", { functions: [0] });
    expect(result.compiled).to.equal(1);
    expect(result.left).to.deep.equal([]);
    expect((await imported(result)).header.functions).to.deep.equal([0]);
    const none = compileModule(COLLATZ, "none.mjs", { functions: [] });
    const instance = collatz({ executor: aot(await imported(none)) });
    expect(instance.call("steps", 6)).to.equal(8);
  });

  it("is used for its code, schedule and limits alone", async () => {
    const { module, links } = counted(await compiled(COLLATZ));
    const executor = aot(module);
    const schedule = { ...OPERATOR_1, id: "other", growPage: 1 };
    expect(collatz({ executor, schedule }).call("steps", 6)).to.equal(8);
    expect(collatz({ executor, maxLogicalStack: 1000 }).call("steps", 6)).to.equal(8);
    expect(collatz({ executor, observer: { call: () => undefined } }).call("steps", 6)).to.equal(8);
    const other = load(kernelBytes(KERNELS[0]!));
    instantiate(new Store({ executor }), other, new ImportMap()).call("run", KERNELS[0]!.argument);
    const forged = {
      ...module,
      header: { ...module.header, code: module.header.code.replace(/^./, (c) => (c === "0" ? "1" : "0")) },
    };
    expect(collatz({ executor: aot(forged) }).call("steps", 6)).to.equal(8);
    const beyond = { ...module, header: { ...module.header, functions: [99] } };
    expect(collatz({ executor: aot(beyond) }).call("steps", 6)).to.equal(8);
    expect(links()).to.equal(0);

    const limited = counted(await compiled(COLLATZ, { logicalStack: true }));
    expect(collatz({ executor: aot(limited.module), maxLogicalStack: 1000 }).call("steps", 6)).to.equal(8);
    expect(limited.links()).to.equal(1);
  });

  it("refuses what another version wrote, and what is no compiled module", async () => {
    const module = await compiled(COLLATZ);
    const older = { ...module, header: { ...module.header, version: CODEGEN_VERSION - 1 } };
    expect(() => aot(older))
      .to.throw(AotError)
      .with.property("kind", "version");
    for (const wrong of [
      undefined,
      null,
      {},
      { header: {} },
      { header: null, link() {} },
      { header: {}, link() {} },
    ]) {
      expect(() => aot(wrong as unknown as AotModule))
        .to.throw(AotError)
        .with.property("kind", "malformed");
    }
  });

  it("writes plain modules: no code from strings, nothing of the engine's", () => {
    for (const { source } of compileModule(COLLATZ, "plain.mjs", { chunkLength: 1 }).files) {
      expect(source).not.to.match(/\beval\b|\bFunction\b|\bWebAssembly\b|import\(|globalThis|=>/);
    }
  });

  it("writes what it wrote, or has a new version", () => {
    const text = KERNELS.map(
      (kernel) => compileModule(load(kernelBytes(kernel)), "k.mjs").files[0]!.source,
    ).join("");
    const hash = bytesToHex(blake2b(new TextEncoder().encode(text), { dkLen: 8 }));
    // Changed? What was compiled before must be refused: raise CODEGEN_VERSION, then change this.
    expect(`${CODEGEN_VERSION} ${hash}`).to.equal("8 e98cb72077365c58");
  });
});
