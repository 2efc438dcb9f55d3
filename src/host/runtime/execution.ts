import type { ValidModule } from "../../decoder/module.ts";
import {
  Execution,
  type ExecutionStatus,
  entryOf,
  type Restored,
  type RunOptions,
  restore,
  SnapshotError,
  snapshot,
  type WasmFunc,
} from "../../interp/index.ts";
import { equalBytes } from "../bytes.ts";
import { bytesToHex } from "../hex.ts";
import { PolkadotHost } from "../polkadot/host.ts";
import { ScaleError, ScaleReader, ScaleWriter } from "../scale/index.ts";
import { StateError } from "../state/errors.ts";
import { blake2b256 } from "../state/hash.ts";
import { decodeOperations, encodeOperations, type OverlayOperation } from "../state/operations.ts";
import { Overlay } from "../state/overlay.ts";
import type { State } from "../state/state.ts";
import { type CallEnvironment, type CallResult, importsOf, PreparedCall, prepareCall } from "./call.ts";
import { allocatorOf, heapOwner } from "./heap.ts";
import { readHost, writeHost } from "./host-state.ts";

/** "LSRT" */
const MAGIC = 0x5452534c;
const VERSION = 1;

/**
 * A call into a runtime that can be run in parts and saved in the middle: `Execution` with the host around it. It
 * works on a state of its own choosing, so that everything it did to the state so far can be saved as operations.
 */
export class RuntimeExecution {
  readonly method: string;
  /** The engine's side: frames, breakpoints, stepping. */
  readonly execution: Execution;
  /** What the call gave, once it has returned. */
  result: CallResult | undefined;
  readonly #call: PreparedCall;
  readonly #operations: OverlayOperation[];

  private constructor(call: PreparedCall, execution: Execution, operations: OverlayOperation[]) {
    this.method = call.method;
    this.execution = execution;
    this.#call = call;
    this.#operations = operations;
  }

  /** Prepares a call on `state`. @throws RuntimeError, WitnessIncomplete */
  static start(
    module: ValidModule,
    method: string,
    input: Uint8Array,
    state: State,
    environment: Omit<CallEnvironment, "overlay">,
  ): RuntimeExecution {
    const overlay = new Overlay(state);
    const operations: OverlayOperation[] = [];
    overlay.recordTo(operations);
    const call = prepareCall(module, method, input, { ...environment, overlay });
    const execution = new Execution(call.store, entryOf(call.entry as WasmFunc, call.args));
    return new RuntimeExecution(call, execution, operations);
  }

  /**
   * Makes a saved call again, on the state it was made on.
   * @throws SnapshotError: `mismatch` for another runtime or state
   */
  static resume(
    bytes: Uint8Array,
    module: ValidModule,
    state: State,
    environment: Omit<CallEnvironment, "overlay">,
  ): RuntimeExecution {
    try {
      return RuntimeExecution.#resume(bytes, module, state, environment);
    } catch (error) {
      if (error instanceof ScaleError) throw new SnapshotError("malformed", error.message);
      if (error instanceof StateError) throw new SnapshotError("mismatch", error.message);
      throw error;
    }
  }

  static #resume(
    bytes: Uint8Array,
    module: ValidModule,
    state: State,
    environment: Omit<CallEnvironment, "overlay">,
  ): RuntimeExecution {
    const reader = new ScaleReader(checked(bytes), "runtime snapshot");
    if (reader.u32() !== MAGIC) throw new SnapshotError("malformed", "not a snapshot of a runtime call");
    const version = reader.u32();
    if (version !== VERSION) throw new SnapshotError("version", `version ${version} is not ${VERSION}`);
    const method = reader.string();
    const root = reader.fixed(32);
    if (!equalBytes(root, state.root)) {
      throw new SnapshotError("mismatch", `made on the state with root ${bytesToHex(root)}`);
    }
    const operations = decodeOperations(reader.bytes());
    const overlay = Overlay.replay(state, operations);
    overlay.recordTo(operations);

    // The host comes first, since the instance is linked to it; its memory and meter are the instance's.
    const meter = { chargeGas: (amount: bigint): void => restored.store.chargeGas(amount) };
    const host = new PolkadotHost({ ...environment, overlay, meter });
    const { executor, observer, gasLimit } = environment;
    const restored: Restored = restore(reader.bytes(), {
      modules: [module],
      imports: importsOf(module, host, environment),
      ...(executor !== undefined && { executor }),
      ...(observer !== undefined && { observer }),
      ...(gasLimit !== undefined && { gasLimit }),
    });
    const { store, execution } = restored;
    const { instance } = execution.func;
    if (instance.memory === undefined) throw new SnapshotError("mismatch", "the instance has no memory");
    host.memory = instance.memory;
    const owner = heapOwner(module);
    const fetches = execution.func.type.params.length === 1;
    if (!fetches || owner === "runtime") host.allocator = allocatorOf(instance, host.memory, owner);
    readHost(reader, host);
    reader.end();
    const call = new PreparedCall({ method, store, host, entry: execution.func, args: [] }, 0);
    return new RuntimeExecution(call, execution, operations);
  }

  get status(): ExecutionStatus {
    return this.execution.status;
  }

  /** Runs on; see `Execution.run`. @throws RuntimeError, RuntimeTrap, WitnessIncomplete, as `Runtime.call` */
  run(options: RunOptions = {}): "paused" | "returned" {
    return this.#call.attempt(() => {
      const status = this.execution.run(options);
      if (status === "trapped") throw this.execution.trap;
      if (status === "returned") this.result = this.#call.finish(this.execution.resultBits);
      return status;
    });
  }

  /** The paused call as bytes, with all that it did so far. @throws TypeError unless it is paused; SnapshotError */
  snapshot(): Uint8Array {
    const { host } = this.#call;
    const writer = new ScaleWriter();
    writer.u32(MAGIC).u32(VERSION).string(this.method).fixed(host.overlay.state.root);
    writer.bytes(encodeOperations(this.#operations));
    writer.bytes(snapshot(this.execution));
    writeHost(writer, host);
    const content = writer.finish();
    return new ScaleWriter().fixed(content).fixed(blake2b256(content)).finish();
  }
}

/** The bytes without their hash. */
function checked(bytes: Uint8Array): Uint8Array {
  const size = bytes.length - 32;
  if (size < 0) throw new SnapshotError("malformed", "unexpected end");
  const content = bytes.subarray(0, size);
  if (!equalBytes(blake2b256(content), bytes.subarray(size))) {
    throw new SnapshotError("malformed", "the checksum does not match");
  }
  return content;
}
