import type { Observer } from "../../src/interp/index.ts";
import { interleaved } from "../interleave.ts";
import { KERNELS } from "../kernels/table.ts";
import type { Column, Findings, Row } from "../result.ts";
import { estimate, geomeanByRound, ratios } from "../statistics.ts";
import { check, kernelInstance } from "./kernels.ts";
import { type Suite, warmUp } from "./suite.ts";

const SAMPLING = { rounds: 7, seconds: 0.12 };

/** Kernels that call much, branch much, and do neither. */
const SUBJECTS = KERNELS.filter(({ name }) => ["fib32", "qsort", "blake2b"].includes(name));

const nothing = (): void => undefined;
const OBSERVERS: { readonly [id: string]: Observer | undefined } = {
  none: undefined,
  deaf: {},
  calls: { call: nothing, return: nothing },
  blocks: { block: nothing },
};

const ratio = (id: string, title: string): Column => ({ id, title, unit: "ratio", better: "lower" });
const COLUMNS: readonly Column[] = [
  ratio("deaf", "listens to nothing"),
  ratio("calls", "calls and returns"),
  ratio("blocks", "every block"),
];

/** What an observer costs, beside the same work without one. */
export const observing: Suite = {
  name: "observing",
  summary: "the same work with observers and without",
  async run(): Promise<Findings> {
    const rows: Row[] = [];
    const all = new Map<string, (readonly number[])[]>(COLUMNS.map(({ id }) => [id, []]));
    for (const kernel of SUBJECTS) {
      const cases = Object.entries(OBSERVERS).map(([name, observer]) => {
        const instance = kernelInstance(kernel, undefined, observer);
        check(kernel, "Lockstep", instance.call("run", kernel.argument));
        return { name, run: () => instance.call("run", kernel.argument) };
      });
      for (const { run } of cases) warmUp(run, SAMPLING.seconds);
      const times = await interleaved(`observing: ${kernel.name}`, cases, SAMPLING);
      const cells: { [id: string]: ReturnType<typeof estimate> } = {};
      for (const { id } of COLUMNS) {
        const values = ratios(times.get(id)!, times.get("none")!);
        all.get(id)!.push(values);
        cells[id] = estimate(values);
      }
      rows.push({ name: kernel.name, cells });
    }
    const means = [...all].map(([id, values]) => [id, estimate(geomeanByRound(values))] as const);
    rows.push({ name: "geometric mean", cells: Object.fromEntries(means) });
    const note =
      "Time with an observer to the time without one. Code is lowered with reports only for what is listened to.";
    return { tables: [{ title: "Observers", note, columns: COLUMNS, rows }], skipped: [] };
  },
};
