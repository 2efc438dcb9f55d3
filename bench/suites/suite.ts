import { type Case, interleaved, type Sampling } from "../interleave.ts";
import type { Column, Findings, Row } from "../result.ts";
import { estimate, ratios } from "../statistics.ts";

/** One file of results. */
export interface Suite {
  readonly name: string;
  /** One line for the list of suites. */
  readonly summary: string;
  run(): Promise<Findings>;
}

export const RATIO: Column = { id: "ratio", title: "ratio", unit: "ratio", better: "lower" };
export const OURS: Column = { id: "lockstep", title: "Lockstep", unit: "ms", better: "lower" };
export const ENGINE: Column = { id: "engine", title: "engine Wasm", unit: "ms" };
/** The machine and generated code, each beside the engine's Wasm. */
export const MACHINE_AND_JIT: readonly Column[] = [
  RATIO,
  { id: "jitRatio", title: "ratio, jit", unit: "ratio", better: "lower" },
  OURS,
  { id: "jit", title: "jit", unit: "ms", better: "lower" },
  ENGINE,
];

/** The same quantity on both sides, by rounds. */
export interface Sides {
  readonly lockstep: readonly number[];
  readonly engine: readonly number[];
}

export function comparison(name: string, { lockstep, engine }: Sides): Row {
  const ratio = estimate(ratios(lockstep, engine));
  return { name, cells: { ratio, lockstep: estimate(lockstep), engine: estimate(engine) } };
}

/** Measures "lockstep" beside "engine". Both are run for a while before, as engines compile in steps. */
export async function sideBySide(
  title: string,
  sides: { readonly lockstep: () => unknown; readonly engine: () => unknown },
  sampling: Sampling,
): Promise<Sides> {
  const cases: Case[] = [
    { name: "lockstep", run: sides.lockstep },
    { name: "engine", run: sides.engine },
  ];
  for (const { run } of cases) warmUp(run, sampling.seconds);
  const times = await interleaved(title, cases, sampling);
  return { lockstep: times.get("lockstep")!, engine: times.get("engine")! };
}

/** The machine chains instructions after some 0.5 s, and its loop is compiled anew then. */
export const MACHINE_WARM_UP = 1.5;

export function warmUp(run: () => unknown, seconds: number): void {
  const end = performance.now() + seconds * 1000;
  do run();
  while (performance.now() < end);
}
