import type { FuncType, ValType } from "../decoder/module.ts";
import type { Instance } from "./instance.ts";
import type { References } from "./references.ts";
import type { Lanes } from "./values.ts";

/** What a host function sees of the call it serves. */
export interface HostCall {
  /**
   * Arguments from `at` on, two lanes each and four for vectors; results are written to the same place, from `at` on.
   */
  readonly lanes: Lanes;
  readonly at: number;
  /** The instance whose code makes the call; undefined when the host calls the function itself. */
  readonly caller: Instance | undefined;
  /** What the numbers in the lanes of references stand for; executors always say it. */
  readonly references?: References;
}

/** A function of the host. `invoke` reads its arguments from the call's lanes and writes its results there. */
export interface HostFunc {
  readonly kind: "host";
  readonly name: string;
  readonly type: FuncType;
  /** May return a promise; then it can only be called by executions that are awaited. */
  readonly isAsync?: boolean;
  /**
   * Throws `Trap` to trap. `call.lanes` must be read anew after calling back into Wasm: the frame may have moved.
   * An asynchronous function writes its results before its promise is fulfilled, and traps by rejecting it.
   */
  invoke(call: HostCall): void | Promise<void>;
}

/** A function that a module defines. */
export interface WasmFunc {
  readonly kind: "wasm";
  readonly type: FuncType;
  readonly instance: Instance;
  /** Index among the functions that the module defines (imports not counted). */
  readonly index: number;
}

export type Func = HostFunc | WasmFunc;

export function equalTypes(a: FuncType, b: FuncType): boolean {
  return a === b || (equalLists(a.params, b.params) && equalLists(a.results, b.results));
}

function equalLists(a: readonly ValType[], b: readonly ValType[]): boolean {
  return a.length === b.length && a.every((type, i) => type === b[i]);
}
