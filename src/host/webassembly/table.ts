import { EXTERNREF, FUNCREF, type RefType } from "../../decoder/module.ts";
import type { Reference } from "../../interp/references.ts";
import { Table as ElementTable } from "../../interp/table.ts";
import type { Agent } from "./agent.ts";
import { dictionary, oneOf, unsignedLong } from "./idl.ts";
import type { Constructor } from "./interface.ts";
import { limitsOf } from "./memory.ts";
import { defaultValue, fromValue, toValue } from "./values.ts";

const KINDS = new Map([
  ["anyfunc", FUNCREF],
  ["externref", EXTERNREF],
] as const);

const defaultReference = (type: RefType) => defaultValue(type) as Reference;

/** `WebAssembly.Table`. */
export function tableInterface(agent: Agent): Constructor {
  const { tables, store } = agent;

  /** What a script gives as an element. @throws TypeError for what is no reference of the table's type */
  function elementOf(type: RefType, value: unknown): Reference {
    return toValue(agent, type, value) as Reference;
  }

  /** The optional argument of `set` and `grow`: undefined is a value, and one that is not there the type's default. */
  function given({ type: { element } }: ElementTable, init: readonly unknown[]): Reference {
    return init.length === 0 ? defaultReference(element) : elementOf(element, init[0]);
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
        const table = new ElementTable(type, store.maxTableElements);
        table.fill(0, init === undefined ? defaultReference(element) : elementOf(element, init), type.min);
        tables.adopt(this, table);
      }

      get length() {
        return tables.of(this, "WebAssembly.Table.length: this").elements.length;
      }

      grow(delta: unknown, ...init: readonly unknown[]) {
        const what = "WebAssembly.Table.grow()";
        const table = tables.of(this, `${what}: this`);
        const count = unsignedLong(delta, `${what}: argument 0`);
        const old = table.grow(count, given(table, init));
        if (old < 0) throw new RangeError(`${what}: the maximum size is exceeded`);
        return old;
      }

      get(index: unknown) {
        const what = "WebAssembly.Table.get()";
        const table = tables.of(this, `${what}: this`);
        const i = unsignedLong(index, `${what}: argument 0`);
        if (i >= table.elements.length) throw new RangeError(`${what}: there is no element ${i}`);
        return fromValue(agent, table.type.element, table.elements[i]!);
      }

      set(index: unknown, ...init: readonly unknown[]) {
        const what = "WebAssembly.Table.set()";
        const table = tables.of(this, `${what}: this`);
        const i = unsignedLong(index, `${what}: argument 0`);
        const element = given(table, init);
        if (i >= table.elements.length) throw new RangeError(`${what}: there is no element ${i}`);
        table.set(i, element);
      }
    },
  );
}
