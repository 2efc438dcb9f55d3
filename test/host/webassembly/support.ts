/** The polyfill's namespace with types, and small modules for it. */
import { createWebAssembly, type WebAssemblyOptions } from "../../../src/host/webassembly/index.ts";
import { jit } from "../../../src/jit/index.ts";
import { assemble, constant, type ModuleParts, op } from "../../interp/assemble.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests pass what types forbid, on purpose
export type Any = any;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type Made = { new (...args: any[]): any; (...args: any[]): any; prototype: any };
export interface Namespace {
  readonly Module: Made & {
    exports(module: unknown): Any;
    imports(module: unknown): Any;
    customSections(...args: unknown[]): Any;
  };
  readonly Instance: Made;
  readonly Memory: Made;
  readonly Table: Made;
  readonly Global: Made;
  readonly Tag: Made;
  readonly Exception: Made;
  readonly CompileError: Made;
  readonly LinkError: Made;
  readonly RuntimeError: Made;
  validate(...args: unknown[]): boolean;
  compile(...args: unknown[]): Promise<Any>;
  instantiate(...args: unknown[]): Promise<Any>;
  compileStreaming(...args: unknown[]): Promise<Any>;
  instantiateStreaming(...args: unknown[]): Promise<Any>;
}

export function namespace(options?: WebAssemblyOptions): Namespace {
  return createWebAssembly(options) as unknown as Namespace;
}

/** What runs the code: by what `describe` calls it. Generated code keeps views of memories, and has calls of its own. */
export const EXECUTORS: readonly (readonly [name: string, options: WebAssemblyOptions])[] = [
  ["the machine", {}],
  ["generated code", { executor: jit({ samples: 0 }) }],
];

export const EMPTY = assemble({ functions: [] });
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;

export { assemble, constant, type ModuleParts, op };

/** A function that returns its one argument. */
export function identity(type: number, name: string) {
  return { params: [type], results: [type], code: [...op("local.get"), 0], export: name };
}

/** A custom section. */
export function custom(name: string, contents: readonly number[]): number[] {
  const bytes = [...new TextEncoder().encode(name)];
  return [0, 1 + bytes.length + contents.length, bytes.length, ...bytes, ...contents];
}

export const thrownBy = (action: () => unknown): Any => {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

export const rejectionOf = (promise: Promise<unknown>): Promise<Any> =>
  promise.then(
    () => {
      throw new Error("the promise was fulfilled");
    },
    (error) => error,
  );
