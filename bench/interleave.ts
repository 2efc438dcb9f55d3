import benny from "benny";

/** One way to do the work that is measured. */
export interface Case {
  readonly name: string;
  readonly run: () => unknown;
}

/** A way to do it in another process, which takes its own time. */
export interface Elsewhere {
  readonly name: string;
  /** Milliseconds of the fastest run within about so many seconds. */
  readonly time: (seconds: number) => number;
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
export async function interleaved(
  title: string,
  cases: readonly Case[],
  { rounds, seconds }: Sampling,
  elsewhere: readonly Elsewhere[] = [],
): Promise<Times> {
  const options = { minTime: seconds / MIN_SAMPLES, maxTime: seconds, minSamples: MIN_SAMPLES };
  const times = new Map<string, number[]>([...cases, ...elsewhere].map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    // Braces, as benny would take a function or promise that comes back for a test of its own.
    const entries = cases.map(({ name, run }) =>
      benny.add(
        name,
        () => {
          run();
        },
        options,
      ),
    );
    const { results } = await benny.suite(`${title}, round ${round}`, ...entries).catch(rethrow);
    for (const [i, { name }] of cases.entries()) {
      const { samples, details } = results[i]!;
      if (samples === 0) throw new Error(`${title}: ${name} gave no samples`);
      times.get(name)!.push(details.min * 1000);
    }
    for (const { name, time } of elsewhere) times.get(name)!.push(time(seconds));
  }
  return times;
}

/** benny rejects with the event that carries the error. */
function rethrow(reason: unknown): never {
  throw (reason as { target?: { error?: unknown } }).target?.error ?? reason;
}
