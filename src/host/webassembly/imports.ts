import {
  EXTERNREF,
  type ExternalType,
  I64,
  type Import,
  isRefType,
  typeName,
  V128,
  type ValidModule,
} from "../../decoder/module.ts";
import { Global } from "../../interp/global.ts";
import type { Extern } from "../../interp/instance.ts";
import type { Agent } from "./agent.ts";
import { hostFunction, type ScriptFunction } from "./functions.ts";
import { isObject } from "./idl.ts";
import { toValue } from "./values.ts";

/**
 * "Read the imports": what the import object holds for each import of the module, in the module's order. Getters are
 * called, so the order can be seen. @throws TypeError, LinkError; whatever getters throw
 */
export function readImports(
  agent: Agent,
  module: ValidModule,
  importObject: unknown,
  what: string,
): Extern[] {
  if (module.imports.length > 0 && importObject === undefined) {
    throw new TypeError(`${what}: the module imports something, so there must be an import object`);
  }
  let functions = 0;
  return module.imports.map((wanted) => {
    const namespace = (importObject as { [name: string]: unknown })[wanted.module];
    if (!isObject(namespace)) {
      throw new TypeError(`${what}: the import object's "${wanted.module}" is not an object`);
    }
    const value = (namespace as { [name: string]: unknown })[wanted.name];
    const number = wanted.desc.kind === "func" ? functions++ : 0;
    const found = externOf(agent, module, wanted, value, number);
    if (typeof found !== "string") return found;
    throw new agent.errors.LinkError(`${what}: import "${wanted.module}" "${wanted.name}" ${found}`);
  });
}

/** What `value` is in the store, or why it is nothing of the kind. */
function externOf(
  agent: Agent,
  module: ValidModule,
  { module: from, name, desc }: Import,
  value: unknown,
  number: number,
): Extern | string {
  switch (desc.kind) {
    case "func": {
      if (typeof value !== "function") return "is not a function";
      const type = module.types[desc.typeIndex]!;
      const func =
        agent.functions.find(value) ??
        hostFunction(agent, value as ScriptFunction, type, `${from}.${name}`, number);
      return { kind: "func", value: func };
    }
    case "memory": {
      const memory = agent.memories.find(value);
      return memory === undefined ? "is not a WebAssembly.Memory" : { kind: "memory", value: memory };
    }
    case "table": {
      const table = agent.tables.find(value);
      return table === undefined ? "is not a WebAssembly.Table" : { kind: "table", value: table };
    }
    case "global": {
      const global = agent.globals.find(value) ?? constantOf(agent, desc, value);
      return typeof global === "string" ? global : { kind: "global", value: global };
    }
  }
}

/** An immutable global of a value that is given by itself: where a mutable one is wanted, linking fails. */
function constantOf(
  agent: Agent,
  { type: { type } }: Extract<ExternalType, { kind: "global" }>,
  value: unknown,
): Global | string {
  const isOne = isRefType(type)
    ? type === EXTERNREF || value === null || agent.functions.find(value) !== undefined
    : typeof value === (type === I64 ? "bigint" : "number") && type !== V128;
  if (!isOne) return `is neither a WebAssembly.Global nor a value of type ${typeName(type)}`;
  return Global.of({ type, mutable: false }, toValue(agent, type, value));
}
