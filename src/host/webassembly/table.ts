import { FUNCREF } from "../../decoder/module.ts";
import type { Func } from "../../interp/func.ts";
import { Table as ElementTable } from "../../interp/table.ts";
import type { Agent } from "./agent.ts";
import { exportedFunction, functionOfExported } from "./functions.ts";
import { dictionary, oneOf, unsignedLong } from "./idl.ts";
import type { Constructor } from "./interface.ts";
import { limitsOf } from "./memory.ts";

const KINDS = new Map([["anyfunc", FUNCREF]] as const);

/** `WebAssembly.Table`. */
export function tableInterface(agent: Agent): Constructor {
  const { tables, store } = agent;

  /** What a script gives as an element: an exported function or null. @throws TypeError */
  function elementOf(value: unknown, what: string): Func | null {
    if (value === null) return null;
    const func = functionOfExported(agent, value);
    if (func === undefined) throw new TypeError(`${what} must be an exported WebAssembly function or null`);
    return func;
  }

  return tables.implement(
    class Table {
      constructor(descriptor: unknown, ...[init]: readonly unknown[]) {
        const what = "WebAssembly.Table()";
        const members = dictionary(descriptor, `${what}: argument 0`);
        const element = oneOf(members["element"], KINDS, `${what}: element`);
        const type = { element, ...limitsOf(members, what) };
        if (type.min > store.maxTableElements) {
          throw new RangeError(`${what}: the initial size exceeds ${store.maxTableElements}`);
        }
        const table = new ElementTable(type);
        const first = init === undefined ? null : elementOf(init, `${what}: argument 1`);
        if (first !== null) for (let i = 0; i < type.min; i++) table.set(i, first);
        tables.adopt(this, table);
      }

      get length() {
        return tables.of(this, "WebAssembly.Table.length: this").elements.length;
      }

      grow(delta: unknown, ...[init = null]: readonly unknown[]) {
        const what = "WebAssembly.Table.grow()";
        const table = tables.of(this, `${what}: this`);
        const count = unsignedLong(delta, `${what}: argument 0`);
        const old = table.grow(count, elementOf(init, `${what}: argument 1`), store.maxTableElements);
        if (old < 0) throw new RangeError(`${what}: the maximum size is exceeded`);
        return old;
      }

      get(index: unknown) {
        const what = "WebAssembly.Table.get()";
        const table = tables.of(this, `${what}: this`);
        const i = unsignedLong(index, `${what}: argument 0`);
        const func = table.elements[i];
        if (func === undefined) throw new RangeError(`${what}: there is no element ${i}`);
        return func === null ? null : exportedFunction(agent, func as Func);
      }

      set(index: unknown, ...init: readonly unknown[]) {
        const what = "WebAssembly.Table.set()";
        const table = tables.of(this, `${what}: this`);
        const i = unsignedLong(index, `${what}: argument 0`);
        const element = init.length === 0 ? null : elementOf(init[0], `${what}: argument 1`);
        if (i >= table.elements.length) throw new RangeError(`${what}: there is no element ${i}`);
        table.set(i, element);
      }
    },
  );
}
