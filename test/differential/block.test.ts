import { blake2b } from "@noble/hashes/blake2.js";
import { expect } from "chai";
import { type AotModule, aot, compileModule } from "../../src/aot/index.ts";
import { type CallRecord, recording } from "../../src/host/decorate.ts";
import { bytesToHex } from "../../src/host/hex.ts";
import type { PolkadotHost } from "../../src/host/polkadot/index.ts";
import { buildState, readBlocks, readStateFile, verifyBlock } from "../../src/host/polkadot/index.ts";
import { Runtime } from "../../src/host/runtime/index.ts";
import { CODE_KEY } from "../../src/host/state/index.ts";
import { type ExecutorFactory, OPERATOR_1 } from "../../src/interp/index.ts";
import { codeOf } from "../../src/interp/machine/code.ts";
import { reference } from "../../src/interp/reference/index.ts";
import { jit } from "../../src/jit/index.ts";
import { TestFolder } from "../cli/support.ts";
import { CHAIN_DATA_NOTE, chainJson, HAS_CHAIN_DATA } from "../host/shared-data.ts";

/** All that verifying a block shows: results, storage, gas, and every host call with its arguments and result. */
function verification(folder: string, executor: ExecutorFactory | undefined): unknown {
  const state = buildState(readStateFile(chainJson(`blocks/${folder}/state.json`)), 0);
  const [block] = readBlocks(chainJson(`blocks/${folder}/blocks.json`));
  const log = blake2b.create({ dkLen: 32 });
  let calls = 0;
  const sink = (record: CallRecord): void => {
    calls++;
    log.update(Uint8Array.from(JSON.stringify(record), (c) => c.charCodeAt(0) & 255));
  };
  const { stateRoot, gasUsed, diff, logs } = verifyBlock({
    state,
    header: block!.header,
    extrinsics: block!.extrinsics,
    decorate: recording<PolkadotHost>(sink),
    ...(executor && { executor }),
  });
  return { root: bytesToHex(stateRoot), gasUsed, diff, logs, calls, log: bytesToHex(log.digest()) };
}

/** What runs the functions of the block's runtime that executing it has used, compiled before. */
async function compiled(folder: string): Promise<ExecutorFactory> {
  const state = buildState(readStateFile(chainJson(`blocks/${folder}/state.json`)), 0);
  const { module } = Runtime.fromCode(state.get(CODE_KEY)!);
  const { lowered } = codeOf(module, OPERATOR_1);
  expect(lowered).to.have.length.greaterThan(50);
  const [file] = compileModule(module, "runtime.mjs", {
    functions: lowered,
    chunkLength: Number.POSITIVE_INFINITY,
  }).files;
  const path = temporary.write(`${folder}.mjs`, new TextEncoder().encode(file!.source));
  return aot((await import(path)) as AotModule);
}

const temporary = new TestFolder();
after(() => temporary.remove());

describe(`real blocks on all executors${CHAIN_DATA_NOTE}`, () => {
  for (const folder of ["kusama-1", "polkadot-1", "westend-1-32"]) {
    it(`${folder}: the same root, gas, storage and host calls`, async function () {
      if (!HAS_CHAIN_DATA) this.skip();
      const machine = verification(folder, undefined);
      expect(verification(folder, reference)).deep.equal(machine);
      expect(verification(folder, jit())).deep.equal(machine);
      expect(verification(folder, await compiled(folder))).deep.equal(machine);
    });
  }
});
