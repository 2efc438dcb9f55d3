import { NO_TARGET } from "./emitter.ts";
import { NO_SLOTS, type Slots } from "./slots.ts";

export const BLOCK = 0;
export const LOOP = 1;
export const IF = 2;
export const ELSE = 3;

/** The control frames of the body being lowered, in typed arrays. The outermost is the body's own. */
export class Labels {
  depth = 0;
  kinds = new Uint8Array(16);
  heights = new Int32Array(16);
  /** What a frame takes and gives. */
  params: Slots[] = [];
  results: Slots[] = [];
  /** Chain of target words waiting for the frame's end; for a loop, the address of its block. */
  targets = new Int32Array(16);
  /** The target word of an `if`'s false edge. */
  elses = new Int32Array(16);

  /** @param height of the stack below what the frame takes */
  push(kind: number, params: Slots, results: Slots, height: number): void {
    const at = this.depth++;
    if (at === this.kinds.length) this.grow();
    this.kinds[at] = kind;
    this.heights[at] = height;
    this.params[at] = params;
    this.results[at] = results;
    this.targets[at] = NO_TARGET;
    this.elses[at] = NO_TARGET;
  }

  /** What a branch to the frame carries: a loop begins with what it takes. */
  carried(frame: number): Slots {
    return (this.kinds[frame] === LOOP ? this.params : this.results)[frame] ?? NO_SLOTS;
  }

  private grow(): void {
    const size = this.kinds.length * 2;
    const grown = <T extends Uint8Array | Int32Array>(larger: T, old: T): T => {
      larger.set(old);
      return larger;
    };
    this.kinds = grown(new Uint8Array(size), this.kinds);
    this.heights = grown(new Int32Array(size), this.heights);
    this.targets = grown(new Int32Array(size), this.targets);
    this.elses = grown(new Int32Array(size), this.elses);
  }
}
