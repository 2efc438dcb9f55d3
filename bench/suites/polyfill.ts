import { createWebAssembly } from "../../src/host/webassembly/index.ts";
import {
  CLIENTS,
  type Client,
  type ClientRun,
  type ClientSide,
  isInstalled,
  runClient,
} from "../../test/clients/clients.ts";
import { engineWasm } from "../engine/wasm-api.ts";
import type { Findings, Row, Table } from "../result.ts";
import { estimate, ratios } from "../statistics.ts";
import { loopOfCalls } from "../subjects/calls.ts";
import { comparison, ENGINE, MACHINE_AND_JIT, OURS, RATIO, type Suite, sideBySide } from "./suite.ts";

const ROUNDS = 5;
/** How often the work is done in one process, for the best time. */
const REPETITIONS = 5;

const TABLES = [
  {
    step: "open",
    title: "Until the package is ready",
    note: "Loading its scripts, decoding, instantiating.",
  },
  { step: "first", title: "The work, for the first time", note: "Cold: nothing lowered or optimised yet." },
  { step: "best", title: "The work, warm", note: `The best of ${REPETITIONS + 1} times in one process.` },
] as const;

export const polyfill: Suite = {
  name: "polyfill",
  summary: "npm packages that ship Wasm, on the polyfill and on the engine's",
  async run(): Promise<Findings> {
    const rows = { open: [] as Row[], first: [] as Row[], best: [] as Row[] };
    const skipped: string[] = [];
    for (const client of CLIENTS) {
      if (!isInstalled(client)) {
        skipped.push(`${client.program}: needs npm ci --prefix test/clients`);
        continue;
      }
      const runs = await roundsOf(client);
      for (const { step } of TABLES) {
        const [machine, jit, engine] = SIDES.map((side) => runs[side].map((run) => run.times[step]));
        const cells = {
          ...comparison("", { lockstep: machine!, engine: engine! }).cells,
          jitRatio: estimate(ratios(jit!, engine!)),
          jit: estimate(jit!),
        };
        rows[step].push({ name: client.program, cells });
      }
    }
    const tables = TABLES.map(
      ({ step, title, note }): Table => ({ title, note, columns: MACHINE_AND_JIT, rows: rows[step] }),
    );
    return { tables: [...tables.filter((table) => table.rows.length > 0), await calls()], skipped };
  },
};

/** What it costs to cross the edge between JavaScript and Wasm. */
async function calls(): Promise<Table> {
  const subjects = { lockstep: exportsOf(createWebAssembly()), engine: exportsOf(engineWasm()) };
  const into = ({ add }: Calls) => {
    for (let i = 0; i < CALLS; i++) add(i, 1);
  };
  const out = ({ loop }: Calls) => loop(CALLS);
  const timed = async (name: string, work: (calls: Calls) => void) => {
    const { lockstep, engine } = subjects;
    const sides = { lockstep: () => work(lockstep), engine: () => work(engine) };
    return comparison(name, await sideBySide(name, sides, { rounds: 7, seconds: 0.1 }));
  };
  return {
    title: "Calls across the edge",
    note: `${CALLS.toLocaleString("en")} calls of functions that add two numbers: 1 ms is 100 ns a call.`,
    columns: [RATIO, OURS, ENGINE],
    rows: [await timed("JavaScript calls Wasm", into), await timed("Wasm calls JavaScript", out)],
  };
}

const CALLS = 10_000;

interface Calls {
  add(a: number, b: number): number;
  loop(count: number): number;
}

interface Namespace {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: never, imports: never) => { readonly exports: object };
}

function exportsOf({ Module, Instance }: Namespace): Calls {
  const imports = { env: { add: (a: number, b: number) => (a + b) | 0 } };
  return new Instance(new Module(loopOfCalls()) as never, imports as never).exports as Calls;
}

const SIDES: readonly ClientSide[] = ["machine", "jit", "engine"];

/** All sides in turn, each in processes of their own. @throws Error if their results differ */
async function roundsOf(client: Client): Promise<Record<ClientSide, ClientRun[]>> {
  const runs: Record<ClientSide, ClientRun[]> = { machine: [], jit: [], engine: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of SIDES) runs[side].push(await runClient(client, side, REPETITIONS));
  }
  const results = new Set(
    Object.values(runs).flatMap((side) => side.map(({ result }) => JSON.stringify(result))),
  );
  if (results.size !== 1) throw new Error(`${client.program}: the sides differ`);
  return runs;
}
