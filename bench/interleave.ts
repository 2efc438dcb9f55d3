import benny from "benny";

/** One way to do the work that is measured. */
export interface Case {
  readonly name: string;
  readonly run: () => unknown;
}

export interface Sampling {
  readonly rounds: number;
  /** Seconds that a case takes in each round, at least; three samples are taken in any case. */
  readonly seconds: number;
}

/** Milliseconds a run of each case took: by name, then by round. */
export type Times = ReadonlyMap<string, readonly number[]>;

const MIN_SAMPLES = 3;

/**
 * Measures cases in turn, round after round, so that whatever else the machine does hits all of them alike. A round's
 * time is its fastest sample: other programs can only slow one down.
 * @throws what a case throws
 */
export async function interleaved(title: string, cases: readonly Case[], sampling: Sampling): Promise<Times> {
  const { rounds, seconds } = sampling;
  const options = { minTime: seconds / MIN_SAMPLES, maxTime: seconds, minSamples: MIN_SAMPLES };
  // Braces, as benny would take a function or promise that comes back for a test of its own.
  const entries = Array.from({ length: rounds }, (_, round) =>
    cases.map(({ name, run }) =>
      benny.add(
        `${name}, round ${round + 1}`,
        () => {
          run();
        },
        options,
      ),
    ),
  );
  const summary = await benny.suite(title, ...entries.flat()).catch(rethrow);
  const times = cases.map(({ name }, i) => {
    const ofCase = summary.results.filter((_, k) => k % cases.length === i);
    const missing = ofCase.find(({ samples }) => samples === 0);
    if (missing !== undefined) throw new Error(`${title}: ${missing.name} gave no samples`);
    return [name, ofCase.map(({ details }) => details.min * 1000)] as const;
  });
  return new Map(times);
}

/** benny rejects with the event that carries the error. */
function rethrow(reason: unknown): never {
  throw (reason as { target?: { error?: unknown } }).target?.error ?? reason;
}
