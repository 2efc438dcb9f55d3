import type { Access, Value } from "./iteration.ts";
import type { Fill, FillStore, Sum } from "./loop.ts";
import { areAdjacent, positionIn, regionOf } from "./region.ts";
import type { StepOf } from "./repetition.ts";
import { constantSum } from "./sum.ts";

/** The fill that an iteration's accesses make, if they are stores of values that stay the same, to distinct places. */
export function fillOf(accesses: readonly Access[], stepOf: StepOf): Fill | undefined {
  const target = regionOf(accesses, stepOf);
  if (target === undefined) return undefined;
  const stores: FillStore[] = [];
  for (const access of accesses) {
    const low = unchanging(access.low, stepOf);
    const high = access.width === 8 ? unchanging(access.high, stepOf) : constantSum(0);
    if (!access.isStore || low === undefined || high === undefined) return undefined;
    stores.push({ position: positionIn(target, access), width: access.width, low, high });
  }
  stores.sort((a, b) => a.position - b.position);
  const stride = Math.abs(target.step);
  const isDistinct = stores.every(
    ({ position, width }, i) => position + width <= (stores[i + 1]?.position ?? target.start + stride),
  );
  if (!isDistinct) return undefined;
  const isContiguous = target.end - target.start === stride && areAdjacent(stores);
  return { kind: "fill", target, stores, isContiguous };
}

function unchanging(value: Value, stepOf: StepOf): Sum | undefined {
  return value?.kind === "sum" && stepOf(value) === 0 ? value : undefined;
}
