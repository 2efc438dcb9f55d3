import type { Clock } from "../host/wasi/clock.ts";
import { CLOCK, type ClockId } from "../host/wasi/flags.ts";

const LONGEST_SLEEP = 24n * 60n * 60n * 1000n;

/** The machine's clocks. Sleeping stops this thread; it ends after a day at the latest. */
export class SystemClock implements Clock {
  resolution(id: ClockId): bigint {
    return id === CLOCK.realtime || id === CLOCK.monotonic ? 1_000n : 1_000_000n;
  }

  now(id: ClockId): bigint {
    if (id === CLOCK.monotonic) return process.hrtime.bigint();
    // `performance.now()` has the microseconds that `Date.now()` has not.
    if (id === CLOCK.realtime) return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));
    const { user, system } = process.cpuUsage();
    return BigInt(user + system) * 1000n;
  }

  sleep(nanoseconds: bigint): void {
    const wanted = (nanoseconds + 999_999n) / 1_000_000n;
    const milliseconds = wanted < LONGEST_SLEEP ? wanted : LONGEST_SLEEP;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(milliseconds));
  }
}
