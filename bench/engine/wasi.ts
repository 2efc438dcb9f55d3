import { load } from "../../src/decoder/index.ts";
import { type Wasi, type WasiOptions, wasiPreview1 } from "../../src/host/wasi/index.ts";
import { ImportMap, instantiate, Store } from "../../src/interp/index.ts";
import { engineImport } from "./import.ts";
import { EngineMemoryView } from "./view.ts";
import { type EngineFunction, type EngineMemory, type EngineModule, engineWasm } from "./wasm-api.ts";

/** As many as a memory of 32 bits can have. */
const MAX_PAGES = 65536;

/** `(module (import "engine" "memory" (memory 0)))`: an instance of it stands for the guest, and has its memory. */
const STAND_IN = load(
  Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[
      2,
      18,
      1,
      6,
      ...new TextEncoder().encode("engine"),
      6,
      ...new TextEncoder().encode("memory"),
      2,
      0,
      0,
    ],
  ),
);

export interface EngineWasi {
  readonly exports: Readonly<Record<string, EngineFunction>>;
  readonly wasi: Wasi;
}

/**
 * The peer of `instantiateWasi`: the engine's WebAssembly runs the module, and calls the very same functions of WASI.
 * Gas is not counted, so the virtual clock goes only by sleeping.
 */
export function engineWasi(
  module: EngineModule,
  options: WasiOptions,
  others: Readonly<Record<string, Readonly<Record<string, EngineFunction>>>> = {},
): EngineWasi {
  const wasm = engineWasm();
  const bound = wasiPreview1.instantiate(options);
  let view: EngineMemoryView | undefined;
  const functions: Record<string, EngineFunction> = {};
  for (const { module: from, name } of wasm.Module.imports(module)) {
    const extern = bound.get(from, name);
    if (extern !== undefined) functions[name] = engineImport(extern.value, () => view);
  }
  const instance = new wasm.Instance(module, { ...others, [bound.module.name]: functions });
  view = new EngineMemoryView(instance.exports["memory"] as EngineMemory, MAX_PAGES);
  const imports = new ImportMap().define("engine", "memory", { kind: "memory", value: view });
  bound.state.attach(instantiate(new Store(), STAND_IN, imports));
  return { exports: instance.exports as Readonly<Record<string, EngineFunction>>, wasi: bound.state };
}
