import type { Access, Iteration, Joined, Value } from "./iteration.ts";
import type { Carry, Copy, Region, Shift, Sum } from "./loop.ts";
import { areAdjacent, positionIn, regionOf } from "./region.ts";
import type { StepOf } from "./repetition.ts";
import { haveSameTerms } from "./sum.ts";

/** One store of a copy: so many bytes from one position (of a shifted copy, that of the lower word) to another. */
interface Piece {
  readonly from: number;
  readonly position: number;
  readonly width: number;
}

/** The copy that an iteration makes, if each store takes what a load has brought, and all of it is one run of bytes. */
export function copyOf(iteration: Iteration, carry: CarryLane | undefined, stepOf: StepOf): Copy | undefined {
  const { accesses } = iteration;
  const stores = accesses.filter(({ isStore }) => isStore);
  const source = regionOf(
    accesses.filter(({ isStore }) => !isStore),
    stepOf,
  );
  const target = regionOf(stores, stepOf);
  if (source === undefined || target === undefined || source.step !== target.step) return undefined;

  const words = new Words(accesses, carry, source, stepOf);
  const pieces: Piece[] = [];
  for (const store of stores) {
    const from = words.from(store);
    if (from === undefined) return undefined;
    pieces.push({ from, position: positionIn(target, store), width: store.width });
  }
  // A lane that holds a word from one iteration to the next is understood only where shifted copies use it.
  if ((carry === undefined) !== (words.shift?.carry === undefined)) return undefined;
  const up = [...pieces].sort((a, b) => a.position - b.position);
  const distance = up[0]!.from - up[0]!.position;
  if (
    target.end - target.start !== Math.abs(target.step) ||
    !areAdjacent(up) ||
    !up.every(({ from, position }) => from - position === distance)
  ) {
    return undefined;
  }
  const isInOrder = pieces.every(
    ({ position }, i) => i === 0 || position > pieces[i - 1]!.position === target.step > 0,
  );
  return { kind: "copy", source, target, from: up[0]!.from, isInOrder, shift: words.shift };
}

/** A lane that is read before it is given the word which access number `access` loads. */
export interface CarryLane {
  readonly lane: number;
  readonly access: number;
}

/** Finds where stored words come from; all shifted ones must be shifted alike. */
class Words {
  shift: Shift | undefined;
  private plain = false;
  private readonly accesses: readonly Access[];
  private readonly carry: CarryLane | undefined;
  private readonly source: Region;
  private readonly stepOf: StepOf;

  constructor(accesses: readonly Access[], carry: CarryLane | undefined, source: Region, stepOf: StepOf) {
    this.accesses = accesses;
    this.carry = carry;
    this.source = source;
    this.stepOf = stepOf;
  }

  from({ low, high, width }: Access): number | undefined {
    if (low?.kind === "loaded") {
      const load = this.accesses[low.access]!;
      const fits =
        width === 8
          ? high?.kind === "loaded" && high.access === low.access && high.half === 1
          : width <= load.width;
      if (!fits || low.half !== 0 || this.shift !== undefined) return undefined;
      this.plain = true;
      return positionIn(this.source, load);
    }
    return low?.kind === "joined" && width === 4 && !this.plain ? this.joined(low) : undefined;
  }

  private joined({ low, high }: Joined): number | undefined {
    const lower = this.word(low.word);
    const upper = this.word(high.word);
    if (lower === undefined || upper !== lower + 4) return undefined;
    if (this.stepOf(low.count) !== 0 || this.stepOf(high.count) !== 0) return undefined;
    const isCarried = low.word.kind === "sum" || high.word.kind === "sum";
    const before = this.shift;
    if (before !== undefined && !(isSame(before.right, low.count) && isSame(before.left, high.count)))
      return undefined;
    if (before?.carry !== undefined && isCarried) return undefined;
    this.shift = {
      right: low.count,
      left: high.count,
      carry: isCarried ? this.carried(low.word.kind === "sum") : before?.carry,
    };
    return lower;
  }

  private carried(isLow: boolean): Carry {
    const { lane, access } = this.carry!;
    return { lane, position: positionIn(this.source, this.accesses[access]!), isLow };
  }

  /** Position of a whole word in memory, be it loaded in this iteration or in the one before. */
  private word(value: Value): number | undefined {
    if (value?.kind === "loaded") {
      const load = this.accesses[value.access]!;
      return value.half === 0 && load.width === 4 ? positionIn(this.source, load) : undefined;
    }
    const { carry } = this;
    if (value?.kind !== "sum" || carry === undefined || !isLane(value, carry.lane)) return undefined;
    return positionIn(this.source, this.accesses[carry.access]!) - this.source.step;
  }
}

const isSame = (a: Sum, b: Sum): boolean => haveSameTerms(a, b) && a.constant === b.constant;

const isLane = ({ lanes, factors, constant }: Sum, lane: number): boolean =>
  lanes.length === 1 && lanes[0] === lane && factors[0] === 1 && constant === 0;
