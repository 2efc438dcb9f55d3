import type { ExternalKind } from "../../decoder/module.ts";
import type { Agent } from "./agent.ts";
import { bytesOf, required } from "./idl.ts";
import type { Constructor } from "./interface.ts";

const KINDS: { readonly [kind in ExternalKind]: string } = {
  func: "function",
  table: "table",
  memory: "memory",
  global: "global",
};

/** `WebAssembly.Module`. */
export function moduleInterface(agent: Agent): Constructor {
  const { modules } = agent;
  return modules.implement(
    class Module {
      constructor(bytes: unknown) {
        const what = "WebAssembly.Module()";
        modules.adopt(this, agent.compile(bytesOf(bytes, `${what}: argument 0`), what));
      }

      static exports(module: unknown) {
        const { exports } = modules.of(module, "WebAssembly.Module.exports(): argument 0");
        return exports.map(({ name, kind }) => ({ name, kind: KINDS[kind] }));
      }

      static imports(module: unknown) {
        const { imports } = modules.of(module, "WebAssembly.Module.imports(): argument 0");
        return imports.map(({ module: from, name, desc }) => ({
          module: from,
          name,
          kind: KINDS[desc.kind],
        }));
      }

      static customSections(module: unknown, sectionName: unknown) {
        const what = "WebAssembly.Module.customSections()";
        // biome-ignore lint/complexity/noArguments: an undefined name is the name "undefined", a missing one an error
        required(arguments.length, 2, what);
        const { customSections } = modules.of(module, `${what}: argument 0`);
        const wanted = `${sectionName}`;
        return customSections
          .filter(({ name }) => name === wanted)
          .map(({ bytes }) => new Uint8Array(bytes).buffer);
      }
    },
  );
}
