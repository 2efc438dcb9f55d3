import { bytesToHex } from "../../src/host/index.ts";
import { buildState, Overlay, Runtime, State, verifyBlock } from "../../src/host/polkadot/index.ts";
import { expectedHash, polkadot9400, readBytes, sha256 } from "../subjects/runtimes.ts";
import { firstBlocks } from "./blocks.ts";
import { type Smoldot, SmoldotState } from "./smoldot.ts";

/** The same work for both sides. Each gives what must be `expected`. */
export interface Work {
  readonly name: string;
  readonly expected: string;
  readonly lockstep: () => string;
  readonly smoldot: () => Promise<string>;
}

const METHOD = "Metadata_metadata";

/**
 * All that this machine has the data for. What is prepared here, states in each side's form, is nobody's time.
 */
export async function allWork(smoldot: Smoldot): Promise<Work[]> {
  const blocks = (await firstBlocks()).map(({ name, block, storage, code, version }): Work => {
    const state = buildState(storage, version);
    void state.root; // so that it is computed
    const entries = new SmoldotState(storage);
    return {
      name,
      expected: bytesToHex(block.header.stateRoot),
      lockstep: () => bytesToHex(verifyBlock({ ...block, state }).stateRoot),
      smoldot: async () => {
        const root = await smoldot.root(entries, await smoldot.execute(code, block, entries), version);
        return root.startsWith("0x") ? root : `0x${root}`;
      },
    };
  });
  const runtime = polkadot9400();
  if (runtime === undefined) return blocks;
  const code = readBytes(runtime.file);
  const metadata: Work = {
    name: "Metadata of Polkadot 9400",
    expected: expectedHash(runtime, METHOD),
    lockstep: () => {
      const overlay = new Overlay(State.fromEntries([]));
      return sha256(Runtime.fromCode(code).call(METHOD, new Uint8Array(0), { overlay }).output);
    },
    smoldot: async () => sha256(await smoldot.call(code, METHOD)),
  };
  return [...blocks, metadata];
}
