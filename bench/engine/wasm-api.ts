/**
 * The parts of the engine's own `WebAssembly` that the benchmarks use. Declared here and not globally: nothing but
 * the benchmarks may know of it.
 */
export interface EngineMemory {
  readonly buffer: ArrayBuffer;
  /** Returns the old size in pages. @throws RangeError where the maximum forbids it. */
  grow(pages: number): number;
}

export interface EngineGlobal {
  readonly value: number | bigint;
}

export interface ImportDescriptor {
  readonly module: string;
  readonly name: string;
  readonly kind: "function" | "table" | "memory" | "global";
}

/** A compiled module; nothing in it is for JavaScript to see. */
export type EngineModule = object;

export type EngineFunction = (...args: (number | bigint)[]) => number | bigint | undefined;

export interface EngineInstance {
  readonly exports: Readonly<Record<string, EngineFunction | EngineMemory | EngineGlobal>>;
}

interface EngineWasm {
  readonly Module: {
    new (bytes: Uint8Array): EngineModule;
    imports(module: EngineModule): ImportDescriptor[];
    customSections(module: EngineModule, name: string): ArrayBuffer[];
  };
  readonly Instance: new (
    module: EngineModule,
    imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => EngineInstance;
  readonly Memory: new (type: { readonly initial: number; readonly maximum: number }) => EngineMemory;
  validate(bytes: Uint8Array): boolean;
}

/** @throws Error if the process was started without it. */
export function engineWasm(): EngineWasm {
  const api = (globalThis as { WebAssembly?: EngineWasm }).WebAssembly;
  if (api === undefined)
    throw new Error("the engine's WebAssembly is the peer here: start without --no-expose-wasm");
  return api;
}
