import type { ValidModule } from "../../decoder/module.ts";
import { Agent, type WebAssemblyOptions } from "./agent.ts";
import { exceptionInterface, tagInterface } from "./exception.ts";
import { globalInterface } from "./global.ts";
import { bytesOf } from "./idl.ts";
import { readImports } from "./imports.ts";
import { checkImportObject, instanceInterface, instantiateModule } from "./instance.ts";
import { tag } from "./interface.ts";
import { memoryInterface } from "./memory.ts";
import { moduleInterface } from "./module.ts";
import { responseBytes } from "./streaming.ts";
import { tableInterface } from "./table.ts";
import type { WebAssemblyNamespace } from "./types.ts";

/**
 * Makes a `WebAssembly` namespace. The objects of one are unknown to another, as those of two agents are.
 * @throws TypeError for unknown features
 */
export function createWebAssembly(options: WebAssemblyOptions = {}): WebAssemblyNamespace {
  const agent = new Agent(options);
  const interfaces = {
    Module: moduleInterface(agent),
    Instance: instanceInterface(agent),
    Memory: memoryInterface(agent),
    Table: tableInterface(agent),
    Global: globalInterface(agent),
    Tag: tagInterface(agent),
    Exception: exceptionInterface(agent),
    ...agent.errors,
  };
  const namespace: object = operations(agent);
  for (const [name, value] of Object.entries(interfaces)) {
    Object.defineProperty(namespace, name, { value, writable: true, configurable: true });
  }
  tag(namespace, "WebAssembly");
  return namespace as WebAssemblyNamespace;
}

/** The functions. Those that give promises give every error by them, and do their work in a task of its own. */
function operations(agent: Agent): object {
  const { modules, instances } = agent;

  function instantiated(module: ValidModule, importObject: unknown, what: string): object {
    return instances.objectOf(
      instantiateModule(agent, module, readImports(agent, module, importObject, what), what),
    );
  }

  function source(bytes: Uint8Array, importObject: unknown, what: string) {
    const module = agent.compile(bytes, what);
    return { module: modules.objectOf(module), instance: instantiated(module, importObject, what) };
  }

  return {
    validate(bytes: unknown): boolean {
      return agent.validates(bytesOf(bytes, "WebAssembly.validate(): argument 0"));
    },

    async compile(bytes: unknown): Promise<object> {
      const what = "WebAssembly.compile()";
      const stable = bytesOf(bytes, `${what}: argument 0`);
      await undefined;
      return modules.objectOf(agent.compile(stable, what));
    },

    async instantiate(bytesOrModule: unknown, importObject: unknown = undefined): Promise<object> {
      const what = "WebAssembly.instantiate()";
      const module = modules.find(bytesOrModule);
      if (module !== undefined) {
        checkImportObject(importObject, what);
        const imports = readImports(agent, module, importObject, what);
        await undefined;
        return instances.objectOf(instantiateModule(agent, module, imports, what));
      }
      const stable = bytesOf(bytesOrModule, `${what}: argument 0`);
      checkImportObject(importObject, what);
      await undefined;
      return source(stable, importObject, what);
    },

    async compileStreaming(response: unknown): Promise<object> {
      const what = "WebAssembly.compileStreaming()";
      return modules.objectOf(agent.compile(await responseBytes(response, what), what));
    },

    async instantiateStreaming(response: unknown, importObject: unknown = undefined): Promise<object> {
      const what = "WebAssembly.instantiateStreaming()";
      checkImportObject(importObject, what);
      return source(await responseBytes(response, what), importObject, what);
    },
  };
}
