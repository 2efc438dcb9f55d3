import type { Module } from "../decoder/index.ts";
import { hostApi, unsupportedFamily } from "../host/polkadot/index.ts";

/** Functions of the Polkadot host API that a module imports, by what this host has of them. */
export interface HostFunctionUse {
  /** It offers them, in one context at least. */
  readonly offered: readonly string[];
  /** Known by name, and refused in every context. */
  readonly refused: readonly string[];
  /** It has never heard of them. */
  readonly unknown: readonly string[];
}

/** Undefined for a module that imports none: it is no runtime. */
export function hostFunctionUse(module: Module): HostFunctionUse | undefined {
  const imported = module.imports.filter(({ module: from, name, desc }) => {
    return from === "env" && desc.kind === "func" && name.startsWith("ext_");
  });
  if (imported.length === 0) return undefined;
  const contexts = new Map(hostApi().map((entry) => [entry.name, entry.contexts]));
  const use = { offered: [] as string[], refused: [] as string[], unknown: [] as string[] };
  for (const name of new Set(imported.map((item) => item.name))) {
    const known = contexts.get(name);
    if (known === undefined && unsupportedFamily(name) === undefined) use.unknown.push(name);
    else (known !== undefined && known.length > 0 ? use.offered : use.refused).push(name);
  }
  return use;
}
