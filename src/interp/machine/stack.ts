import type { ExecutorOptions } from "../executor.ts";
import { Trap } from "../trap.ts";
import { enter, FRAMES, type Frames, leave, newFrames } from "./arena.ts";
import type { MachineState } from "./state.ts";

/** Lanes that a frame buffer of a machine's own starts with (128 KiB); it grows by doubling up to the limit. */
const INITIAL_LANES = 32768;

/** Where a machine's frames are: in the arena, or in a buffer of its own. */
export class Stack {
  private readonly state: MachineState;
  private readonly options: ExecutorOptions;
  /** Whether the arena's frames are this machine's, while it runs. */
  private hasArena = false;
  private own: Frames | undefined;

  constructor(state: MachineState, options: ExecutorOptions) {
    this.state = state;
    this.options = options;
  }

  /** The arena's frames, or of its own if they do not do, or if another machine's run has led to this. */
  take(): void {
    // One more return address than the depth allows: the call that exceeds it is pushed before it is refused.
    const addresses = this.options.maxCallDepth + 2;
    this.hasArena = enter(addresses <= FRAMES.calls.length);
    if (!this.hasArena) this.own ??= newFrames(INITIAL_LANES, new Int32Array(addresses));
    this.use(this.hasArena ? FRAMES : this.own!);
  }

  /** The machine has ended its run. */
  giveBack(): void {
    leave(this.hasArena);
  }

  private use({ i32, f64, f32, calls }: Frames): void {
    const s = this.state;
    s.i32 = i32;
    s.f64 = f64;
    s.f32 = f32;
    s.calls = calls;
    s.stackLimit = Math.min(i32.length, this.options.maxStackSlots * 2);
  }

  /** @throws Trap if there are too many calls now, or frames of so many lanes are too large */
  checkLimits(lanes: number): void {
    const { maxCallDepth, maxStackSlots } = this.options;
    if (this.state.sp > maxCallDepth || lanes > maxStackSlots * 2) throw Trap.core("call-stack-exhausted");
  }

  /** Makes room for frames of so many lanes. */
  reserve(lanes: number): void {
    const s = this.state;
    const { length } = s.i32;
    if (lanes <= length) return;
    const larger = newFrames(Math.max(lanes + (lanes & 1), length * 2), s.calls);
    larger.i32.set(s.i32);
    this.use(larger);
    if (!this.hasArena) this.own = larger;
  }
}
