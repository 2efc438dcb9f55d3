import type { Module } from "../decoder/module.ts";
import type { Instance } from "./instance.ts";

const exported = new WeakMap<Module, ReadonlyMap<number, string>>();

/** The name-section name of a function (index space with imports), else the first name it is exported by. */
export function functionName(instance: Instance, func: number): string | undefined {
  return nameInModule(instance.module, func);
}

/** The same without an instance. */
export function nameInModule(module: Module, func: number): string | undefined {
  return module.names.functions.get(func) ?? exportNames(module).get(func);
}

function exportNames(module: Module): ReadonlyMap<number, string> {
  let names = exported.get(module);
  if (names === undefined) {
    const found = new Map<number, string>();
    for (const { kind, index, name } of module.exports) {
      if (kind === "func" && !found.has(index)) found.set(index, name);
    }
    names = found;
    exported.set(module, names);
  }
  return names;
}
