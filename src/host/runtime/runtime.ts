import { type FeatureSet, load, ModuleError, resolveFeatures } from "../../decoder/index.ts";
import type { ValidModule } from "../../decoder/module.ts";
import type { ExecutorFactory, Observer } from "../../interp/index.ts";
import {
  decodeRuntimeVersion,
  encodeRuntimeVersion,
  type RuntimeVersion,
  stateTrieVersion,
} from "../chain/runtime-version.ts";
import type { Decorator } from "../define.ts";
import { bytesToHex } from "../hex.ts";
import type { CallContext, PolkadotHost } from "../polkadot/host.ts";
import type { Keystore } from "../polkadot/keystore.ts";
import type { OffchainHost } from "../polkadot/offchain-host.ts";
import { blake2b256 } from "../state/hash.ts";
import { Overlay } from "../state/overlay.ts";
import type { StateRecorder } from "../state/proof/recorder.ts";
import { State } from "../state/state.ts";
import { HEAP_PAGES_KEY } from "../state/well-known-keys.ts";
import { RuntimeCache } from "./cache.ts";
import { type CallEnvironment, type CallResult, callModule, type RuntimeLimits } from "./call.ts";
import { unpackCode } from "./code.ts";
import { type CodeStore, decodeEntry, encodeEntry } from "./code-store.ts";
import { RuntimeError } from "./errors.ts";
import { RuntimeExecution } from "./execution.ts";
import { decodingVersion, versionInSections } from "./version.ts";

export interface CallOptions {
  /** What the call works on, and where its changes stay. Takes precedence over `state`. */
  readonly overlay?: Overlay;
  /** A state to call on; default is the empty one. Changes are in the result's overlay. */
  readonly state?: State;
  /**
   * Records a storage proof, whose size it then tells the runtime. What the call works on must be its `state`, the
   * default here, or an overlay on that.
   */
  readonly recorder?: StateRecorder;
  /** Default "call". */
  readonly context?: CallContext;
  /** Most gas the call may use; absent for no limit. */
  readonly gasLimit?: bigint;
  /** Pages the memory may grow by. Default: the state's `:heappages`, else 2048. */
  readonly heapPages?: number;
  readonly limits?: RuntimeLimits;
  readonly keystore?: Keystore;
  readonly offchain?: OffchainHost;
  /** Wraps every host function: `recording(…)`, `counting(…)`. */
  readonly decorate?: Decorator<PolkadotHost>;
  /** Is told what happens while the call runs. */
  readonly observer?: Observer;
  /** How the runtime's functions are run. Default: the register machine. */
  readonly executor?: ExecutorFactory;
}

export interface RuntimeOptions {
  /** What the code may use. Default "polkadot": what nodes accept. */
  readonly features?: FeatureSet;
  /** Keeps what loading takes long for, for processes to come. It must be the caller's own: see `CodeStore`. */
  readonly codeStore?: CodeStore;
}

/** What a call in parts works on is its own, so that all it did can be saved. */
export type StartOptions = Omit<CallOptions, "overlay" | "recorder">;

/** Substrate's default heap, in pages beyond the module's own (allocator.md section 5). */
export const DEFAULT_HEAP_PAGES = 2048;

/** What asking a runtime for its version may cost: real ones take below a million. */
const VERSION_GAS_LIMIT = 200_000_000n;

const cache = new RuntimeCache();

/** A runtime: a code blob, decoded and validated once, whose entry points can be called against states. */
export class Runtime {
  readonly module: ValidModule;
  readonly #blob: Uint8Array;
  #codeHash: Uint8Array | undefined;
  #version: RuntimeVersion | undefined;

  private constructor(blob: Uint8Array, module: ValidModule) {
    this.#blob = blob;
    this.module = module;
  }

  /**
   * The runtime in a code blob, compressed or not. The few used last are kept.
   * @param origin an object that goes with these bytes for ever, so that they are compared only once: `Trie.origin`
   * @throws RuntimeError `bad-compression`, `code-too-large`, `unsupported-code`, `invalid-module`
   */
  static fromCode(
    blob: Uint8Array,
    { features = "polkadot", codeStore }: RuntimeOptions = {},
    origin?: object,
  ): Runtime {
    const known = cache.get(blob, resolveFeatures(features), origin);
    if (known !== undefined) return known;
    const own = blob.slice();
    const runtime =
      codeStore === undefined
        ? new Runtime(own, loadModule(unpackCode(own), features))
        : Runtime.#fromStore(own, features, codeStore);
    cache.add(own, runtime, origin);
    return runtime;
  }

  static #fromStore(blob: Uint8Array, features: FeatureSet, store: CodeStore): Runtime {
    const hash = blake2b256(blob);
    const key = bytesToHex(hash);
    const entry = store.get(key);
    let module = entry && decodeEntry(entry, hash, resolveFeatures(features));
    if (module === undefined) {
      module = loadModule(unpackCode(blob), features);
      store.put(key, encodeEntry(hash, module));
    }
    const runtime = new Runtime(blob, module);
    runtime.#codeHash = hash;
    return runtime;
  }

  /** BLAKE2b-256 of a code blob, which need not be valid; of those used last it is known. */
  static hashOf(blob: Uint8Array): Uint8Array {
    return cache.find(blob)?.codeHash ?? blake2b256(blob);
  }

  /** BLAKE2b-256 of the blob as it is stored, compressed or not. */
  get codeHash(): Uint8Array {
    this.#codeHash ??= blake2b256(this.#blob);
    return this.#codeHash;
  }

  /**
   * The runtime's version, from its custom sections or by calling `Core_version`.
   * @throws RuntimeError `bad-version`, and what a call throws
   */
  version(): RuntimeVersion {
    this.#version ??=
      versionInSections(this.module) ?? decodingVersion(() => decodeRuntimeVersion(this.#askVersion()));
    return this.#version;
  }

  /**
   * Calls an entry point in a fresh instance.
   * @param input the SCALE-encoded arguments, joined
   * @throws RuntimeError; RuntimeTrap if the runtime traps or runs out of gas, whose changes are rolled back;
   *   WitnessIncomplete on a partial state
   */
  call(method: string, input: Uint8Array = new Uint8Array(0), options: CallOptions = {}): CallResult {
    const { recorder } = options;
    const overlay = options.overlay ?? new Overlay(recorder?.state ?? options.state ?? State.fromEntries([]));
    return callModule(this.module, method, input, { ...this.#environment(options, overlay.state), overlay });
  }

  /**
   * Prepares a call that can be run in parts, looked into, and saved in the middle.
   * @throws RuntimeError, WitnessIncomplete
   */
  start(method: string, input: Uint8Array = new Uint8Array(0), options: StartOptions = {}): RuntimeExecution {
    const state = options.state ?? State.fromEntries([]);
    return RuntimeExecution.start(this.module, method, input, state, this.#environment(options, state));
  }

  /**
   * Goes on with a call that was saved by `RuntimeExecution.snapshot`, in this or another process. Limits are those
   * it was made with; a keystore, services and decorators are the caller's to give again.
   * @throws SnapshotError for other bytes, another runtime, or a state with another root
   */
  resume(snapshot: Uint8Array, options: StartOptions = {}): RuntimeExecution {
    const state = options.state ?? State.fromEntries([]);
    return RuntimeExecution.resume(snapshot, this.module, state, this.#environment(options, state));
  }

  #environment(options: CallOptions, state: State): Omit<CallEnvironment, "overlay"> {
    const { recorder } = options;
    const context = options.context ?? "call";
    return {
      context,
      gasLimit: options.gasLimit,
      // polkadot-sdk looks up the heap's size, like the code, before it begins to record.
      heapPages: options.heapPages ?? heapPages(recorder?.base ?? state),
      limits: options.limits ?? {},
      keystore: options.keystore,
      offchain: options.offchain,
      proofSize: recorder && (() => recorder.proofSize),
      decorate: options.decorate,
      observer: options.observer,
      executor: options.executor,
      stateVersion: () => stateTrieVersion(this.version()),
      runtimeVersionOf: context === "pvf" ? sectionVersion : embeddedVersion,
    };
  }

  /** What `Core_version` returns on an empty state. It may look into sections of other code, but not run it. */
  #askVersion(): Uint8Array {
    return callModule(this.module, "Core_version", new Uint8Array(0), {
      overlay: new Overlay(State.fromEntries([])),
      context: "call",
      gasLimit: VERSION_GAS_LIMIT,
      heapPages: DEFAULT_HEAP_PAGES,
      limits: {},
      keystore: undefined,
      offchain: undefined,
      proofSize: undefined,
      decorate: undefined,
      observer: undefined,
      executor: undefined,
      stateVersion: () => 0,
      runtimeVersionOf: sectionVersion,
    }).output;
  }

  /** The version as `ext_misc_runtime_version` gives it: re-encoded from sections, else `Core_version`'s bytes. */
  versionBytes(): Uint8Array {
    const version = versionInSections(this.module);
    return version === undefined ? this.#askVersion() : encodeRuntimeVersion(version);
  }
}

function loadModule(code: Uint8Array, features: FeatureSet = "polkadot"): ValidModule {
  try {
    return load(code, { features });
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    throw new RuntimeError("invalid-module", error.message, { cause: error });
  }
}

/** `:heappages` as u64; what is too short to be one counts as absent, as polkadot-sdk has it. */
function heapPages(state: State): number {
  const value = state.get(HEAP_PAGES_KEY);
  if (value === undefined || value.length < 8) return DEFAULT_HEAP_PAGES;
  let pages = 0;
  for (let i = 7; i >= 0; i--) pages = pages * 256 + value[i];
  return pages;
}

function embeddedVersion(code: Uint8Array): Uint8Array | undefined {
  return withoutFailure(() => Runtime.fromCode(code).versionBytes());
}

function sectionVersion(code: Uint8Array): Uint8Array | undefined {
  return withoutFailure(() => {
    const version = versionInSections(loadModule(unpackCode(code)));
    return version && encodeRuntimeVersion(version);
  });
}

/** Any code that is no runtime, or does not say its version, has none for the asking runtime. */
function withoutFailure(version: () => Uint8Array | undefined): Uint8Array | undefined {
  try {
    return version();
  } catch (error) {
    if (error instanceof RuntimeError) return undefined;
    throw error;
  }
}
