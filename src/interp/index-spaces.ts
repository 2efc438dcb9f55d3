import { type ExternalKind, type Module, V128 } from "../decoder/module.ts";

/** How many of a kind a module imports: what it defines comes after them in the kind's index space. */
export function importCount(module: Module, kind: ExternalKind): number {
  switch (kind) {
    case "func":
      return module.importedFunctionCount;
    case "global":
      return module.importedGlobalCount;
    default:
      return module.imports.filter(({ desc }) => desc.kind === kind).length;
  }
}

/**
 * Where the globals that a module defines have their lanes in the array that they share: two for each, at twice its
 * number; vectors have four behind all of those.
 */
export function globalLanes({ globalDefs }: Module): {
  readonly at: readonly number[];
  readonly size: number;
} {
  let size = 2 * globalDefs.length;
  const at = globalDefs.map(({ type }, i) => {
    if (type.type !== V128) return 2 * i;
    size += 4;
    return size - 4;
  });
  return { at, size };
}
