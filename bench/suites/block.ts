import { bytesToHex } from "../../src/host/index.ts";
import { buildState, verifyBlock } from "../../src/host/polkadot/index.ts";
import { coldRounds, coldRun } from "../cold.ts";
import { EngineRuntime } from "../engine/runtime.ts";
import { verifyWithEngine } from "../engine/verify.ts";
import { profiled } from "../profile.ts";
import type { Findings, Row, Table } from "../result.ts";
import { type BlockSubject, POLKADOT_BLOCK_NEEDS, polkadotBlock } from "../subjects/polkadot-block.ts";
import { coldRows, partsTable, peakTable } from "./cold-tables.ts";
import { comparison, ENGINE, OURS, RATIO, type Suite, sideBySide } from "./suite.ts";

const COLD_ROUNDS = 5;
const SAMPLING = { rounds: 5, seconds: 0.8 };
const PROFILES = 3;
/** Verifications in one profile of the steady state. */
const PROFILED = 10;

export const block: Suite = {
  name: "block",
  summary: "verifying block 1 of Polkadot: cold, warm, and where the time goes",
  async run(): Promise<Findings> {
    const subject = await polkadotBlock();
    if (subject === undefined) return { tables: [], skipped: [`everything: needs ${POLKADOT_BLOCK_NEEDS}`] };
    const expected = bytesToHex(subject.block.header.stateRoot);
    const cold = await coldRounds("block", COLD_ROUNDS);
    const root = cold.lockstep[0]!.result;
    if (root !== expected) throw new Error(`block 1 gave state root ${root}, not ${expected}`);
    const { row, profiles } = await warm(subject, expected);
    const times: Table = {
      title: "Polkadot block 1",
      note:
        "Cold: in a fresh process, with the genesis state in memory, from the code's bytes to the checked state root. " +
        "Warm: again and again with the runtime loaded, a fresh instance each time. The engine's Wasm executes the " +
        "same Core_execute_block with the same host functions, overlay and trie; both sides give the header's root.",
      columns: [RATIO, OURS, ENGINE],
      rows: [...coldRows(cold, "cold"), row],
    };
    const coldProfiles: Readonly<Record<string, number>>[] = [];
    for (let i = 0; i < PROFILES; i++) {
      coldProfiles.push((await coldRun("block", "lockstep", { profile: true })).parts!);
    }
    return {
      tables: [
        times,
        peakTable("Memory of the cold verification", cold),
        partsTable("Where a cold verification spends its time", coldProfiles),
        partsTable("Where a warm verification spends its time", profiles),
      ],
      skipped: [],
    };
  },
};

async function warm(
  { block, storage, code }: BlockSubject,
  expected: string,
): Promise<{ row: Row; profiles: Readonly<Record<string, number>>[] }> {
  const state = buildState(storage, 0);
  const runtime = EngineRuntime.fromCode(code);
  const lockstep = (): string => bytesToHex(verifyBlock({ ...block, state }).stateRoot);
  const engine = (): string => bytesToHex(verifyWithEngine(state, block, runtime).newState.root);
  for (const root of [lockstep(), engine()]) {
    if (root !== expected) throw new Error(`block 1 gave state root ${root}, not ${expected}`);
  }
  const times = await sideBySide("block, warm", { lockstep, engine }, SAMPLING);
  const profiles: Readonly<Record<string, number>>[] = [];
  for (let i = 0; i < PROFILES; i++) {
    const parts = await profiled(() => {
      for (let k = 0; k < PROFILED; k++) lockstep();
    });
    profiles.push(Object.fromEntries(Object.entries(parts).map(([part, ms]) => [part, ms / PROFILED])));
  }
  return { row: comparison("warm", times), profiles };
}
