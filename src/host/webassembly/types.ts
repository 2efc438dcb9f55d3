import type { ErrorClasses } from "./errors.ts";

/** The types of the namespace, as far as they are of use without those of the DOM's library. */

export interface Module {
  readonly [Symbol.toStringTag]: "WebAssembly.Module";
}
export interface Instance {
  /** By name: functions, and objects of the other interfaces. */
  // biome-ignore lint/suspicious/noExplicitAny: what a module exports is known to who wrote it
  readonly exports: { readonly [name: string]: any };
}
export interface Memory {
  /** The memory's bytes; another buffer after it has grown. */
  readonly buffer: ArrayBuffer;
  /** Returns the old size. Pages of 64 KiB. @throws RangeError */
  grow(delta: number): number;
}
export interface Table {
  readonly length: number;
  /** @throws RangeError */
  get(index: number): unknown;
  /** @throws RangeError; TypeError for what is no element */
  set(index: number, value?: unknown): void;
  /** Returns the old length. @throws RangeError */
  grow(delta: number, value?: unknown): number;
}
export interface Global {
  value: unknown;
  valueOf(): unknown;
}
export interface Tag {
  readonly [Symbol.toStringTag]: "WebAssembly.Tag";
}
export interface Exception {
  is(tag: Tag): boolean;
  getArg(tag: Tag, index: number): unknown;
}

interface Limits {
  readonly initial: number;
  readonly maximum?: number;
}
type Bytes = ArrayBuffer | ArrayBufferView;
interface Source {
  readonly module: Module;
  readonly instance: Instance;
}

/** The standard's `WebAssembly`. */
export interface WebAssemblyNamespace extends ErrorClasses {
  readonly Module: {
    new (bytes: Bytes): Module;
    exports(module: Module): { readonly name: string; readonly kind: string }[];
    imports(module: Module): { readonly module: string; readonly name: string; readonly kind: string }[];
    customSections(module: Module, sectionName: string): ArrayBuffer[];
  };
  readonly Instance: new (module: Module, importObject?: object) => Instance;
  readonly Memory: new (descriptor: Limits) => Memory;
  readonly Table: new (descriptor: Limits & { readonly element: string }, value?: unknown) => Table;
  readonly Global: new (
    descriptor: { readonly value: string; readonly mutable?: boolean },
    value?: unknown,
  ) => Global;
  readonly Tag: new (descriptor: { readonly parameters: readonly string[] }) => Tag;
  readonly Exception: new (tag: Tag, payload: readonly unknown[]) => Exception;
  validate(bytes: Bytes): boolean;
  compile(bytes: Bytes): Promise<Module>;
  instantiate(bytes: Bytes, importObject?: object): Promise<Source>;
  instantiate(module: Module, importObject?: object): Promise<Instance>;
  /** Takes a `Response`, or a promise of one. */
  compileStreaming(response: unknown): Promise<Module>;
  instantiateStreaming(response: unknown, importObject?: object): Promise<Source>;
}
