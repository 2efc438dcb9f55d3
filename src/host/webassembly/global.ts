import { Global as GlobalVariable } from "../../interp/global.ts";
import type { Agent } from "./agent.ts";
import { dictionary, oneOf, required } from "./idl.ts";
import type { Constructor } from "./interface.ts";
import { fromLanes, toLanes, valueTypes } from "./values.ts";

/** `WebAssembly.Global`. */
export function globalInterface(agent: Agent): Constructor {
  const { globals } = agent;
  const read = ({ type, lanes, at }: GlobalVariable) => fromLanes(type.type, lanes, at);
  return globals.implement(
    class Global {
      constructor(descriptor: unknown, value: unknown = undefined) {
        const what = "WebAssembly.Global()";
        const members = dictionary(descriptor, `${what}: argument 0`);
        const mutable = Boolean(members["mutable"]);
        const type = oneOf(members["value"], valueTypes, `${what}: value`);
        const global = new GlobalVariable({ type, mutable });
        if (value !== undefined) toLanes(type, value, global.lanes, global.at);
        globals.adopt(this, global);
      }

      valueOf() {
        return read(globals.of(this, "WebAssembly.Global.valueOf(): this"));
      }

      get value() {
        return read(globals.of(this, "WebAssembly.Global.value: this"));
      }

      set value(value: unknown) {
        const what = "WebAssembly.Global.value";
        const { type, lanes, at } = globals.of(this, `${what}: this`);
        // biome-ignore lint/complexity/noArguments: undefined is a value, a missing one an error
        required(arguments.length, 1, what);
        if (!type.mutable) throw new TypeError(`${what}: the global is immutable`);
        toLanes(type.type, value, lanes, at);
      }
    },
  );
}
