import type { Extern, Instance } from "./instance.ts";

/** Where `instantiate` looks imports up. Names are arbitrary strings, so no plain objects here. */
export interface Imports {
  get(module: string, name: string): Extern | undefined;
}

/** Imports by module and name. */
export class ImportMap implements Imports {
  private readonly modules = new Map<string, Map<string, Extern>>();

  get(module: string, name: string): Extern | undefined {
    return this.modules.get(module)?.get(name);
  }

  /** Adds or replaces one import. */
  define(module: string, name: string, item: Extern): this {
    let items = this.modules.get(module);
    if (items === undefined) {
      items = new Map();
      this.modules.set(module, items);
    }
    items.set(name, item);
    return this;
  }

  /** Makes `module` stand for the exports of `instance`, and for nothing else any more. */
  defineInstance(module: string, instance: Instance): this {
    this.modules.set(module, new Map(instance.externs));
    return this;
  }
}
