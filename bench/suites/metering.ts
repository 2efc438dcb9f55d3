import { aot } from "../../src/aot/index.ts";
import { Overlay, Runtime, State, unpackCode } from "../../src/host/polkadot/index.ts";
import { interleaved } from "../interleave.ts";
import { KERNELS, type Kernel } from "../kernels/table.ts";
import type { Column, Findings, Row, Table } from "../result.ts";
import { estimate, geomeanByRound, ratios } from "../statistics.ts";
import { polkadot9400, RUNTIMES_NEED, readBytes } from "../subjects/runtimes.ts";
import { compiledKernel, onLockstep } from "./executors.ts";
import { AMPLE_GAS, check, kernelInstance } from "./kernels.ts";
import { meanRows, rowName } from "./means.ts";
import { RATIO, type Suite, warmUp } from "./suite.ts";
import { countedMachine, uncountedGenerated, uncountedMachine } from "./uncounted.ts";

const SAMPLING = { rounds: 7, seconds: 0.15 };

/** The first kernel of each class. */
const ONE_OF_EACH = KERNELS.filter(
  (kernel, i) => KERNELS.findIndex((other) => other.class === kernel.class) === i,
);

const COUNTING = { rounds: 5, seconds: 0.09 };
/** Until V8 has compiled whatever runs. */
const COUNTING_WARM_UP = 0.5;
const COUNTING_COLUMNS: readonly Column[] = [
  { id: "machine", title: "the machine", unit: "ratio", better: "lower" },
  { id: "generated", title: "lockstep/aot", unit: "ratio", better: "lower" },
];

const COLUMNS: readonly Column[] = [
  RATIO,
  { id: "limited", title: "with a limit", unit: "ms", better: "lower" },
  { id: "unlimited", title: "without", unit: "ms", better: "lower" },
];

/** The same work with a gas limit and without one. */
interface Subject {
  readonly name: string;
  readonly limited: () => unknown;
  readonly unlimited: () => unknown;
}

export const metering: Suite = {
  name: "metering",
  summary: "the same work with a gas limit and without",
  async run(): Promise<Findings> {
    const skipped: string[] = [];
    const subjects = ONE_OF_EACH.map((kernel): Subject => {
      const limited = kernelInstance(kernel, AMPLE_GAS);
      const unlimited = kernelInstance(kernel);
      for (const instance of [limited, unlimited])
        check(kernel, "Lockstep", instance.call("run", kernel.argument));
      const run = (instance: typeof limited) => () => instance.call("run", kernel.argument);
      return { name: kernel.name, limited: run(limited), unlimited: run(unlimited) };
    });
    const runtime = metadata();
    if (runtime === undefined) skipped.push(`metadata of Polkadot 9400: needs ${RUNTIMES_NEED}`);
    else subjects.push(runtime);
    const rows: Row[] = [];
    const all: (readonly number[])[] = [];
    for (const { limited } of subjects) warmUp(limited, SAMPLING.seconds);
    for (const { name, limited, unlimited } of subjects) {
      const cases = [
        { name: "limited", run: limited },
        { name: "unlimited", run: unlimited },
      ];
      for (const { run } of cases) warmUp(run, SAMPLING.seconds);
      const times = await interleaved(`metering: ${name}`, cases, SAMPLING);
      const ratio = ratios(times.get("limited")!, times.get("unlimited")!);
      all.push(ratio);
      const cells = {
        ratio: estimate(ratio),
        limited: estimate(times.get("limited")!),
        unlimited: estimate(times.get("unlimited")!),
      };
      rows.push({ name, cells });
    }
    rows.push({ name: "geometric mean", cells: { ratio: estimate(geomeanByRound(all)) } });
    const note = "Gas is counted either way, as `gasUsed` is always exact; this is what a limit adds.";
    const limit = { title: "Metering", note, columns: COLUMNS, rows };
    return { tables: [await countingTable(), limit], skipped };
  },
};

/** The same work by the same code with gas counted, and with what counts taken out. */
async function countingTable(): Promise<Table> {
  const machineWithout = await uncountedMachine();
  const rows: Row[] = [];
  const all = new Map<Kernel, Map<string, readonly number[]>>();
  for (const kernel of KERNELS) {
    const cases = [
      { name: "machine", run: countedMachine(kernel) },
      { name: "machineWithout", run: machineWithout(kernel) },
      { name: "generated", run: onLockstep(kernel, aot(await compiledKernel(kernel))) },
      { name: "generatedWithout", run: await uncountedGenerated(kernel) },
    ];
    for (const { run } of cases) warmUp(run, COUNTING_WARM_UP);
    const times = await interleaved(`counting: ${kernel.name}`, cases, COUNTING);
    const found = new Map(
      ["machine", "generated"].map((id) => [id, ratios(times.get(id)!, times.get(`${id}Without`)!)] as const),
    );
    all.set(kernel, found);
    const cells = Object.fromEntries([...found].map(([id, rounds]) => [id, estimate(rounds)]));
    rows.push({ name: rowName(kernel), cells });
  }
  const note =
    "Time to that of the same code with what counts gas taken out of its text, which Lockstep itself does not offer. " +
    "Generated code still passes a number for it from call to call.";
  return {
    title: "What counting gas costs",
    note,
    columns: COUNTING_COLUMNS,
    rows: [...rows, ...meanRows(all)],
  };
}

function metadata(): Subject | undefined {
  const subject = polkadot9400();
  if (subject === undefined) return undefined;
  const runtime = Runtime.fromCode(unpackCode(readBytes(subject.file)));
  const call = (gas: { readonly gasLimit?: bigint }): unknown =>
    runtime.call("Metadata_metadata", new Uint8Array(0), {
      overlay: new Overlay(State.fromEntries([])),
      ...gas,
    });
  return {
    name: "Metadata of Polkadot 9400",
    limited: () => call({ gasLimit: AMPLE_GAS }),
    unlimited: () => call({}),
  };
}
