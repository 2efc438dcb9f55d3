import type { GasProfile } from "../../interp/index.ts";
import { frameName, inOrder, stackOf } from "./layout.ts";

/**
 * Brendan Gregg's folded stacks, for flamegraph.pl, inferno and others: a line for each stack, outermost function
 * first, and the gas that its innermost one used itself.
 */
export function foldedStacks(profile: GasProfile): string {
  const { root } = profile;
  const lines: string[] = [];
  if (root.self > 0n) lines.push(`(before) ${root.self}\n`);
  for (const { node } of inOrder(root)) {
    if (node.self > 0n) lines.push(`${stackOf(node).map(foldedName).join(";")} ${node.self}\n`);
  }
  return lines.join("");
}

/** Semicolons part frames, line ends stacks. */
function foldedName(func: Parameters<typeof frameName>[0]): string {
  return frameName(func)
    .replaceAll(";", ":")
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
}
