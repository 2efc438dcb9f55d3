import { Memory } from "../../interp/memory.ts";
import { Trap } from "../../interp/trap.ts";
import type { GasMeter } from "../decorate.ts";
import type { Overlay } from "../state/overlay.ts";
import { formatBytes } from "../types/format.ts";
import type { Heap } from "../types/value-type.ts";
import type { Allocator } from "./allocator.ts";
import type { Keystore } from "./keystore.ts";
import type { OffchainHost } from "./offchain-host.ts";

/**
 * Where a call into a runtime happens, which decides what it may do (host-functions.md, section 0).
 * - `block`: importing or building a block. - `call`: any other call against a state; its writes are dropped.
 * - `offchain`: an offchain worker. - `pvf`: a parachain's `validate_block`, which has no storage.
 */
export type CallContext = "block" | "call" | "offchain" | "pvf";

export const LOG_LEVELS = ["error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line a runtime logged. `print_*` functions log at level "info" under the target "runtime". */
export interface LogRecord {
  readonly level: LogLevel;
  readonly target: string;
  readonly message: string;
}

/** A write to the node's offchain database that a runtime asked for; `value` is absent for a removal. */
export interface OffchainIndexing {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** An entry a runtime asked the node to make in its transaction index. */
export type TransactionIndexing =
  | { readonly kind: "index"; readonly extrinsic: number; readonly size: number; readonly hash: Uint8Array }
  | { readonly kind: "renew"; readonly extrinsic: number; readonly hash: Uint8Array };

export interface HostOptions {
  readonly context: CallContext;
  readonly overlay: Overlay;
  /** State version of the executing runtime; asked only when a function needs it. */
  readonly stateVersion: () => 0 | 1;
  /** The SCALE RuntimeVersion of a code blob, or undefined if it has none: what `ext_misc_runtime_version` answers. */
  readonly runtimeVersionOf: (code: Uint8Array) => Uint8Array | undefined;
  readonly keystore?: Keystore | undefined;
  readonly offchain?: OffchainHost | undefined;
  /** Size in bytes of the storage proof recorded so far; absent if none is being recorded. */
  readonly proofSize?: (() => number) | undefined;
  /** What takes the gas of host functions that are made to cost some. */
  readonly meter?: GasMeter | undefined;
  /** The call's input, for runtimes that fetch it themselves (RFC-145). */
  readonly input?: Uint8Array;
}

/** Everything the Polkadot host API works on during one call into a runtime. */
export class PolkadotHost implements Heap {
  readonly context: CallContext;
  readonly overlay: Overlay;
  readonly keystore: Keystore | undefined;
  readonly offchain: OffchainHost | undefined;
  readonly meter: GasMeter | undefined;
  readonly runtimeVersionOf: HostOptions["runtimeVersionOf"];
  readonly proofSize: HostOptions["proofSize"];
  readonly #stateVersion: () => 0 | 1;

  /** Set once the instance stands; until then there is no memory to point into. */
  memory: Memory = new Memory({ min: 0, max: 0 });
  /** Absent for runtimes that want no buffers of the host (RFC-145): whatever allocates then traps. */
  allocator: Allocator | undefined;
  hostCalls = 0;

  readonly logs: LogRecord[] = [];
  /** What the runtime told the panic handler, or logged as an error last: old runtimes panic that way. */
  panicMessage: string | undefined;
  readonly transactionIndex: TransactionIndexing[] = [];
  /** While a batch of signatures is open: whether all so far were good. */
  batch: boolean | undefined;
  /** The storage root the runtime computed last: at a block's end it compares it with the header's. */
  lastRoot: Uint8Array | undefined;
  /** Where the last limited removal stopped, until it is asked for (RFC-145). */
  lastCursor: Uint8Array | undefined;
  /** The input while it has not been fetched. */
  input: Uint8Array | undefined;

  #offchainIndex: OffchainIndexing[] = [];
  /** Length of the offchain index at each open transaction: it is rolled back with the storage. */
  readonly #indexMarks: number[] = [];

  constructor(options: HostOptions) {
    this.context = options.context;
    this.overlay = options.overlay;
    this.keystore = options.keystore;
    this.offchain = options.offchain;
    this.meter = options.meter;
    this.runtimeVersionOf = options.runtimeVersionOf;
    this.proofSize = options.proofSize;
    this.#stateVersion = options.stateVersion;
    this.input = options.input;
  }

  get stateVersion(): 0 | 1 {
    return this.#stateVersion();
  }

  /** Lengths of the offchain index at the runtime's open transactions, outermost first. */
  get indexMarks(): readonly number[] {
    return this.#indexMarks;
  }

  /** Takes over the offchain index and its marks from a snapshot. */
  loadIndex(index: readonly OffchainIndexing[], marks: readonly number[]): void {
    this.#offchainIndex = [...index];
    this.#indexMarks.splice(0, this.#indexMarks.length, ...marks);
  }

  get offchainIndex(): readonly OffchainIndexing[] {
    return this.#offchainIndex;
  }

  /** Root of all storage as it is now. */
  storageRoot(version: 0 | 1): Uint8Array {
    this.lastRoot = this.overlay.root(version);
    return this.lastRoot;
  }

  allocate(size: number): number {
    if (this.allocator === undefined) {
      throw new Trap("no-allocator", `nowhere to allocate ${size} bytes: the runtime manages its own heap`);
    }
    return this.allocator.allocate(size);
  }

  free(address: number): void {
    if (this.allocator?.deallocate === undefined) {
      throw new Trap("no-allocator", `nothing was allocated at 0x${address.toString(16)}`);
    }
    this.allocator.deallocate(address);
  }

  log(level: LogLevel, target: string, message: string): void {
    this.logs.push({ level, target, message });
    if (level === "error") this.panicMessage = message;
  }

  indexOffchain(key: Uint8Array, value: Uint8Array | undefined): void {
    this.#offchainIndex.push({ key, value });
  }

  startTransaction(): void {
    this.overlay.startTransaction();
    this.#indexMarks.push(this.#offchainIndex.length);
  }

  commitTransaction(): void {
    this.#closing("commit");
    this.overlay.commitTransaction();
    this.#indexMarks.pop();
  }

  rollbackTransaction(): void {
    this.#closing("roll back");
    this.overlay.rollbackTransaction();
    this.#offchainIndex.length = this.#indexMarks.pop()!;
  }

  /** Rolls back what the call left open, and returns how many transactions that were. */
  rollbackOpen(): number {
    const open = this.#indexMarks.length;
    while (this.#indexMarks.length > 0) this.rollbackTransaction();
    return open;
  }

  /** A runtime may not close what the client opened, so its own open transactions count. */
  #closing(what: string): void {
    if (this.#indexMarks.length === 0) {
      throw new Trap(
        "no-transaction",
        `the runtime asked to ${what} a storage transaction, but has none open`,
      );
    }
  }

  /** A print function's output. */
  print(message: string): void {
    this.log("info", "runtime", message);
  }

  printBytes(bytes: Uint8Array): void {
    this.print(formatBytes(bytes, Number.POSITIVE_INFINITY));
  }
}
