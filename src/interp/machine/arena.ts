// Where the loop finds code and frames: arrays that are made once and never replaced. V8 writes address and length of
// such a typed array into the code it makes of the loop, and needs neither to load nor to check them, at half a dozen
// accesses an instruction: kernels took 0.72 of the time, see RATIONALE.
//
// It is for whoever fits in. What does not, goes on in arrays of its own, which `loop-elsewhere` runs.

/** The most words that lie between an address and what is read with it. */
const WORDS_AHEAD = 15;

/** Register code of all modules, function after function as they are lowered: 16 MiB, taken from the system as used. */
export const CODE = new Int32Array(new ArrayBuffer(4 * ((1 << 22) + WORDS_AHEAD)), 0, 1 << 22);

/**
 * Views in which address a finds the word so many behind it: `CODE_BEHIND[n][a]` is `CODE[a + n]`. As all are equally
 * long, V8 checks an address once for all words of an instruction, and adds nothing to it.
 */
export const CODE_BEHIND: readonly Int32Array[] = Array.from(
  { length: WORDS_AHEAD + 1 },
  (_, n) => new Int32Array(CODE.buffer, 4 * n, CODE.length),
);

/** Frames, and the return addresses of their calls. */
export interface Frames {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly f32: Float32Array;
  readonly calls: Int32Array;
}

/** @param lanes an even number; there is room for one slot more, for views that begin a lane later */
export function newFrames(lanes: number, calls: Int32Array): Frames {
  const buffer = new ArrayBuffer(lanes * 4 + 8);
  return {
    i32: new Int32Array(buffer, 0, lanes),
    f64: new Float64Array(buffer, 0, lanes / 2),
    f32: new Float32Array(buffer, 0, lanes),
    calls,
  };
}

/**
 * The frames of whoever runs, what a store allows by default; and return addresses for as many calls as the polyfill
 * allows, and one more, see `MachineState`.
 */
export const FRAMES: Frames = newFrames(1 << 21, new Int32Array(65536 + 2));

/** `NEXT_LANES[i]` is `FRAMES.i32[i + 1]`: the high lane of a slot by the index of its low one, as `CODE_BEHIND`. */
export const NEXT_LANES = new Int32Array(FRAMES.i32.buffer, 4, FRAMES.i32.length);

/** Return address that ends a run: `HALT`, behind a frame distance of 0 for `return` to find. */
export const HALT_ADDRESS = 2;

/** Where the first function's code may begin. */
export const FIRST_ADDRESS = HALT_ADDRESS + 1;

export const arena = {
  /** Address of the next word of code. */
  top: FIRST_ADDRESS,
  /** How often the code was emptied: code from before is gone. */
  generation: 0,
  /** Whether code was refused for lack of room. */
  isFull: false,
};

let running = 0;
let areLent = false;

/**
 * A machine begins to run. Whether `FRAMES` are its own until it says `leave`: not if it has no use for them, or if
 * another's run has led to this.
 */
export function enter(wantsFrames: boolean): boolean {
  if (running === 0 && arena.isFull) {
    arena.top = FIRST_ADDRESS;
    arena.generation++;
    arena.isFull = false;
  }
  running++;
  if (areLent || !wantsFrames) return false;
  areLent = true;
  return true;
}

export function leave(hadFrames: boolean): void {
  running--;
  if (hadFrames) areLent = false;
}
