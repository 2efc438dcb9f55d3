import type { ValType } from "../decoder/module.ts";
import type { Instance } from "./instance.ts";

/** Types of the parameters and declared locals of a defined function. */
export function localTypes({ module }: Instance, func: number): ValType[] {
  const types: ValType[] = [...module.types[module.functions[module.importedFunctionCount + func]!]!.params];
  for (const { count, type } of module.bodies[func]!.locals) {
    for (let i = 0; i < count; i++) types.push(type);
  }
  return types;
}
