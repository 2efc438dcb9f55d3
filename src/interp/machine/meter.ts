import type { GasSchedule } from "../gas/schedule.ts";
import { Trap } from "../trap.ts";
import type { MachineState } from "./state.ts";

/**
 * Gas is handed to the loop in slices: it counts down in one int32, and returning now and then lets the engine
 * compile it sooner (V8's first call of a runtime fell from 200 to 80-130 ms with about this size).
 */
const SLICE = 20000;

/** Counts gas in 64 bits and hands it out in slices. */
export class Meter {
  readonly limit: bigint | undefined;
  private readonly pageCost: bigint;
  /** Gas given to the loop so far, or charged directly. */
  private granted = 0n;
  private state!: MachineState;

  /** @param limit the most gas that may be used; undefined for no limit. */
  constructor(schedule: GasSchedule, limit: bigint | undefined) {
    this.limit = limit;
    this.pageCost = BigInt(schedule.growPage);
  }

  attach(state: MachineState): void {
    this.state = state;
  }

  get used(): bigint {
    return this.granted - BigInt(this.state.gas);
  }

  /** Charges a block's gas, refilling the slice. @throws Trap out-of-gas, with nothing charged. */
  charge(cost: number): void {
    const s = this.state;
    if (s.gas < cost) {
      let grant = BigInt(Math.max(SLICE, cost - s.gas));
      if (this.limit !== undefined) {
        const left = this.limit - this.granted;
        if (grant > left) grant = left;
        if (BigInt(s.gas) + grant < BigInt(cost)) throw Trap.core("out-of-gas");
      }
      this.granted += grant;
      s.gas += Number(grant);
    }
    s.gas -= cost;
  }

  /** Charges `pages` pages asked of `memory.grow`. @throws Trap out-of-gas, with nothing charged. */
  chargePages(pages: number): void {
    const cost = BigInt(pages) * this.pageCost;
    if (this.limit !== undefined) {
      const s = this.state;
      const left = this.limit - this.granted;
      if (cost > left) {
        // The rest comes out of the slice that the loop was given.
        const rest = cost - left;
        if (rest > BigInt(s.gas)) throw Trap.core("out-of-gas");
        this.granted = this.limit;
        s.gas -= Number(rest);
        return;
      }
    }
    this.granted += cost;
  }
}
