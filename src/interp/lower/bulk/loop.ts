// What is known of a loop that can be run in bulk. The recogniser makes it when the loop is lowered; the machine acts
// on it whenever the loop is entered.

/** A constant plus frame lanes (from the frame's first), each times a factor; modulo 2^32. */
export interface Sum {
  readonly kind: "sum";
  /** Ascending. */
  readonly lanes: readonly number[];
  readonly factors: readonly number[];
  /** As an int32. */
  readonly constant: number;
}

/**
 * How often the loop goes round: at least as long as `moving`, which changes by `step` each time, has not reached
 * `limit`, which stays. Both are as they stand at the end of the first iteration, in lanes as they are before it.
 */
export interface Repetition {
  readonly moving: Sum;
  readonly limit: Sum;
  /** Not 0. */
  readonly step: number;
  /** `unequal`: until both are equal, modulo 2^32. Else in the order of unsigned or signed numbers. */
  readonly order: "unequal" | "unsigned" | "signed";
  /** Whether it goes on while they are equal; never with `unequal`. */
  readonly isInclusive: boolean;
}

/**
 * The memory that loads, or stores, of one iteration touch. Positions are relative to `base`, the least of their
 * addresses before the instructions' own offsets are added, which changes by `step` every iteration.
 */
export interface Region {
  readonly base: Sum;
  readonly step: number;
  /** Position of the greatest of those addresses. */
  readonly reach: number;
  /** Where the first byte is, and where the last one ends, offsets included. */
  readonly start: number;
  readonly end: number;
}

/** Copies `|target.step|` neighbouring bytes an iteration. */
export interface Copy {
  readonly kind: "copy";
  readonly source: Region;
  readonly target: Region;
  /** Position in the source of what goes to `target.start`; in a shifted copy, of the word with its first byte. */
  readonly from: number;
  /**
   * Whether the stores of an iteration go the way of `step`. Then bytes that are copied to the side from which the
   * loop comes may overlap with their source.
   */
  readonly isInOrder: boolean;
  readonly shift: Shift | undefined;
}

/** The bytes of one word and its upper neighbour, both aligned: `low >>> right | high << left`. */
export interface Shift {
  readonly right: Sum;
  readonly left: Sum;
  readonly carry: Carry | undefined;
}

/** The lane that holds a word loaded one iteration before. */
export interface Carry {
  readonly lane: number;
  /** Position of the word that an iteration leaves in the lane. */
  readonly position: number;
  /** Whether it is the lower of the two neighbours. */
  readonly isLow: boolean;
}

/** Stores the same values every iteration. */
export interface Fill {
  readonly kind: "fill";
  readonly target: Region;
  readonly stores: readonly FillStore[];
  /** Whether the stores of an iteration leave no gap to the next one's. */
  readonly isContiguous: boolean;
}

export interface FillStore {
  readonly position: number;
  /** In bytes: 1, 2, 4 or 8. */
  readonly width: number;
  readonly low: Sum;
  /** The upper word of 8 bytes. */
  readonly high: Sum;
}

export interface BulkLoop {
  /** Address of the gas word of the loop's only block. */
  readonly block: number;
  /** Gas of that block. */
  readonly cost: number;
  readonly repetition: Repetition;
  /** Lanes that an iteration changes by a constant, and by how much. */
  readonly advancing: readonly number[];
  readonly steps: readonly number[];
  readonly effect: Copy | Fill;
}
