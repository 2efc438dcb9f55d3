import type { Func, WasmFunc } from "./func.ts";
import type { Instance } from "./instance.ts";

/**
 * The functions of an instance, imported ones first. The object of one that the module defines is made when it is first
 * asked for, and is the same from then on: a runtime has thousands of functions, and a call needs the objects of those
 * few that are exported or in tables.
 */
export class FunctionSpace {
  readonly imported: readonly Func[];
  readonly length: number;
  private readonly instance: Instance;
  private readonly own: (WasmFunc | undefined)[];

  constructor(instance: Instance, imported: readonly Func[]) {
    const defined = instance.module.bodies.length;
    this.imported = imported;
    this.length = imported.length + defined;
    this.instance = instance;
    this.own = new Array<WasmFunc | undefined>(defined);
  }

  /** The function with this index; undefined if there is none. */
  at(index: number): Func | undefined {
    const { imported } = this;
    return index < imported.length ? imported[index] : this.defined(index - imported.length);
  }

  /** The function with this index among those that the module defines. */
  defined(index: number): WasmFunc | undefined {
    const known = this.own[index];
    if (known !== undefined || !(index >= 0 && index < this.own.length)) return known;
    const { instance } = this;
    const { types, functions, importedFunctionCount } = instance.module;
    const type = types[functions[importedFunctionCount + index]!]!;
    const func: WasmFunc = { kind: "wasm", type, instance, index };
    this.own[index] = func;
    return func;
  }

  /** Those of the module's own that somebody has asked for: no reference can be to another. */
  *asked(): Generator<WasmFunc, void> {
    for (const func of this.own) if (func !== undefined) yield func;
  }
}
