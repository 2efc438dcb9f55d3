/**
 * What lowered code reports while it runs. Code is lowered anew for every set of probes, so that code without any
 * pays nothing for them.
 */
export interface Probes {
  /** Entry into and return from every function. */
  readonly calls: boolean;
  /** The start of every basic block but a function's first. */
  readonly blocks: boolean;
  /** Byte offsets of operators before which to stop. */
  readonly breakpoints: ReadonlySet<number>;
  /** Count the logical stack height (see `gas/logical-stack.ts`). */
  readonly logicalStack: boolean;
}

export const NO_PROBES: Probes = { calls: false, blocks: false, breakpoints: new Set(), logicalStack: false };

/** Equal keys, equal code. */
export function probesKey({ calls, blocks, breakpoints, logicalStack }: Probes): string {
  const flags = `${calls ? "c" : ""}${blocks ? "b" : ""}${logicalStack ? "s" : ""}`;
  return `${flags}:${[...breakpoints].sort((a, b) => a - b).join()}`;
}

export type ProbeKind = "call" | "return" | "block" | "breakpoint";

/** What one `probe` instruction stands for; its operand is the index of this in `Code.probePoints`. */
export interface ProbePoint {
  readonly kind: ProbeKind;
  /** Index among the functions that the module defines. */
  readonly func: number;
  /** Byte offset of the operator that comes next; for a call the function's first, for a return past its last. */
  readonly offset: number;
  /** First lane, from the frame's, of what is reported beside: a function's arguments, its result. */
  readonly slot: number;
}
