import { readFileSync } from "node:fs";
import { Overlay, Runtime, State } from "../../src/host/polkadot/index.ts";
import { ScaleWriter } from "../../src/host/scale/index.ts";
import type { StoreOptions } from "../../src/interp/index.ts";
import { jit } from "../../src/jit/index.ts";
import { EngineRuntime } from "../engine/runtime.ts";
import { interleaved, type Sampling } from "../interleave.ts";
import { ROOT } from "../paths.ts";
import type { Findings, Row, Table } from "../result.ts";
import { estimate, ratios } from "../statistics.ts";
import { expectedHash, RUNTIMES_NEED, readBytes, runtimes, sha256 } from "../subjects/runtimes.ts";
import {
  C_PROGRAMS,
  CPrograms,
  type CReactor,
  cReactorBytes,
  type GoReactor,
  goReactorBytes,
  openReactor,
  type ProgramSide,
} from "../subjects/wasi-programs.ts";
import { C_PROGRAMS_TABLE, C_REACTOR_TABLE, GO_REACTOR_TABLE, RUNTIMES_TABLE } from "./program-names.ts";
import { comparison, MACHINE_AND_JIT, type Suite, warmUp } from "./suite.ts";

const SAMPLING: Sampling = { rounds: 5, seconds: 0.15 };

const SIDES: readonly ProgramSide[] = ["machine", "jit", "engine"];

export const programs: Suite = {
  name: "programs",
  summary: "C programs, reactors in C and Go, small runtimes, beside the engine's",
  async run(): Promise<Findings> {
    const tables = [await cPrograms(), await cReactor(), await goReactor(), await smallRuntimes()];
    const skipped = tinyGoRuntimes().length > 0 ? [] : [`TinyGo's runtimes: need ${RUNTIMES_NEED}`];
    return { tables, skipped };
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

/** Calls in one run. */
const TIMES = 100;

async function cReactor(): Promise<Table> {
  const bytes = cReactorBytes();
  const stores = storeOptions();
  const open = (side: ProgramSide) =>
    openReactor<CReactor>(bytes, stores[side], (reactor, n) => reactor.relay(n));
  const reactors = { machine: open("machine"), jit: open("jit"), engine: open("engine") };
  return {
    title: C_REACTOR_TABLE,
    note:
      "test/fixtures/wasi/reactor.c, built by clang with wasi-libc: from the module's bytes until it is initialized, then " +
      "calls of its exports on a reactor that lives on, each 100 times.",
    columns: MACHINE_AND_JIT,
    rows: [
      await compared("load and `_initialize`", (side) => () => open(side).constructed()),
      await compared("calls that keep a sum", (side) => () => {
        const { add } = reactors[side];
        const before = add(0n);
        for (let i = 1; i <= TIMES; i++) add(BigInt(i));
        return add(0n) - before;
      }),
      await compared("10 exports within imports", (side) => () => {
        let sum = 0;
        for (let i = 0; i < TIMES; i++) sum += reactors[side].relay(10);
        return sum;
      }),
    ],
  };
}

/** Calls of runtimes that do not come from Rust's usual toolchain: one that brings its own heap, and TinyGo's. */
async function smallRuntimes(): Promise<Table> {
  const seeded = new ScaleWriter().u32(1).u32(3000).finish();
  const input = new Uint8Array(100).fill(7);
  const own = new Uint8Array(readFileSync(new URL("test/fixtures/mini-runtime/own-allocator.wasm", ROOT)));
  const rows = [
    await runtimeRow("RFC-0061: storage", own, "Workload_storage", input),
    await runtimeRow("RFC-0061: hashing", own, "Workload_hashing", input),
    await runtimeRow("RFC-0061: 3,000 blocks", own, "Workload_allocation", seeded),
  ];
  for (const subject of tinyGoRuntimes()) {
    const method = METADATA.has(subject.name) ? "Metadata_metadata" : "Core_version";
    const known = expectedHash(subject, method);
    rows.push(await runtimeRow(`${subject.name}: ${method}`, readBytes(subject.file), method, NONE, known));
  }
  return {
    title: RUNTIMES_TABLE,
    note:
      "Calls of a runtime with an allocator of its own (test/fixtures/mini-runtime), which the host calls back for each " +
      "buffer, and of runtimes built by TinyGo. Loaded once; a fresh instance and an empty state for each call.",
    columns: MACHINE_AND_JIT,
    rows,
  };
}

const NONE = new Uint8Array(0);
/** Those of TinyGo's that have metadata. */
const METADATA: ReadonlySet<string> = new Set(["GO_template_100"]);
const tinyGoRuntimes = () => runtimes().filter(({ name }) => name.startsWith("GO_"));

async function runtimeRow(
  name: string,
  code: Uint8Array,
  method: string,
  input: Uint8Array,
  known?: string,
): Promise<Row> {
  const ours = Runtime.fromCode(code);
  const engine = EngineRuntime.fromCode(code);
  const stores = storeOptions();
  const overlay = () => new Overlay(State.fromEntries([]));
  return compared(name, (side) => () => {
    const executor = stores[side]?.executor;
    const { output } =
      side === "engine"
        ? engine.call(method, input, overlay())
        : ours.call(method, input, { overlay: overlay(), ...(executor && { executor }) });
    const hash = sha256(output);
    if (known !== undefined && hash !== known) throw new Error(`${name} gave ${hash}, not ${known}`);
    return hash;
  });
}

async function goReactor(): Promise<Table> {
  const bytes = goReactorBytes();
  const stores = storeOptions();
  const open = (side: ProgramSide) =>
    openReactor<GoReactor>(bytes, stores[side], (reactor, n) => reactor.descend(n));
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
