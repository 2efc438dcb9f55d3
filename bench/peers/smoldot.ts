import { existsSync } from "node:fs";
import { bytesToHex, hexToBytes } from "../../src/host/index.ts";
import { type Block, encodeHeader, type Storage } from "../../src/host/polkadot/index.ts";
import { ROOT } from "../paths.ts";

/*
 * smoldot's executor, as Chopsticks packs it: an interpreter of Wasm, itself compiled to Wasm that the engine runs.
 * It is not among the repository's dependencies: `npm ci --prefix bench/peers`.
 */

export const SMOLDOT_NEEDS = "smoldot's executor (npm ci --prefix bench/peers)";

const INSTALLED = new URL(
  "bench/peers/node_modules/@acala-network/chopsticks-executor/dist/esm/index.js",
  ROOT,
);

type Hex = `0x${string}`;

interface Task {
  readonly id: number;
  readonly wasm: Hex;
  readonly calls: readonly (readonly [method: string, inputs: readonly Hex[]])[];
  readonly mockSignatureHost: 0;
  readonly allowUnresolvedImports: boolean;
  readonly runtimeLogLevel: 0;
  readonly storageProofSize: 0;
}

/** What it asks for while it runs, asynchronously. */
interface Callbacks {
  getStorage(key: Hex): Promise<Hex | undefined>;
  getNextKey(prefix: Hex, key: Hex): Promise<Hex | undefined>;
}

interface Executor {
  run_task(task: Task, callbacks: Callbacks): Promise<{ Call: TaskResult } | { Error: string }>;
  calculate_state_root(entries: readonly (readonly [Hex, Hex])[], version: 0 | 1): Promise<Hex>;
}

interface TaskResult {
  readonly result: Hex;
  /** Undefined where an entry was removed. */
  readonly storageDiff: readonly (readonly [key: Hex, value: Hex | undefined])[];
}

/** A state as it takes one: by hex keys. */
export class SmoldotState {
  readonly entries: ReadonlyMap<Hex, Hex>;
  readonly #keys: readonly Hex[];

  constructor({ top }: Storage) {
    this.entries = new Map(top.map(([key, value]) => [hex(key), hex(value)] as const));
    this.#keys = [...this.entries.keys()].sort();
  }

  callbacks(): Callbacks {
    return {
      getStorage: async (key) => this.entries.get(key),
      getNextKey: async (prefix, key) => {
        const next = this.#after(key);
        return next?.startsWith(prefix) ? next : undefined;
      },
    };
  }

  #after(key: Hex): Hex | undefined {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! <= key) low = middle + 1;
      else high = middle;
    }
    return this.#keys[low];
  }
}

export class Smoldot {
  readonly #executor: Executor;

  private constructor(executor: Executor) {
    this.#executor = executor;
  }

  /** Undefined if it is not installed. */
  static async load(): Promise<Smoldot | undefined> {
    return existsSync(INSTALLED) ? new Smoldot((await import(INSTALLED.href)) as Executor) : undefined;
  }

  /** Calls an entry point of a runtime without a state. @throws Error if the call fails */
  async call(code: Uint8Array, method: string): Promise<Uint8Array> {
    const { result } = await this.#run(code, [[method, ["0x"]]], new SmoldotState({ top: [], children: [] }));
    return hexToBytes(result);
  }

  /**
   * Executes a block and gives the changes of the main trie: the block is initialised, its extrinsics applied, and
   * finalised. `Core_execute_block` would end in a panic, as the executor gives runtimes no true state root.
   * @throws Error if a call fails
   */
  async execute(code: Uint8Array, block: Block, state: SmoldotState): Promise<TaskResult["storageDiff"]> {
    const { header, extrinsics } = block;
    const digest = header.digest.filter(({ type }) => type === "preRuntime");
    const calls: Task["calls"] = [
      ["Core_initialize_block", [hex(encodeHeader({ ...header, digest }))]],
      ...extrinsics.map((extrinsic) => ["BlockBuilder_apply_extrinsic", [hex(extrinsic)]] as const),
      ["BlockBuilder_finalize_block", ["0x"]],
    ];
    return (await this.#run(code, calls, state)).storageDiff;
  }

  /** The root of the state after changes: of all entries anew, as it keeps no trie. */
  async root(state: SmoldotState, diff: TaskResult["storageDiff"], version: 0 | 1): Promise<string> {
    const entries = new Map(state.entries);
    for (const [key, value] of diff) {
      if (value === undefined) entries.delete(key);
      else entries.set(key, value);
    }
    return this.#executor.calculate_state_root([...entries], version);
  }

  async #run(code: Uint8Array, calls: Task["calls"], state: SmoldotState): Promise<TaskResult> {
    const task: Task = {
      id: 1,
      wasm: hex(code),
      calls,
      mockSignatureHost: 0,
      allowUnresolvedImports: true,
      runtimeLogLevel: 0,
      storageProofSize: 0,
    };
    const answer = await this.#executor.run_task(task, state.callbacks());
    if ("Call" in answer) return answer.Call;
    throw new Error(`smoldot: ${answer.Error}`);
  }
}

function hex(bytes: Uint8Array): Hex {
  return bytesToHex(bytes) as Hex;
}
