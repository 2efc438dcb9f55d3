import type { StoreOptions } from "../../src/interp/index.ts";
import { jit } from "../../src/jit/index.ts";
import { interleaved, type Sampling } from "../interleave.ts";
import type { Findings, Row, Table } from "../result.ts";
import { estimate, ratios } from "../statistics.ts";
import {
  C_PROGRAMS,
  CPrograms,
  type GoReactor,
  goReactorBytes,
  openGoReactor,
  type ProgramSide,
} from "../subjects/wasi-programs.ts";
import { C_PROGRAMS_TABLE, GO_REACTOR_TABLE } from "./program-names.ts";
import { comparison, MACHINE_AND_JIT, type Suite, warmUp } from "./suite.ts";

const SAMPLING: Sampling = { rounds: 5, seconds: 0.15 };

const SIDES: readonly ProgramSide[] = ["machine", "jit", "engine"];

export const programs: Suite = {
  name: "programs",
  summary: "C programs and a Go reactor on WASI, beside the engine's",
  async run(): Promise<Findings> {
    return { tables: [await cPrograms(), await goReactor()], skipped: [] };
  },
};

async function cPrograms(): Promise<Table> {
  const subjects = new CPrograms();
  const stores = storeOptions();
  const rows: Row[] = [];
  for (const name of Object.keys(C_PROGRAMS)) {
    rows.push(await compared(name, (side) => () => subjects.run(name, stores[side])));
  }
  return {
    title: C_PROGRAMS_TABLE,
    note:
      "Programs of test/fixtures/wasi/programs.c, built by clang with wasi-libc. The module is loaded once; each run has a " +
      "fresh instance and files in memory. The engine's Wasm calls the same functions of WASI.",
    columns: MACHINE_AND_JIT,
    rows,
  };
}

/** The calls that are timed, on a reactor that lives on: what they return does not depend on those before. */
const CALLS: Readonly<Record<string, (reactor: GoReactor) => unknown>> = {
  "100 events to a goroutine": (reactor) => {
    const [handled, total] = [reactor.handled(), reactor.total()];
    for (let i = 1; i < 100; i++) reactor.process_a(i);
    const last = reactor.process_b(100);
    return [reactor.handled() - handled, last - total];
  },
  "gather of 50 goroutines": ({ gather }) => gather(50),
  "panic and recover": ({ recovered }) => recovered(),
  "10 exports within imports": ({ descend }) => descend(10),
};

async function goReactor(): Promise<Table> {
  const bytes = goReactorBytes();
  const stores = storeOptions();
  const open = (side: ProgramSide) => openGoReactor(bytes, stores[side]);
  const rows = [
    await compared("load and `_initialize`", (side) => () => {
      return open(side).handled();
    }),
  ];
  const reactors = { machine: open("machine"), jit: open("jit"), engine: open("engine") };
  for (const side of SIDES) reactors[side].start();
  for (const [name, work] of Object.entries(CALLS)) {
    rows.push(await compared(name, (side) => () => work(reactors[side])));
  }
  return {
    title: GO_REACTOR_TABLE,
    note:
      "test/fixtures/go-reactor, 2.9 MB of `go build -buildmode=c-shared`: from the module's bytes until it is initialized, " +
      "then calls of its exports on a reactor that lives on.",
    columns: MACHINE_AND_JIT,
    rows,
  };
}

function storeOptions(): Readonly<Record<ProgramSide, StoreOptions | undefined>> {
  return { machine: {}, jit: { executor: jit() }, engine: undefined };
}

/** One row, timed after all sides gave the same. @throws Error if they did not */
async function compared(name: string, work: (side: ProgramSide) => () => unknown): Promise<Row> {
  const cases = SIDES.map((side) => ({ name: side, run: work(side) }));
  const results = new Set(cases.map(({ run }) => toText(run())));
  if (results.size !== 1) throw new Error(`${name}: the sides differ: ${[...results].join(" / ")}`);
  for (const { run } of cases) warmUp(run, SAMPLING.seconds);
  const times = await interleaved(name, cases, SAMPLING);
  const [lockstep, jit, engine] = SIDES.map((side) => times.get(side)!);
  return {
    name,
    cells: {
      ...comparison(name, { lockstep: lockstep!, engine: engine! }).cells,
      jitRatio: estimate(ratios(jit!, engine!)),
      jit: estimate(jit!),
    },
  };
}

function toText(result: unknown): string {
  return JSON.stringify(result, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}
