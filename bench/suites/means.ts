import { HELD_OUT, KERNELS, type Kernel } from "../kernels/table.ts";
import type { Row } from "../result.ts";
import { estimate, geomeanByRound } from "../statistics.ts";

/** Ratios of one kernel: by executor, then by round. */
export type KernelRatios = ReadonlyMap<Kernel, ReadonlyMap<string, readonly number[]>>;

export const MEAN = "geometric mean";
export const MEAN_WITHOUT_MEMOPS = "geometric mean without memops";
export const MEAN_HELD_OUT = "geometric mean of those held out";

const SETS: readonly (readonly [name: string, kernels: readonly Kernel[]])[] = [
  [MEAN, KERNELS],
  [MEAN_WITHOUT_MEMOPS, KERNELS.filter(({ name }) => name !== "memops")],
  [MEAN_HELD_OUT, HELD_OUT],
];

export const rowName = (kernel: Kernel): string =>
  `${kernel.name} (${HELD_OUT.includes(kernel) ? "held out, " : ""}${kernel.class})`;

/** Means of every executor over the kernels that it gets right. */
export function meanRows(ratios: KernelRatios): Row[] {
  const ids = [...new Set([...ratios.values()].flatMap((byId) => [...byId.keys()]))];
  return SETS.flatMap(([name, kernels]): Row[] => {
    const cells = ids.flatMap((id) => {
      const found = kernels.flatMap((kernel) => {
        const rounds = ratios.get(kernel)?.get(id);
        return rounds === undefined ? [] : [rounds];
      });
      return found.length === 0 ? [] : [[id, estimate(geomeanByRound(found))] as const];
    });
    return cells.length === 0 ? [] : [{ name, cells: Object.fromEntries(cells) }];
  });
}
