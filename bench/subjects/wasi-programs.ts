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

/** What test/fixtures/wasi/reactor.c exports, as far as it is timed. */
export interface CReactor {
  constructed(): number;
  add(n: bigint): bigint;
  relay(n: number): number;
}

export function cReactorBytes(): Uint8Array {
  return new Uint8Array(readFileSync(new URL("test/fixtures/wasi/reactor.wasm", ROOT)));
}

/**
 * From its bytes to a reactor that has been initialized.
 * @param store undefined for the engine's Wasm
 * @param again what asks the host once more, who calls it back, down to 0
 */
export function openReactor<E extends object>(
  bytes: Uint8Array,
  store: StoreOptions | undefined,
  again: (reactor: E, n: number) => number,
): E {
  const answer = (n: number, reactor: E): number => (n === 0 ? 100 : again(reactor, n - 1));
  return store === undefined ? onEngine(bytes, answer) : onLockstep(bytes, store, answer);
}

type Answer<E> = (n: number, reactor: E) => number;

function onLockstep<E extends object>(bytes: Uint8Array, options: StoreOptions, answer: Answer<E>): E {
  const ask = hostFunc("ask", { params: [I32], results: [I32] }, (n) => answer(n as number, reactor.exports));
  const reactor = loadReactor<E>(load(bytes, { features: allFeatures() }), {
    store: new Store(options),
    imports: new ImportMap().define("host", "ask", { kind: "func", value: ask }),
  });
  reactor.initialize();
  return reactor.exports;
}

function onEngine<E extends object>(bytes: Uint8Array, answer: Answer<E>): E {
  const ask: EngineFunction = (n) => answer(n as number, exports as unknown as E);
  const { exports } = engineWasi(new (engineWasm().Module)(bytes), {}, { host: { ask } });
  exports["_initialize"]!();
  return exports as unknown as E;
}
