import { forEachSite } from "../lower/sites.ts";
import type { Code } from "../machine/code.ts";

/** Where an operator's code begins in the machine's code of the function, counted in words from the function's first. */
export interface CodeSite {
  readonly address: number;
  /** The gas word of the block that the operator begins, or -1. */
  readonly block: number;
}

/**
 * The sites of a function by the byte offset of its operators, without those that are never reached. Generated code
 * charges by the machine's blocks and can leave for the machine at any of them, so both agree by construction.
 */
export function sitesOf(code: Code, index: number): ReadonlyMap<number, CodeSite> {
  const sites = new Map<number, CodeSite>();
  const entry = code.entries[index]!;
  forEachSite(code, index, (offset, address, block) => {
    sites.set(offset, { address: address - entry, block: block < 0 ? -1 : block - entry });
  });
  return sites;
}
