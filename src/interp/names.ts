import type { Instance } from "./instance.ts";

/** The name-section name of a function (index space with imports), else the name it is exported by. */
export function functionName(instance: Instance, func: number): string | undefined {
  const { module } = instance;
  const name = module.names.functions.get(func);
  if (name !== undefined) return name;
  return module.exports.find((e) => e.kind === "func" && e.index === func)?.name;
}
