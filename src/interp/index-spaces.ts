import type { ExternalKind, Module } from "../decoder/module.ts";

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
