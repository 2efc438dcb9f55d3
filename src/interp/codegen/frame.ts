import type { ValType } from "../../decoder/module.ts";
import type { LoopNest, LoopRange } from "./loops.ts";
import type { Operand } from "./operand.ts";

/** A `block`, `loop`, `if` or `else` that is being written, or the function's body around all of them. */
export interface Frame {
  readonly kind: "body" | "block" | "loop" | "if" | "else";
  readonly label: string;
  readonly height: number;
  readonly results: readonly ValType[];
  /** The line that opens it. */
  readonly line: number;
  isTargeted: boolean;
  /** An `else` whose `if` ends in its end. */
  readonly isJoined: boolean;
  /** A loop's first block, and the statement at its end that looks at the gas before it starts over. */
  block: number;
  look: string;
  /** How many times locals had been written when it was opened, and whether it is a loop around another. */
  readonly written: number;
  isAroundLoop: boolean;
  /** The loops within, in this arm if it is one of two. */
  readonly loops: LoopRange;
  /** The same for all of it. */
  readonly nest: LoopNest;
  /** Whether the code being written is passed over on the way to a loop: it stands in a block of its own. */
  isGuarded: boolean;
}

/** A branch to a loop: past what looks at the gas, if that stands at its end. */
export const startOver = ({ label, look }: Frame): string =>
  look === "" ? `continue ${label};` : `break K${label};`;

export const testOf = ({ condition, lo }: Operand): string => condition ?? `${lo} !== 0`;
