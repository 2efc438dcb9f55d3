import { CLOCK, type ClockId } from "./flags.ts";

/** What time it is. All times are nanoseconds. */
export interface Clock {
  /** The smallest step of the clock. */
  resolution(id: ClockId): bigint;
  /** @param gasUsed the gas that the guest's store has used so far, for clocks that go by it */
  now(id: ClockId, gasUsed: bigint): bigint;
  /** Lets that much time pass. */
  sleep(nanoseconds: bigint): void;
}

export interface VirtualClockOptions {
  /** Nanoseconds since 1970 at which the realtime clock starts. Default: 2020-01-01. */
  readonly start?: bigint;
  /** How fast time goes. Default: 1. */
  readonly nanosecondsPerGas?: bigint;
}

/** 2020-01-01T00:00:00Z: a time that programs find plausible. */
const START = 1_577_836_800_000_000_000n;

/** A clock that is advanced by gas, and by sleeping, which takes no time: the same in every run. */
export class VirtualClock implements Clock {
  readonly #start: bigint;
  readonly #perGas: bigint;
  #slept = 0n;

  constructor({ start = START, nanosecondsPerGas = 1n }: VirtualClockOptions = {}) {
    this.#start = start;
    this.#perGas = nanosecondsPerGas;
  }

  resolution(): bigint {
    return 1n;
  }

  now(id: ClockId, gasUsed: bigint): bigint {
    const worked = gasUsed * this.#perGas;
    if (id === CLOCK.processCputime || id === CLOCK.threadCputime) return worked;
    const elapsed = worked + this.#slept;
    return id === CLOCK.realtime ? this.#start + elapsed : elapsed;
  }

  sleep(nanoseconds: bigint): void {
    this.#slept += nanoseconds;
  }
}
