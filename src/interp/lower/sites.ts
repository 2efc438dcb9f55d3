import { FIRST_ADDRESS } from "../machine/arena.ts";
import type { Code } from "../machine/code.ts";
import { lowerInto, type Site, type SiteMatch } from "./lower.ts";

/** Sites and positions are not kept: they are found by lowering the function once more, away from the real code. */
function lowerAgain(code: Code, index: number, match: SiteMatch): Site | undefined {
  // Near the start: code does not depend on where it is, and room for all that was lowered before takes time to clear.
  const distance = code.entries[index]! - FIRST_ADDRESS;
  const again: Code = {
    ...code,
    words: new Int32Array(FIRST_ADDRESS + 1024),
    size: FIRST_ADDRESS,
    probePoints: [],
    bulks: [],
    entries: code.entries.slice(),
    lowered: [],
    frames: code.frames.slice(),
    ends: code.ends.slice(),
  };
  const site = lowerInto(again, index, (offset, address, block) =>
    match(offset, address + distance, block < 0 ? -1 : block + distance),
  );
  if (site === undefined) return undefined;
  const { address, block } = site;
  return { ...site, address: address + distance, block: block < 0 ? -1 : block + distance };
}

/**
 * The byte offset of the operator to which the word at `address` of function `index` belongs; a block's gas word
 * belongs to the block's first operator.
 */
export function locate(code: Code, index: number, address: number): number {
  let found = code.module.bodies[index]!.start;
  lowerAgain(code, index, (offset, at, block) => {
    if ((block < 0 ? at : block) <= address) found = offset;
    return false;
  });
  return found;
}

/** The block whose gas word stands at `block`: its first operator. */
export function siteOfBlock(code: Code, index: number, block: number): Site | undefined {
  return lowerAgain(code, index, (_offset, _at, start) => start === block);
}

/** The operator whose code begins at `address`; of several without code of their own, the first. */
export function siteAtAddress(code: Code, index: number, address: number): Site | undefined {
  return lowerAgain(code, index, (_offset, at) => at === address);
}

/** The operator at byte `offset`; undefined if there is none, or if it is never reached. */
export function siteAtOffset(code: Code, index: number, offset: number): Site | undefined {
  return lowerAgain(code, index, (at) => at === offset);
}

/** Visits the sites of all operators that are reached, in order. */
export function forEachSite(
  code: Code,
  index: number,
  visit: (offset: number, address: number, block: number) => void,
): void {
  lowerAgain(code, index, (offset, address, block) => {
    visit(offset, address, block);
    return false;
  });
}
