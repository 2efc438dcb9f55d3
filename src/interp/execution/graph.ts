import { type ExternalKind, FUNCREF } from "../../decoder/module.ts";
import type { Func } from "../func.ts";
import { importCount } from "../index-spaces.ts";
import type { Extern, Instance } from "../instance.ts";
import { isReferenceOf, type Reference } from "../references.ts";

/** Something an instance defines, by instance and index among what it defines of that kind. */
export interface Definition {
  readonly instance: number;
  readonly index: number;
}

/** A memory, table or global that no instance of the graph defines. */
export type Orphan = Exclude<Extern, { kind: "func" }>;

/**
 * The instances that an execution can reach, in the order in which a search from its frames finds them, and who
 * defines what. The order depends on the modules alone, so that equal states give equal snapshots.
 */
export class InstanceGraph {
  readonly instances: Instance[] = [];
  /** Made by the host, or by an instance that cannot be reached; in the order found. */
  readonly orphans: Orphan[] = [];
  private readonly numbers = new Map<Instance, number>();
  private readonly definitions = new Map<Reference, Definition>();
  private readonly orphanNumbers = new Map<Extern["value"], number>();

  /** @param references those in frames */
  constructor(roots: readonly Instance[], references: readonly Reference[] = []) {
    for (const root of roots) this.add(root);
    for (const reference of references) this.reach(reference);
    // `instances` grows while it is walked.
    for (const instance of this.instances) {
      for (const func of instance.funcs.imported) this.reach(func);
      for (const table of instance.tables) for (const element of table.elements) this.reach(element);
      for (const global of instance.globals) this.reach(global.reference);
    }
    for (const instance of this.instances) for (const item of importedItems(instance)) this.findOrphan(item);
  }

  private reach(reference: Reference): void {
    if (isFunc(reference) && reference.kind === "wasm") this.add(reference.instance);
  }

  private add(instance: Instance): void {
    if (this.numbers.has(instance)) return;
    const number = this.instances.length;
    this.numbers.set(instance, number);
    this.instances.push(instance);
    for (const func of instance.funcs.asked()) {
      this.definitions.set(func, { instance: number, index: func.index });
    }
    for (const values of Object.values(definedItems(instance))) {
      values.forEach((value, index) => {
        this.definitions.set(value, { instance: number, index });
      });
    }
  }

  private findOrphan(item: Extern): void {
    if (item.kind === "func" || this.definitions.has(item.value) || this.orphanNumbers.has(item.value))
      return;
    this.orphanNumbers.set(item.value, this.orphans.length);
    this.orphans.push(item);
  }

  numberOf(instance: Instance): number {
    return this.numbers.get(instance)!;
  }
  definitionOf(item: Reference): Definition | undefined {
    return this.definitions.get(item);
  }
  orphanNumberOf(item: Extern["value"]): number | undefined {
    return this.orphanNumbers.get(item);
  }
}

/** Whether a reference is a function's, and not the host's. */
export function isFunc(reference: Reference): reference is Func {
  return reference !== null && isReferenceOf(FUNCREF, reference);
}

type Space = "funcs" | "tables" | "memories" | "globals";
const SPACES: { readonly [kind in ExternalKind]: Space } = {
  func: "funcs",
  table: "tables",
  memory: "memories",
  global: "globals",
};

/** What an instance defines beside functions. */
export function definedItems(instance: Instance): Pick<Instance, Exclude<Space, "funcs">> {
  const { module } = instance;
  return {
    tables: instance.tables.slice(importCount(module, "table")),
    memories: instance.memories.slice(importCount(module, "memory")),
    globals: instance.globals.slice(importCount(module, "global")),
  };
}

/** What its imports were linked to, in the order of the import section. */
export function importedItems(instance: Instance): Extern[] {
  const next = { func: 0, table: 0, memory: 0, global: 0 };
  return instance.module.imports.map(({ desc: { kind } }) => {
    return { kind, value: instance[SPACES[kind]].at(next[kind]++) } as Extern;
  });
}

/** One definition, by its index among those of its kind, as an import can be linked to it; undefined if there is none. */
export function definedItem(instance: Instance, kind: ExternalKind, index: number): Extern | undefined {
  const value = instance[SPACES[kind]].at(importCount(instance.module, kind) + index);
  return value === undefined ? undefined : ({ kind, value } as Extern);
}
