import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { allFeatures, I32, load, type ValidModule } from "../../src/decoder/index.ts";
import {
  Captured,
  type CommandOptions,
  loadReactor,
  memoryFolder,
  ProcExit,
  runCommand,
  type WasiOptions,
} from "../../src/host/wasi/index.ts";
import { hostFunc, ImportMap, Store, type StoreOptions } from "../../src/interp/index.ts";
import { engineWasi } from "../engine/wasi.ts";
import { type EngineFunction, type EngineModule, engineWasm } from "../engine/wasm-api.ts";
import { ROOT } from "../paths.ts";

/** What a program wrote, and how it ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Who runs it: in `machine` and `jit` Lockstep does. */
export type ProgramSide = "machine" | "jit" | "engine";

/** What a C program is given, anew for each run. */
type Given = () => WasiOptions;

/** The programs in test/fixtures/wasi/programs.c that have work to do. */
export const C_PROGRAMS: Readonly<Record<string, Given>> = {
  shout: () => ({ stdin: "one line\n".repeat(5000) }),
  files: () => ({ folders: { "/data": memoryFolder() } }),
  folders: () => ({ folders: { "/data": memoryFolder() } }),
  links: () => ({ folders: { "/data": memoryFolder() } }),
};

/** Runs one of the C programs in a fresh instance of the module, which is loaded once for each side. */
export class CPrograms {
  readonly #module: ValidModule;
  readonly #engineModule: EngineModule;

  constructor() {
    const bytes = new Uint8Array(readFileSync(new URL("test/fixtures/wasi/programs.wasm", ROOT)));
    this.#module = load(bytes);
    this.#engineModule = new (engineWasm().Module)(bytes);
  }

  /** @param store undefined for the engine's Wasm */
  run(name: string, store: StoreOptions | undefined): Ended {
    const stdout = new Captured();
    const stderr = new Captured();
    const options = { args: ["programs", name], stdout, stderr, ...C_PROGRAMS[name]!() };
    const exitCode =
      store === undefined ? this.#onEngine(options) : runCommand(new Store(store), this.#module, options);
    return { stdout: stdout.text, stderr: stderr.text, exitCode };
  }

  #onEngine(options: CommandOptions): number {
    const { exports, wasi } = engineWasi(this.#engineModule, options);
    try {
      exports["_start"]!();
      return 0;
    } catch (error) {
      if (error instanceof ProcExit) return error.exitCode;
      throw error;
    } finally {
      wasi.descriptors.closeAll();
    }
  }
}

/** What test/fixtures/go-reactor/main.go exports, as far as it is timed. */
export interface GoReactor {
  start(): void;
  process_a(value: number): void;
  process_b(value: number): bigint;
  settle(): void;
  handled(): number;
  total(): bigint;
  gather(workers: number): number;
  recovered(): number;
  descend(n: number): number;
}

export function goReactorBytes(): Uint8Array {
  return new Uint8Array(
    brotliDecompressSync(readFileSync(new URL("test/fixtures/go-reactor/reactor.wasm.br", ROOT))),
  );
}

/** From its bytes to a reactor that has been initialized. @param store undefined for the engine's Wasm */
export function openGoReactor(bytes: Uint8Array, store: StoreOptions | undefined): GoReactor {
  return store === undefined ? onEngine(bytes) : onLockstep(bytes, store);
}

function onLockstep(bytes: Uint8Array, options: StoreOptions): GoReactor {
  const ask = hostFunc("ask", { params: [I32], results: [I32] }, (n) => answer(n as number, reactor.exports));
  const reactor = loadReactor<GoReactor>(load(bytes, { features: allFeatures() }), {
    store: new Store(options),
    imports: new ImportMap().define("host", "ask", { kind: "func", value: ask }),
  });
  reactor.initialize();
  return reactor.exports;
}

function onEngine(bytes: Uint8Array): GoReactor {
  const ask: EngineFunction = (n) => answer(n as number, exports as unknown as GoReactor);
  const { exports } = engineWasi(new (engineWasm().Module)(bytes), {}, { host: { ask } });
  exports["_initialize"]!();
  return exports as unknown as GoReactor;
}

/** The host calls back into the reactor, which asks again, down to 0. */
function answer(n: number, { descend }: GoReactor): number {
  return n === 0 ? 100 : descend(n - 1);
}
