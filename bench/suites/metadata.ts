import { Overlay, Runtime, State, unpackCode } from "../../src/host/polkadot/index.ts";
import { type ColdRun, coldRounds } from "../cold.ts";
import { EngineRuntime } from "../engine/runtime.ts";
import type { Findings, Row, Table } from "../result.ts";
import {
  expectedHash,
  polkadot9400,
  RUNTIMES_NEED,
  type RuntimeSubject,
  readBytes,
  sha256,
} from "../subjects/runtimes.ts";
import { coldRows, peakTable } from "./cold-tables.ts";
import { comparison, ENGINE, OURS, RATIO, type Suite, sideBySide } from "./suite.ts";

const METHOD = "Metadata_metadata";
const NO_INPUT = new Uint8Array(0);
const COLD_ROUNDS = 5;
const SAMPLING = { rounds: 5, seconds: 0.5 };

export const metadata: Suite = {
  name: "metadata",
  summary: "metadata of Polkadot 9400: first call and steady state",
  async run(): Promise<Findings> {
    const subject = polkadot9400();
    if (subject === undefined) return { tables: [], skipped: [`everything: needs ${RUNTIMES_NEED}`] };
    const runs = await coldRounds("metadata", COLD_ROUNDS, subject.file);
    const [run] = runs.lockstep as readonly [ColdRun];
    const expected = expectedHash(subject, METHOD);
    if (run.result !== expected) throw new Error(`${METHOD} gave ${run.result}, not ${expected}`);
    const times: Table = {
      title: "Metadata of Polkadot 9400",
      note:
        "A module of 6.4 MB, decompressed before. First call: in a fresh process, from the module's bytes to the metadata. " +
        "Steady: loaded once, a fresh instance for each call. The engine's Wasm calls the same host functions.",
      columns: [RATIO, OURS, ENGINE],
      rows: [...coldRows(runs, "first call"), await steady(subject, expected)],
    };
    return { tables: [times, peakTable("Memory of that first call", runs)], skipped: [] };
  },
};

async function steady(subject: RuntimeSubject, expected: string): Promise<Row> {
  const code = unpackCode(readBytes(subject.file));
  const ours = Runtime.fromCode(code);
  const theirs = EngineRuntime.fromCode(code);
  const overlay = (): Overlay => new Overlay(State.fromEntries([]));
  const lockstep = (): Uint8Array => ours.call(METHOD, NO_INPUT, { overlay: overlay() }).output;
  const engine = (): Uint8Array => theirs.call(METHOD, NO_INPUT, overlay()).output;
  for (const output of [lockstep(), engine()]) {
    if (sha256(output) !== expected) throw new Error(`${METHOD} gave other bytes than expected`);
  }
  const times = await sideBySide("metadata, steady", { lockstep, engine }, SAMPLING);
  return comparison("steady", times);
}
