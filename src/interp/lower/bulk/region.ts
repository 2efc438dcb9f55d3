import type { Access } from "./iteration.ts";
import type { Region } from "./loop.ts";
import type { StepOf } from "./repetition.ts";
import { haveSameTerms } from "./sum.ts";

/** The region of accesses that differ by constants only and move; undefined if these do not. */
export function regionOf(accesses: readonly Access[], stepOf: StepOf): Region | undefined {
  const [first] = accesses;
  if (first === undefined) return undefined;
  const step = stepOf(first.address);
  if (step === undefined || step === 0) return undefined;
  if (!accesses.every(({ address }) => haveSameTerms(address, first.address))) return undefined;
  const constants = accesses.map(({ address }) => address.constant);
  const least = Math.min(...constants);
  const { lanes, factors } = first.address;
  const region: Region = {
    base: { kind: "sum", lanes, factors, constant: least },
    step,
    reach: Math.max(...constants) - least,
    start: 0,
    end: 0,
  };
  const positions = accesses.map((access) => positionIn(region, access));
  return {
    ...region,
    start: Math.min(...positions),
    end: Math.max(...accesses.map(({ width }, i) => positions[i]! + width)),
  };
}

/** Where an access begins. Offsets have 32 bits, so positions may exceed them. */
export function positionIn({ base }: Pick<Region, "base">, { address, offset }: Access): number {
  return address.constant - base.constant + offset;
}

/** Whether pieces of memory, given in ascending order, follow each other without gap or overlap. */
export function areAdjacent(
  pieces: readonly { readonly position: number; readonly width: number }[],
): boolean {
  return pieces.every(
    (piece, i) => i === 0 || piece.position === pieces[i - 1]!.position + pieces[i - 1]!.width,
  );
}
