import type { Module } from "../../decoder/index.ts";
import { demangle } from "../../interp/index.ts";
import { nameInModule } from "../../interp/names.ts";
import { shorten } from "../format.ts";
import { printable } from "../printable.ts";

/** Longer names are cut in the middle: they stand at every call, and may be of any length. */
const MAX_NAME = 160;

/** Names of a module's functions as listings show them. */
export class FunctionNames {
  readonly #module: Module;
  readonly #known = new Map<number, string | undefined>();
  readonly #imports: readonly string[];
  readonly #exports = new Map<number, string[]>();

  constructor(module: Module) {
    this.#module = module;
    this.#imports = module.imports.flatMap(({ module: from, name, desc }) =>
      desc.kind === "func" ? [`${from}.${name}`] : [],
    );
    for (const { kind, name, index } of module.exports) {
      if (kind !== "func") continue;
      const names = this.#exports.get(index);
      if (names === undefined) this.#exports.set(index, [name]);
      else names.push(name);
    }
  }

  /** From the name section, demangled; else what it is imported or exported as. */
  shown(func: number): string | undefined {
    if (!this.#known.has(func)) {
      const name = this.symbol(func);
      const text = name === undefined ? undefined : demangle(name);
      this.#known.set(func, text && shorten(printable(text), MAX_NAME));
    }
    return this.#known.get(func);
  }

  /** The same as the module has it. */
  symbol(func: number): string | undefined {
    return nameInModule(this.#module, func) ?? this.#imports[func];
  }

  /** `module.name` of an imported function. */
  importOf(func: number): string | undefined {
    return this.#imports[func];
  }

  /** What it is exported as. */
  exportsOf(func: number): readonly string[] {
    return this.#exports.get(func) ?? [];
  }

  /** Functions called `text`: by symbol, demangled name or export, or by index. */
  find(text: string): number[] {
    const { functions } = this.#module;
    if (/^\d{1,10}$/.test(text) && Number(text) < functions.length) return [Number(text)];
    return functions.flatMap((_, func) => {
      const symbol = this.symbol(func);
      const isCalled = symbol === text || (symbol !== undefined && demangle(symbol) === text);
      return isCalled || this.exportsOf(func).includes(text) ? [func] : [];
    });
  }

  /** The first few names that `text` is a part of. */
  similar(text: string, count: number): string[] {
    const names: string[] = [];
    for (let func = 0; func < this.#module.functions.length && names.length < count; func++) {
      const name = this.shown(func);
      if (name?.toLowerCase().includes(text.toLowerCase())) names.push(name);
    }
    return names;
  }
}
