import { blake2b } from "@noble/hashes/blake2.js";
import { expect } from "chai";
import { type CallRecord, recording } from "../../src/host/decorate.ts";
import { bytesToHex } from "../../src/host/hex.ts";
import type { PolkadotHost } from "../../src/host/polkadot/index.ts";
import { buildState, readBlocks, readStateFile, verifyBlock } from "../../src/host/polkadot/index.ts";
import type { ExecutorFactory } from "../../src/interp/index.ts";
import { reference } from "../../src/interp/reference/index.ts";
import { jit } from "../../src/jit/index.ts";
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

describe(`real blocks on all executors${CHAIN_DATA_NOTE}`, () => {
  for (const folder of ["kusama-1", "polkadot-1", "westend-1-32"]) {
    it(`${folder}: the same root, gas, storage and host calls`, function () {
      if (!HAS_CHAIN_DATA) this.skip();
      const machine = verification(folder, undefined);
      expect(verification(folder, reference)).deep.equal(machine);
      expect(verification(folder, jit())).deep.equal(machine);
    });
  }
});
