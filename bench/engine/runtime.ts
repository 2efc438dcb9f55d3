import type { BoundModule } from "../../src/host/index.ts";
import type { Allocator } from "../../src/host/polkadot/allocator.ts";
import {
  decodeRuntimeVersion,
  decodeVersionSections,
  FreeingBumpAllocator,
  Overlay,
  PolkadotHost,
  polkadotModule,
  type RuntimeVersion,
  State,
  stateTrieVersion,
  unpackCode,
} from "../../src/host/polkadot/index.ts";
import { engineImport } from "./import.ts";
import { EngineMemoryView } from "./view.ts";
import {
  type EngineFunction,
  type EngineGlobal,
  type EngineInstance,
  type EngineMemory,
  type EngineModule,
  engineWasm,
  type ImportDescriptor,
} from "./wasm-api.ts";

/**
 * Pages that a memory begins with. The engine does not tell how many a module asks for; a memory that is imported
 * may have more, and no runtime here asks for as many.
 */
const INITIAL_PAGES = 64;
/** With the 2048 that the memory may grow by, as in `Runtime`. */
const MAX_PAGES = INITIAL_PAGES + 2048;

export interface EngineCall {
  readonly output: Uint8Array;
  readonly hostCalls: number;
}

/**
 * The peer of `Runtime`: the engine's WebAssembly runs the code, and calls the very same host functions over the same
 * overlay. A measuring rod and no more: without gas, depth and memory limits, for runtimes of the two-parameter kind
 * only.
 */
export class EngineRuntime {
  readonly #module: EngineModule;
  readonly #imports: readonly ImportDescriptor[];
  #version: RuntimeVersion | undefined;

  private constructor(module: EngineModule) {
    this.#module = module;
    this.#imports = engineWasm().Module.imports(module);
  }

  static fromCode(blob: Uint8Array): EngineRuntime {
    return new EngineRuntime(new (engineWasm().Module)(unpackCode(blob)));
  }

  version(): RuntimeVersion {
    this.#version ??= this.#sectionVersion() ?? decodeRuntimeVersion(this.#askVersion());
    return this.#version;
  }

  #sectionVersion(): RuntimeVersion | undefined {
    const section = (name: string): Uint8Array | undefined => {
      const [buffer] = engineWasm().Module.customSections(this.#module, name);
      return buffer && new Uint8Array(buffer);
    };
    const version = section("runtime_version");
    return version && decodeVersionSections(version, section("runtime_apis"));
  }

  #askVersion(): Uint8Array {
    return this.call("Core_version", new Uint8Array(0), new Overlay(State.fromEntries([]))).output;
  }

  /** Calls an entry point in a fresh instance, as `Runtime.call` does. @throws what the engine or the host throws */
  call(method: string, input: Uint8Array, overlay: Overlay): EngineCall {
    const host = new PolkadotHost({
      context: "block",
      overlay,
      stateVersion: () => stateTrieVersion(this.version()),
      runtimeVersionOf: () => {
        throw new Error("the peer does not look into other runtimes");
      },
      input,
    });
    overlay.startTransaction();
    const { instance, memory } = this.#instantiate(polkadotModule("block").bind(host));
    host.memory = memory;
    host.allocator = allocatorOf(instance, memory);
    const address = host.allocate(input.length);
    memory.bytes.set(input, address);
    const packed = (instance.exports[method] as EngineFunction)(address, input.length) as bigint;
    memory.refresh();
    overlay.commitTransaction();
    const start = Number(packed & 0xffff_ffffn);
    const length = Number((packed >> 32n) & 0xffff_ffffn);
    return { output: memory.bytes.slice(start, start + length), hostCalls: host.hostCalls };
  }

  #instantiate(functions: BoundModule<PolkadotHost>): { instance: EngineInstance; memory: EngineMemoryView } {
    const wasm = engineWasm();
    let memory: EngineMemoryView | undefined;
    const env: Record<string, unknown> = {};
    for (const { module, name, kind } of this.#imports) {
      if (kind === "memory") {
        const own = new wasm.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES });
        memory = new EngineMemoryView(own, MAX_PAGES);
        env[name] = own;
        continue;
      }
      const extern = functions.get(module, name);
      env[name] = extern === undefined ? missing(name) : engineImport(extern.value, () => memory);
    }
    const instance = new wasm.Instance(this.#module, { env });
    memory ??= new EngineMemoryView(instance.exports["memory"] as EngineMemory, MAX_PAGES);
    return { instance, memory };
  }
}

/** The host's, or the runtime's own (RFC-0061), which runs in the same instance and may grow the memory. */
function allocatorOf({ exports }: EngineInstance, memory: EngineMemoryView): Allocator {
  const base = exports["__heap_base"] as EngineGlobal | undefined;
  if (base !== undefined) return new FreeingBumpAllocator(memory, Number(base.value));
  const alloc = exports["alloc"] as EngineFunction;
  return {
    allocate: (size) => {
      const address = alloc(size) as number;
      memory.refresh();
      return address >>> 0;
    },
  };
}

/** As `onMissing: "trap"` has it. */
function missing(name: string): EngineFunction {
  return () => {
    throw new Error(`missing import ${name}`);
  };
}
