import { blake2b } from "@noble/hashes/blake2.js";
import { expect } from "chai";
import { coreMark, HELD_OUT, KERNELS, kernelBytes } from "../../bench/kernels/table.ts";
import { expectedHash, polkadot9400, readBytes, sha256 } from "../../bench/subjects/runtimes.ts";
import { type AotModule, aot, compileModule } from "../../src/aot/index.ts";
import { load, type ValidModule } from "../../src/decoder/index.ts";
import { validateBlock } from "../../src/host/chain/parachain.ts";
import { type CallRecord, recording } from "../../src/host/decorate.ts";
import { bytesToHex, hexToBytes } from "../../src/host/hex.ts";
import type { PolkadotHost } from "../../src/host/polkadot/index.ts";
import { buildState, readBlocks, readStateFile, verifyBlock } from "../../src/host/polkadot/index.ts";
import { Runtime } from "../../src/host/runtime/index.ts";
import { CODE_KEY } from "../../src/host/state/index.ts";
import { type ExecutorFactory, ImportMap, instantiate, OPERATOR_1, Store } from "../../src/interp/index.ts";
import { NO_PROBES } from "../../src/interp/lower/probes.ts";
import { codeOf } from "../../src/interp/machine/code.ts";
import { reference } from "../../src/interp/reference/index.ts";
import { jit } from "../../src/jit/index.ts";
import { TestFolder } from "../cli/support.ts";
import { CHAIN_DATA_NOTE, chainBytes, chainJson, HAS_CHAIN_DATA } from "../host/shared-data.ts";

// What the benchmarks time does the same on every executor.

type Executor = ExecutorFactory | undefined;

const temporary = new TestFolder();
after(() => temporary.remove());

/** What runs the functions of the module that the machine has run, compiled before. */
async function compiled(name: string, module: ValidModule, logicalStack = false): Promise<ExecutorFactory> {
  const { lowered } = codeOf(module, OPERATOR_1, { ...NO_PROBES, logicalStack });
  expect(lowered).to.not.have.length(0);
  const [file] = compileModule(module, "runtime.mjs", {
    functions: [...lowered],
    logicalStack,
    chunkLength: Number.POSITIVE_INFINITY,
  }).files;
  const path = temporary.write(`${name}.mjs`, new TextEncoder().encode(file!.source));
  return aot((await import(path)) as AotModule);
}

/** Records host calls with their arguments and results, as their number and a hash. */
function recorder() {
  const log = blake2b.create({ dkLen: 32 });
  let calls = 0;
  const decorate = recording<PolkadotHost>((record: CallRecord) => {
    calls++;
    log.update(Uint8Array.from(JSON.stringify(record), (c) => c.charCodeAt(0) & 255));
  });
  return { decorate, recorded: () => ({ calls, log: bytesToHex(log.digest()) }) };
}

/** All that verifying a block shows: results, storage, gas, and every host call. */
function verification(folder: string, executor: Executor): unknown {
  const state = buildState(readStateFile(chainJson(`blocks/${folder}/state.json`)), 0);
  const [block] = readBlocks(chainJson(`blocks/${folder}/blocks.json`));
  const { decorate, recorded } = recorder();
  const { stateRoot, gasUsed, diff, logs } = verifyBlock({
    state,
    header: block!.header,
    extrinsics: block!.extrinsics,
    decorate,
    ...(executor && { executor }),
  });
  return { root: bytesToHex(stateRoot), gasUsed, diff, logs, ...recorded() };
}

function runtimeOfBlock(folder: string): ValidModule {
  const state = buildState(readStateFile(chainJson(`blocks/${folder}/state.json`)), 0);
  return Runtime.fromCode(state.get(CODE_KEY)!).module;
}

describe(`kernels on all executors that are measured`, () => {
  for (const kernel of [...KERNELS, ...HELD_OUT, ...[coreMark() ?? []].flat()]) {
    it(`${kernel.name}: the same result, gas and memory`, async () => {
      const module = load(kernelBytes(kernel));
      const run = (executor: Executor): unknown => {
        const store = new Store(executor && { executor });
        const instance = instantiate(store, module, new ImportMap());
        const result = instance.call("run", kernel.argument);
        return { result, gasUsed: store.gasUsed, memory: sha256(instance.memory!.bytes) };
      };
      const machine = run(undefined);
      expect(machine).include({ result: kernel.result });
      expect(run(jit()), "jit").deep.equal(machine);
      expect(run(await compiled(kernel.name, module)), "aot").deep.equal(machine);
    });
  }
});

describe(`runtimes on all executors that are measured${CHAIN_DATA_NOTE}`, () => {
  before(function () {
    if (!HAS_CHAIN_DATA) this.skip();
  });

  for (const folder of ["kusama-1", "polkadot-1", "westend-1-32"]) {
    it(`${folder}: the same root, gas, storage and host calls`, async () => {
      const machine = verification(folder, undefined);
      expect(verification(folder, reference), "reference").deep.equal(machine);
      expect(verification(folder, jit()), "jit").deep.equal(machine);
      expect(verification(folder, await compiled(folder, runtimeOfBlock(folder))), "aot").deep.equal(machine);
    });
  }

  it("metadata of Polkadot 9400: the same output, gas and host calls", async () => {
    const subject = polkadot9400()!;
    const runtime = Runtime.fromCode(readBytes(subject.file));
    const run = (executor: Executor): unknown => {
      const { decorate, recorded } = recorder();
      const { output, gasUsed } = runtime.call("Metadata_metadata", new Uint8Array(0), {
        decorate,
        ...(executor && { executor }),
      });
      return { output: sha256(output), gasUsed, ...recorded() };
    };
    const machine = run(undefined);
    expect(machine).include({ output: expectedHash(subject, "Metadata_metadata") });
    expect(run(jit()), "jit").deep.equal(machine);
    expect(run(await compiled("metadata", runtime.module)), "aot").deep.equal(machine);
  });

  for (const name of ["glutton_1300", "statemint_shell2"]) {
    it(`validate_block of ${name}: the same answer, gas and host calls`, async () => {
      const code = chainBytes(`parachain/${name}/pvf.compact.compressed.wasm`);
      const given = chainJson<Record<string, string>>(`parachain/${name}/call.json`);
      const run = (executor: Executor): unknown => {
        const { decorate, recorded } = recorder();
        const { output, gasUsed, logs } = validateBlock({
          code,
          params: hexToBytes(given["params"]!),
          decorate,
          ...(executor && { executor }),
        });
        return { output: bytesToHex(output), gasUsed, logs, ...recorded() };
      };
      const machine = run(undefined);
      expect(machine).include({ output: given["expected_result"] });
      expect(run(jit()), "jit").deep.equal(machine);
      const { module } = Runtime.fromCode(code);
      expect(run(await compiled(name, module, true)), "aot").deep.equal(machine);
    });
  }
});
