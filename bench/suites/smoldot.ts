import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SMOLDOT_NEEDS, Smoldot } from "../peers/smoldot.ts";
import { allWork, type Work } from "../peers/work.ts";
import type { Column, Findings, Row } from "../result.ts";
import { estimate, ratios } from "../statistics.ts";
import { OURS, RATIO, type Suite } from "./suite.ts";

const COLD_ROUNDS = 3;
const WARM_ROUNDS = 5;
/** In each round, of which the fastest counts. */
const SAMPLES = 3;
/** Runs before, as engines compile in steps. */
const WARM_UP = 3;

const CHILD = fileURLToPath(new URL("../peers/cold-child.js", import.meta.url));
const SMOLDOT: Column = { id: "smoldot", title: "smoldot's executor", unit: "ms" };
const SIDES = ["lockstep", "smoldot"] as const;

type Times = Record<(typeof SIDES)[number], number[]>;

export const smoldot: Suite = {
  name: "smoldot",
  summary: "verifying blocks and metadata beside smoldot's executor, cold and warm",
  async run(): Promise<Findings> {
    const executor = await Smoldot.load();
    if (executor === undefined) return { tables: [], skipped: [`everything: needs ${SMOLDOT_NEEDS}`] };
    const work = await allWork(executor);
    const rows: Row[] = [];
    for (const item of work) {
      rows.push(row(`${item.name}, cold`, await cold(item)), row(`${item.name}, warm`, await warm(item)));
    }
    return {
      tables: [
        {
          title: "Beside smoldot's executor",
          note:
            "Cold: the first time in a process, both sides in the same one; which begins takes turns. Warm: again and " +
            "again. From the code's bytes to the checked result, with the state in memory. smoldot's executor " +
            "compiles the runtime for every task and keeps no trie, so its root is of all entries anew; Lockstep " +
            "keeps both. It counts no gas. Its blocks are initialised, applied and finalised, as it gives runtimes " +
            "no true root, on which Core_execute_block insists.",
          columns: [RATIO, OURS, SMOLDOT],
          rows,
        },
      ],
      skipped: [],
    };
  },
};

function row(name: string, { lockstep, smoldot }: Times): Row {
  return {
    name,
    cells: {
      ratio: estimate(ratios(lockstep, smoldot)),
      lockstep: estimate(lockstep),
      smoldot: estimate(smoldot),
    },
  };
}

async function cold({ name }: Work): Promise<Times> {
  const times: Times = { lockstep: [], smoldot: [] };
  for (let round = 0; round < COLD_ROUNDS; round++) {
    const first = SIDES[round % 2]!;
    const { stdout } = await promisify(execFile)(process.execPath, [CHILD, name, first]);
    const found = JSON.parse(stdout) as Record<keyof Times, number>;
    for (const side of SIDES) times[side].push(found[side]);
  }
  return times;
}

/** Both sides in turn in this process. benny is not for what waits: it would count the waiting of others. */
async function warm(work: Work): Promise<Times> {
  const times: Times = { lockstep: [], smoldot: [] };
  for (const side of SIDES) {
    for (let i = 0; i < WARM_UP; i++) {
      const result = await work[side]();
      if (result !== work.expected)
        throw new Error(`${work.name}: ${side} gave ${result}, not ${work.expected}`);
    }
  }
  for (let round = 0; round < WARM_ROUNDS; round++) {
    for (const side of SIDES) {
      let fastest = Number.POSITIVE_INFINITY;
      for (let i = 0; i < SAMPLES; i++) {
        const start = performance.now();
        await work[side]();
        fastest = Math.min(fastest, performance.now() - start);
      }
      times[side].push(fastest);
    }
  }
  return times;
}
