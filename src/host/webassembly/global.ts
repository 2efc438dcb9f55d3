import { Global as GlobalVariable } from "../../interp/global.ts";
import type { Agent } from "./agent.ts";
import { dictionary, oneOf, required } from "./idl.ts";
import type { Constructor } from "./interface.ts";
import { defaultValue, fromValue, toValue, valueTypes } from "./values.ts";

/** `WebAssembly.Global`. */
export function globalInterface(agent: Agent): Constructor {
  const { globals } = agent;
  const read = ({ type, value }: GlobalVariable) => fromValue(agent, type.type, value);
  return globals.implement(
    class Global {
      constructor(descriptor: unknown, value: unknown = undefined) {
        const what = "WebAssembly.Global()";
        const members = dictionary(descriptor, `${what}: argument 0`);
        const mutable = Boolean(members["mutable"]);
        const type = oneOf(members["value"], valueTypes, `${what}: value`);
        const initial = value === undefined ? defaultValue(type) : toValue(agent, type, value);
        globals.adopt(this, GlobalVariable.of({ type, mutable }, initial));
      }

      valueOf() {
        return read(globals.of(this, "WebAssembly.Global.valueOf(): this"));
      }

      get value() {
        return read(globals.of(this, "WebAssembly.Global.value: this"));
      }

      set value(value: unknown) {
        const what = "WebAssembly.Global.value";
        const global = globals.of(this, `${what}: this`);
        // biome-ignore lint/complexity/noArguments: undefined is a value, a missing one an error
        required(arguments.length, 1, what);
        const { type, mutable } = global.type;
        if (!mutable) throw new TypeError(`${what}: the global is immutable`);
        global.value = toValue(agent, type, value);
      }
    },
  );
}
