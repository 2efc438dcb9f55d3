import { decode, load } from "../../src/decoder/index.ts";
import { unpackCode } from "../../src/host/polkadot/index.ts";
import { coldRounds } from "../cold.ts";
import { engineWasm } from "../engine/wasm-api.ts";
import { interleaved } from "../interleave.ts";
import type { Column, Findings, Row, Table } from "../result.ts";
import { estimate, ratios } from "../statistics.ts";
import { generatedModule } from "../subjects/generated.ts";
import { polkadot9400, RUNTIMES_NEED, readBytes, runtimes } from "../subjects/runtimes.ts";
import { coldRows, peakTable } from "./cold-tables.ts";
import { ENGINE, OURS, RATIO, type Suite, warmUp } from "./suite.ts";

const SAMPLING = { rounds: 3, seconds: 0.2 };
const COLD_ROUNDS = 5;

const COLUMNS: readonly Column[] = [
  RATIO,
  { id: "both", title: "decode and validate", unit: "MB/s", better: "higher" },
  { id: "decode", title: "decode alone", unit: "MB/s", better: "higher" },
  { id: "engine", title: "engine's validate", unit: "MB/s" },
  { id: "size", title: "size", unit: "MB" },
  { id: "functions", title: "functions", unit: "count" },
];

export const decoding: Suite = {
  name: "decode",
  summary: "decoding and validating modules: throughput and memory",
  async run(): Promise<Findings> {
    const files = runtimes();
    const subjects = files.map(({ name, file }) => ({ name, code: unpackCode(readBytes(file)) }));
    const skipped = subjects.length > 0 ? [] : [`real modules and memory: needs ${RUNTIMES_NEED}`];
    if (subjects.length === 0) subjects.push({ name: "generated", code: generatedModule(4000) });
    for (const { code } of subjects) warmUp(() => load(code), SAMPLING.seconds);
    const rows: Row[] = [];
    for (const { name, code } of subjects) rows.push(await throughput(name, code));
    const note =
      "Loaded again and again, after warming up. MB are 10^6 bytes of uncompressed binary. The ratio is the time of " +
      "both to that of the engine's `WebAssembly.validate`, which may use all cores that are free.";
    const tables: Table[] = [{ title: "Decoding and validating", note, columns: COLUMNS, rows }];
    const large = polkadot9400();
    if (large !== undefined) tables.push(...(await firstLoad(large.file)));
    return { tables, skipped };
  },
};

async function throughput(name: string, code: Uint8Array): Promise<Row> {
  const { validate } = engineWasm();
  if (!validate(code)) throw new Error(`the engine refuses ${name}`);
  const cases = [
    { name: "decode", run: () => decode(code) },
    { name: "both", run: () => load(code) },
    { name: "engine", run: () => validate(code) },
  ];
  const times = await interleaved(`decode: ${name}`, cases, SAMPLING);
  const rate = (which: string): number[] => times.get(which)!.map((ms) => code.length / ms / 1000);
  return {
    name,
    cells: {
      ratio: estimate(ratios(times.get("both")!, times.get("engine")!)),
      both: estimate(rate("both")),
      decode: estimate(rate("decode")),
      engine: estimate(rate("engine")),
      size: estimate([code.length / 1e6]),
      functions: estimate([decode(code).functions.length]),
    },
  };
}

async function firstLoad(file: string): Promise<Table[]> {
  const runs = await coldRounds("load", COLD_ROUNDS, file);
  return [
    {
      title: "First load of Polkadot 9400",
      note: "A module of 6.4 MB, decompressed before, decoded and validated in a fresh process.",
      columns: [RATIO, OURS, ENGINE],
      rows: coldRows(runs, "first load").slice(0, 1), // its only step says the same
    },
    peakTable("Memory of that first load", runs),
  ];
}
