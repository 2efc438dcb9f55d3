import type { FuncType, ValidModule } from "../../decoder/module.ts";
import { I32, I64 } from "../../decoder/module.ts";
import type { ExecutorFactory, Extern, Func, Imports, Instance, Observer } from "../../interp/index.ts";
import { equalTypes, instantiate, LinkError, Store } from "../../interp/index.ts";
import { Memory } from "../../interp/memory.ts";
import { Trap } from "../../interp/trap.ts";
import type { BoundModule, Decorator, HostModule } from "../define.ts";
import {
  type CallContext,
  type LogRecord,
  type OffchainIndexing,
  PolkadotHost,
  type TransactionIndexing,
} from "../polkadot/host.ts";
import type { Keystore } from "../polkadot/keystore.ts";
import { hadOtherTypes, polkadotModule } from "../polkadot/module.ts";
import type { OffchainHost } from "../polkadot/offchain-host.ts";
import { unsupportedFamily } from "../polkadot/unsupported.ts";
import { StateError } from "../state/errors.ts";
import type { Overlay } from "../state/overlay.ts";
import { RuntimeError, RuntimeTrap } from "./errors.ts";
import { allocatorOf, type HeapOwner, heapOwner, hostAllocatorImport } from "./heap.ts";

/** Limits of a call beside its gas. All of them are deterministic: reaching one traps everywhere alike. */
export interface RuntimeLimits {
  /** Wasm calls that may be active at once. Default 16,384. */
  readonly maxCallDepth?: number;
  /** 8-byte slots that locals and operands of all active calls may take. Default 1,048,576. */
  readonly maxStackSlots?: number;
  /** Logical stack height as wasm-instrument counts it; validation functions have 65,536. Default none. */
  readonly maxLogicalStack?: number;
  /** Pages of 64 KiB that the memory may have in all, beside what `heapPages` lets it grow by. Default 16,384. */
  readonly maxMemoryPages?: number;
}

/** What surrounds one call. */
export interface CallEnvironment {
  readonly overlay: Overlay;
  readonly context: CallContext;
  /** Absent: unlimited. */
  readonly gasLimit: bigint | undefined;
  /** Pages that the memory may grow beyond the module's own initial size. */
  readonly heapPages: number;
  readonly limits: RuntimeLimits;
  readonly keystore: Keystore | undefined;
  readonly offchain: OffchainHost | undefined;
  /** Absent: no storage proof is being recorded. */
  readonly proofSize: (() => number) | undefined;
  /** Wraps every host function, to log or count. */
  readonly decorate: Decorator<PolkadotHost> | undefined;
  readonly observer: Observer | undefined;
  readonly executor: ExecutorFactory | undefined;
  readonly stateVersion: () => 0 | 1;
  readonly runtimeVersionOf: (code: Uint8Array) => Uint8Array | undefined;
}

/** What a call gave. The state's changes are in the overlay it was made on. */
export interface CallResult {
  /** As the runtime returned it; empty for an entry point that returns nothing. */
  readonly output: Uint8Array;
  readonly gasUsed: bigint;
  readonly logs: readonly LogRecord[];
  /** Number of host functions called. */
  readonly hostCalls: number;
  readonly overlay: Overlay;
  readonly offchainIndex: readonly OffchainIndexing[];
  readonly transactionIndex: readonly TransactionIndexing[];
  /** Storage transactions that the runtime left open, and that were rolled back. */
  readonly rolledBack: number;
  /** Size of the instance's memory at the end, in pages of 64 KiB. */
  readonly memoryPages: number;
}

/**
 * Pages that no instance's memory exceeds unless told otherwise: 1 GiB, far above what any runtime takes. A state may announce more
 * heap; then running out of it must not depend on what the engine can allocate.
 */
const MEMORY_LIMIT = 16384;

/**
 * `env` as runtimes see it: the host functions, the memory for modules that import theirs, and what hosts are known
 * to have had, to be refused by name when it is called.
 */
class Environment implements Imports {
  readonly #module: ValidModule;
  readonly #functions: BoundModule<PolkadotHost>;
  readonly #memory: Memory | undefined;

  constructor(module: ValidModule, functions: BoundModule<PolkadotHost>, memory: Memory | undefined) {
    this.#module = module;
    this.#functions = functions;
    this.#memory = memory;
  }

  get(module: string, name: string): Extern | undefined {
    if (module === "env" && name === "memory" && this.#memory !== undefined) {
      return { kind: "memory", value: this.#memory };
    }
    const own = this.#functions.get(module, name);
    if (own !== undefined && !hadOtherTypes(name)) return own;
    const family = module === "env" ? unsupportedFamily(name) : undefined;
    if (family === undefined) return own;
    const type = this.#wantedType(name);
    if (type === undefined || (own !== undefined && equalTypes(own.value.type, type))) return own;
    const invoke = () => {
      throw new Trap("unsupported", `${name} belongs to ${family.what}, which this host does not offer`);
    };
    return { kind: "func", value: { kind: "host", name, type, invoke } };
  }

  #wantedType(name: string): FuncType | undefined {
    const wanted = this.#module.imports.find((item) => item.module === "env" && item.name === name);
    return wanted?.desc.kind === "func" ? this.#module.types[wanted.desc.typeIndex] : undefined;
  }
}

/**
 * Calls an entry point in a fresh instance (runtime-calls.md sections 2 and 3). What the call changes stays in
 * the overlay if it succeeds and is rolled back if not.
 * @throws RuntimeError, WitnessIncomplete
 */
export function callModule(
  module: ValidModule,
  method: string,
  input: Uint8Array,
  environment: CallEnvironment,
): CallResult {
  const call = prepareCall(module, method, input, environment);
  return call.attempt(() => call.finish(call.store.callBits(call.entry, call.args)));
}

/** A call whose instance stands and whose input is in place: all that is left is to run it. */
export class PreparedCall {
  readonly method: string;
  readonly store: Store;
  readonly host: PolkadotHost;
  readonly entry: Func;
  readonly args: readonly bigint[];
  /** Open transactions of the overlay outside of the call's own. */
  readonly #depth: number;

  constructor(parts: Pick<PreparedCall, "method" | "store" | "host" | "entry" | "args">, depth: number) {
    this.method = parts.method;
    this.store = parts.store;
    this.host = parts.host;
    this.entry = parts.entry;
    this.args = parts.args;
    this.#depth = depth;
  }

  /** Does a part of the call; if it throws, the call's changes are rolled back. @throws RuntimeError, WitnessIncomplete */
  attempt<T>(part: () => T): T {
    try {
      return part();
    } catch (error) {
      throw this.failed(error);
    }
  }

  /** Rolls the call's changes back; the error to throw for what happened. */
  failed(error: unknown): unknown {
    this.host.overlay.rollbackTo(this.#depth);
    return explained(error, this.method, this.host, this.store);
  }

  /** The result, once the entry point has returned. @throws RuntimeError `output-out-of-bounds` */
  finish([packed]: readonly bigint[]): CallResult {
    const { host, store } = this;
    const output = packed === undefined ? new Uint8Array(0) : readOutput(host.memory, packed);
    const rolledBack = host.rollbackOpen();
    host.overlay.commitTransaction();
    return {
      output,
      gasUsed: store.gasUsed,
      logs: host.logs,
      hostCalls: host.hostCalls,
      overlay: host.overlay,
      offchainIndex: host.offchainIndex,
      transactionIndex: host.transactionIndex,
      rolledBack,
      memoryPages: host.memory.pages,
    };
  }
}

/** @throws RuntimeError, WitnessIncomplete; the overlay is as it was then */
export function prepareCall(
  module: ValidModule,
  method: string,
  input: Uint8Array,
  environment: CallEnvironment,
): PreparedCall {
  const { overlay } = environment;
  const owner = heapOwner(module);
  const { maxMemoryPages, ...limits } = environment.limits;
  const maxPages = memoryLimit(module, environment.heapPages, maxMemoryPages);
  const { gasLimit, observer, executor } = environment;
  const store = new Store({
    ...limits,
    maxMemoryPages: maxPages,
    ...(gasLimit !== undefined && { gasLimit }),
    ...(observer !== undefined && { observer }),
    ...(executor !== undefined && { executor }),
  });
  const host = new PolkadotHost({ ...environment, meter: store, input });
  const depth = overlay.transactionDepth;
  overlay.startTransaction();
  try {
    const imports = importsOf(module, host, environment, importedMemory(module, maxPages));
    const instance = instantiate(store, module, imports, { onMissing: "trap" });
    const { entry, args } = enter(instance, host, owner, method, input);
    return new PreparedCall({ method, store, host, entry, args }, depth);
  } catch (error) {
    overlay.rollbackTo(depth);
    throw explained(error, method, host, store);
  }
}

/** What the module's imports are linked to; `memory` for modules that import theirs. */
export function importsOf(
  module: ValidModule,
  host: PolkadotHost,
  { context, decorate }: Pick<CallEnvironment, "context" | "decorate">,
  memory?: Memory,
): Imports {
  return new Environment(module, decorated(polkadotModule(context), decorate).bind(host), memory);
}

function decorated(
  module: HostModule<PolkadotHost>,
  decorate: Decorator<PolkadotHost> | undefined,
): HostModule<PolkadotHost> {
  return decorate === undefined ? module : module.with(decorate);
}

function explained(error: unknown, method: string, host: PolkadotHost, store: Store): unknown {
  if (error instanceof Trap) return new RuntimeTrap(method, error, host, store.gasUsed);
  if (error instanceof LinkError) return new RuntimeError("link", error.message, { cause: error });
  if (error instanceof StateError) return new RuntimeError("invalid-state", error.message, { cause: error });
  return error;
}

/** Pages that the memory may have in all. @throws RuntimeError `no-memory`, `memory-too-large` */
function memoryLimit(module: ValidModule, heapPages: number, limit = MEMORY_LIMIT): number {
  const memory = module.memories[0];
  const shared = [...module.imports.map(({ desc }) => desc.kind), ...module.exports.map(({ kind }) => kind)];
  if (memory === undefined || !shared.includes("memory")) {
    throw new RuntimeError("no-memory", "the module neither imports nor exports a memory");
  }
  if (memory.min > limit) {
    throw new RuntimeError("memory-too-large", `a memory of ${memory.min} pages, the limit is ${limit}`);
  }
  return Math.min(memory.min + heapPages, limit);
}

/** The memory for a module that imports one, of the size it asks for. */
function importedMemory(module: ValidModule, maxPages: number): Memory | undefined {
  const imported = module.imports.find(({ desc }) => desc.kind === "memory");
  if (imported?.desc.kind !== "memory") return undefined;
  return new Memory(imported.desc.type, maxPages);
}

/** Puts the input in place and gives the entry point's arguments. */
function enter(
  instance: Instance,
  host: PolkadotHost,
  owner: HeapOwner,
  method: string,
  input: Uint8Array,
): Pick<PreparedCall, "entry" | "args"> {
  const entry = entryPoint(instance, method);
  host.memory = instance.memory!; // memoryLimit has made sure of it
  // One parameter: a runtime of RFC-145, which fetches its input itself and wants no buffers of the host.
  const fetches = entry.type.params.length === 1;
  if (fetches && hostAllocatorImport(instance.module) !== undefined) {
    throw new RuntimeError(
      "bad-allocator",
      `${method} fetches its input, yet the module imports the host's allocator`,
    );
  }
  if (!fetches || owner === "runtime") host.allocator = allocatorOf(instance, host.memory, owner);
  const args = fetches ? [] : [BigInt(placeInput(host, input))];
  return { entry, args: [...args, BigInt(input.length)] };
}

/** @throws RuntimeError `method-not-found`, `bad-entry-point` */
function entryPoint(instance: Instance, method: string): Func {
  const entry = instance.externs.get(method);
  if (entry === undefined) {
    throw new RuntimeError("method-not-found", `the runtime has no entry point ${method}`);
  }
  if (entry.kind !== "func") throw new RuntimeError("bad-entry-point", `${method} is a ${entry.kind}`);
  const { params, results } = entry.value.type;
  const takes = (params.length === 1 || params.length === 2) && params.every((type) => type === I32);
  if (!takes || results.length > 1 || results.some((type) => type !== I64)) {
    throw new RuntimeError("bad-entry-point", `${method} has not the type of an entry point`);
  }
  return entry.value;
}

/** The first allocation of every call is its input, even an empty one (allocator.md section 6). */
function placeInput(host: PolkadotHost, input: Uint8Array): number {
  const address = host.allocate(input.length);
  host.memory.bytes.set(input, address);
  return address;
}

/** @param packed address in the low word, length in the high one, both unsigned. */
function readOutput(memory: Memory, packed: bigint): Uint8Array {
  const address = Number(packed & 0xffff_ffffn);
  const length = Number(packed >> 32n);
  if (address + length > memory.bytes.length) {
    throw new RuntimeError(
      "output-out-of-bounds",
      `the call returned ${length} bytes at 0x${address.toString(16)}, outside a memory of ${memory.bytes.length}`,
    );
  }
  return memory.bytes.slice(address, address + length);
}
