import { type CarryLane, copyOf } from "./copy.ts";
import { fillOf } from "./fill.ts";
import { type Iteration, runIteration } from "./iteration.ts";
import type { BulkLoop, Sum } from "./loop.ts";
import { repetitionOf } from "./repetition.ts";

/** Longer bodies are not looked at: unrolled copies have a third of it, and lowering stays linear. */
const MAX_WORDS = 256;

/**
 * Recognises loops that copy or fill memory, from their register code alone, by executing one iteration with unknown
 * lanes.
 *
 * The block at `block` (its gas word, which is final) ends at `end` with a branch to itself. What is recognised is true of
 * every iteration but the last; that one is left to the block itself, so that whatever the loop computes on the side
 * is there afterwards.
 */
export function recogniseLoop(words: Int32Array, block: number, end: number): BulkLoop | undefined {
  if (end - block > MAX_WORDS) return undefined;
  const iteration = runIteration(words, block + 1, end);
  if (iteration === undefined) return undefined;
  const state = carriedState(iteration);
  if (state === undefined) return undefined;
  const { steps, carry } = state;
  const stepOf = (sum: Sum): number | undefined => {
    let step = 0;
    for (const [i, lane] of sum.lanes.entries()) {
      if (lane === carry?.lane) return undefined;
      step = (step + Math.imul(sum.factors[i]!, steps.get(lane) ?? 0)) | 0;
    }
    return step;
  };
  const repetition = repetitionOf(iteration, stepOf);
  if (repetition === undefined) return undefined;
  const effect =
    copyOf(iteration, carry, stepOf) ??
    (carry === undefined ? fillOf(iteration.accesses, stepOf) : undefined);
  if (effect === undefined) return undefined;
  return {
    block,
    cost: words[block]!,
    repetition,
    advancing: [...steps.keys()],
    steps: [...steps.values()],
    effect,
  };
}

/** What one iteration hands to the next: lanes that advance by constants, and at most one that holds a loaded word. */
function carriedState({
  reads,
  lanes,
  accesses,
}: Iteration):
  | { readonly steps: ReadonlyMap<number, number>; readonly carry: CarryLane | undefined }
  | undefined {
  const steps = new Map<number, number>();
  let carry: CarryLane | undefined;
  for (const lane of reads) {
    if (!lanes.has(lane)) continue;
    const after = lanes.get(lane);
    if (after?.kind === "sum") {
      if (after.lanes.length !== 1 || after.lanes[0] !== lane || after.factors[0] !== 1) return undefined;
      if (after.constant !== 0) steps.set(lane, after.constant);
    } else if (after?.kind === "loaded" && carry === undefined) {
      if (after.half !== 0 || accesses[after.access]!.width !== 4) return undefined;
      carry = { lane, access: after.access };
    } else return undefined;
  }
  return { steps, carry };
}
