import type { Stop } from "../execution/configuration.ts";
import type { GasSchedule } from "../gas/schedule.ts";
import { Trap } from "../trap.ts";
import type { MachineState } from "./state.ts";

/**
 * Gas is handed to the loop in slices: it counts down in one int32, and returning now and then lets the engine
 * compile it sooner (V8's first call of a runtime fell from 200 to 80-130 ms with about this size).
 */
const SLICE = 20000;

/** A larger slice for loops that are run in bulk, where so much gas takes less time. */
const BULK_SLICE = 1000000;

/**
 * Slices of generated code, where one that ends costs more than just that: V8 throws away what it has compiled the first
 * time that the way out runs, once for every such place. So much gas takes tenths of a second.
 */
const GENERATED_SLICE = 2 ** 28;

/** Counts gas in 64 bits and hands it out in slices. */
export class Meter {
  readonly limit: bigint | undefined;
  private readonly pageCost: bigint;
  /** Gas given to the loop so far, or charged directly. */
  private granted = 0n;
  /** What was given beyond the slice, for generated code to go on with: adding numbers is cheaper than granting anew. */
  private ahead = 0;
  /** What the loop had left of its slice when generated code began. */
  private left = 0;
  /** Whether there was no more to grant. */
  private isDry = false;
  private state!: MachineState;
  private stop: Stop = {};
  /** What has asked to pause from outside. */
  private interrupted: Stop | undefined;

  /** @param limit the most gas that may be used; undefined for no limit. */
  constructor(schedule: GasSchedule, limit: bigint | undefined) {
    this.limit = limit;
    this.pageCost = BigInt(schedule.growPage);
  }

  attach(state: MachineState): void {
    this.state = state;
  }

  get used(): bigint {
    return this.granted - BigInt(this.state.gas + this.ahead);
  }

  /** Takes back what was given and not used. */
  private takeBack(): void {
    this.granted = this.used;
    this.state.gas = 0;
    this.ahead = 0;
    this.isDry = false;
  }

  /**
   * Replaces what pauses execution; returns what did before. If either does pause, an unused slice is taken back, so that it
   * counts anew; calls that nothing pauses go on with it, as BigInts take a third of the time of a call.
   */
  setStop(stop: Stop): Stop {
    const before = this.stop;
    this.stop = stop;
    if (pauses(stop) || pauses(before)) this.takeBack();
    return before;
  }

  /** Why to pause before a block of this cost. Blocks without cost never pause: they may not be places in the Wasm. */
  pauseReason(cost: number): "gas" | "interrupt" | undefined {
    if (cost === 0) return undefined;
    const { gas, isInterrupted } = this.stop;
    if (gas !== undefined && this.used >= gas) return "gas";
    // Asked once: generated code, told to pause, only leaves for the machine, which then does.
    if (this.interrupted !== this.stop && isInterrupted?.()) this.interrupted = this.stop;
    return this.interrupted === this.stop ? "interrupt" : undefined;
  }

  /** Charges a block's gas, refilling the slice. @throws Trap out-of-gas, with nothing charged. */
  charge(cost: number): void {
    const s = this.state;
    if (s.gas < cost) this.refill(cost, SLICE);
    s.gas -= cost;
  }

  /**
   * Refills the slice for a block of this cost at the start of a loop that takes `wanted` gas in all and is run in
   * bulk. @throws Trap out-of-gas, with nothing charged.
   */
  prepare(cost: number, wanted: number): void {
    const { isInterrupted } = this.stop;
    const slice = isInterrupted === undefined ? Math.max(SLICE, Math.min(wanted, BULK_SLICE)) : SLICE;
    if (this.state.gas < cost) this.refill(cost, slice);
  }
  /** Makes the slice larger, up to `wanted` as far as the limit allows, for a loop about to be run in bulk. */
  enlarge(wanted: number): void {
    const { gas } = this.state;
    if (gas < wanted && this.stop.isInterrupted === undefined)
      this.tryRefill(gas, Math.min(wanted, BULK_SLICE) - gas);
  }

  /** Refills the slice for generated code so that it holds at least `reach`; whether it does, without going past where to pause. */
  cover(reach: number): boolean {
    this.useAhead();
    const { gas } = this.stop;
    const missing = BigInt(reach - this.state.gas);
    if (gas !== undefined && gas - this.granted < missing) return false;
    return this.tryRefill(reach, this.stop.isInterrupted === undefined ? GENERATED_SLICE : SLICE);
  }
  private useAhead(): void {
    this.state.gas += this.ahead;
    this.ahead = 0;
  }

  /** Generated code is about to run: with what the loop has left of its slice, and all that may be had. */
  extend(): void {
    this.left = this.state.gas;
    this.replenish();
  }
  /** Generated code goes on. What may pause it is asked when it runs out. */
  replenish(): void {
    this.useAhead();
    if (this.state.gas < GENERATED_SLICE / 2 && !this.isDry && !pauses(this.stop))
      this.tryRefill(this.state.gas, GENERATED_SLICE);
  }
  /** The loop goes on, with what it had left: slices tell how much it does itself, so that what is hot there is found. */
  trim(): void {
    const excess = this.state.gas - this.left;
    if (excess <= 0) return;
    this.ahead += excess;
    this.state.gas = this.left;
  }

  private refill(cost: number, slice: number): void {
    if (!this.tryRefill(cost, slice)) throw Trap.core("out-of-gas");
  }

  private tryRefill(cost: number, slice: number): boolean {
    const s = this.state;
    const aside = Math.min(this.ahead, Math.max(slice, cost - s.gas));
    this.ahead -= aside;
    s.gas += aside;
    if (aside > 0 && s.gas >= cost) return true;

    const needed = BigInt(cost - s.gas);
    let grant = BigInt(slice);
    const { gas } = this.stop;
    if (gas !== undefined) grant = smaller(grant, gas - this.granted);
    if (grant < needed) grant = needed;
    if (this.limit !== undefined) grant = smaller(grant, this.limit - this.granted);
    this.isDry = grant < slice;
    if (grant < needed) return false;
    this.granted += grant;
    s.gas += Number(grant);
    return true;
  }

  /** Charges gas at once. @throws Trap out-of-gas, with nothing charged. */
  chargeTotal(amount: bigint): void {
    // So that the limit is exact.
    this.takeBack();
    if (this.limit !== undefined && this.granted + amount > this.limit) throw Trap.core("out-of-gas");
    this.granted += amount;
  }

  /** Charges `pages` pages asked of `memory.grow`. @throws Trap out-of-gas, with nothing charged. */
  chargePages(pages: number): void {
    this.chargeTotal(BigInt(pages) * this.pageCost);
  }
}

const pauses = ({ gas, isInterrupted }: Stop): boolean => gas !== undefined || isInterrupted !== undefined;
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
