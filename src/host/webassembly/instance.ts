import type { ValidModule } from "../../decoder/module.ts";
import type { Extern, Instance as ModuleInstance } from "../../interp/instance.ts";
import { instantiate } from "../../interp/instantiate.ts";
import type { Agent, InstanceSlot } from "./agent.ts";
import { scriptError } from "./errors.ts";
import { isObject } from "./idl.ts";
import { readImports } from "./imports.ts";
import type { Constructor } from "./interface.ts";

/** `WebAssembly.Instance`. */
export function instanceInterface(agent: Agent): Constructor {
  return agent.instances.implement(
    class Instance {
      constructor(module: unknown, importObject: unknown = undefined) {
        const what = "WebAssembly.Instance()";
        const valid = agent.modules.of(module, `${what}: argument 0`);
        checkImportObject(importObject, what);
        const imports = readImports(agent, valid, importObject, what);
        agent.instances.adopt(this, instantiateModule(agent, valid, imports, what));
      }

      get exports() {
        return agent.instances.of(this, "WebAssembly.Instance.exports: this").exports;
      }
    },
  );
}

/** An import object is an object, if there is one. @throws TypeError */
export function checkImportObject(value: unknown, what: string): void {
  if (value !== undefined && !isObject(value)) {
    throw new TypeError(`${what}: the import object must be an object`);
  }
}

/** @throws LinkError, RuntimeError; whatever the module's start function throws */
export function instantiateModule(
  agent: Agent,
  module: ValidModule,
  imports: readonly Extern[],
  what: string,
): InstanceSlot {
  // `instantiate` asks for each import once, in order. Names do not tell imports apart: one may be there twice.
  let next = 0;
  let instance: ModuleInstance;
  try {
    instance = instantiate(agent.store, module, { get: () => imports[next++] });
  } catch (error) {
    throw scriptError(error, agent.errors, `${what}: `);
  }
  return { exports: exportsObject(agent, instance) };
}

function exportsObject(agent: Agent, { externs }: ModuleInstance): object {
  const exports = Object.create(null) as { [name: string]: unknown };
  for (const [name, extern] of externs) exports[name] = exportedObject(agent, extern);
  return Object.freeze(exports);
}

function exportedObject(agent: Agent, { kind, value }: Extern): unknown {
  switch (kind) {
    case "func":
      return agent.functions.objectOf(value);
    case "memory":
      return agent.memories.objectOf(value);
    case "table":
      return agent.tables.objectOf(value);
    case "global":
      return agent.globals.objectOf(value);
  }
}
