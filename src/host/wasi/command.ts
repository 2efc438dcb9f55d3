import type { ValidModule } from "../../decoder/module.ts";
import { ImportMap, type Imports } from "../../interp/imports.ts";
import type { Instance } from "../../interp/instance.ts";
import { instantiate } from "../../interp/instantiate.ts";
import type { Store } from "../../interp/store.ts";
import type { Trap } from "../../interp/trap.ts";
import type { BoundModule } from "../define.ts";
import { ProcExit } from "./exit.ts";
import { wasiPreview1 } from "./module.ts";
import type { Wasi, WasiOptions } from "./state.ts";

/** Looks imports up in several places; the first that has one gives it. */
export function joinImports(...all: readonly Imports[]): Imports {
  return {
    get(module, name) {
      for (const imports of all) {
        const found = imports.get(module, name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

export interface CommandOptions extends WasiOptions {
  /** What the program imports beside WASI. */
  readonly imports?: Imports;
  /** The functions to use instead, for example decorated: `wasiPreview1.with(logging(…))`. */
  readonly functions?: typeof wasiPreview1;
}

/** A WASI module and what it was given. */
export interface WasiInstance {
  readonly instance: Instance;
  readonly wasi: Wasi;
}

/** Instantiates a module with WASI. Nothing of it is run but its start function. @throws LinkError, Trap */
export function instantiateWasi(
  store: Store,
  module: ValidModule,
  options: CommandOptions = {},
): WasiInstance {
  const bound: BoundModule<Wasi> = (options.functions ?? wasiPreview1).instantiate(options);
  const instance = instantiate(store, module, joinImports(options.imports ?? new ImportMap(), bound));
  bound.state.attach(instance);
  return { instance, wasi: bound.state };
}

/**
 * Runs a command: a module whose `_start` is the whole program. Returns its exit code: what it gave to `proc_exit`, 0
 * where it just came to its end.
 * @throws LinkError; Trap; TypeError if the module exports no `_start`
 */
export function runCommand(store: Store, module: ValidModule, options: CommandOptions = {}): number {
  const { instance, wasi } = instantiateWasi(store, module, options);
  try {
    instance.call("_start");
    return 0;
  } catch (error) {
    return exitCode(error as Trap);
  } finally {
    wasi.descriptors.closeAll();
  }
}

function exitCode(error: Error): number {
  if (error instanceof ProcExit) return error.exitCode;
  throw error;
}
