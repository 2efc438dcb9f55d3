import { startsWith } from "../../bytes.ts";
import { type Block, encodeBlock } from "../../chain/block.ts";
import { encodeHeader, type Header, readHeader } from "../../chain/header.ts";
import { type RuntimeVersion, runtimeApiId } from "../../chain/runtime-version.ts";
import { ScaleError } from "../../scale/errors.ts";
import { ScaleReader } from "../../scale/reader.ts";
import { ScaleWriter } from "../../scale/writer.ts";
import { Overlay } from "../../state/overlay.ts";
import { State } from "../../state/state.ts";
import type { CallResult } from "../call.ts";
import { RuntimeError } from "../errors.ts";
import type { CallOptions, Runtime } from "../runtime.ts";
import { encodeInherentData, type InherentData, readInherentData } from "./inherent-data.ts";
import { type ApplyResult, readApplyResult, readValidity, type TransactionValidity } from "./validity.ts";

/** Which extrinsics a block may have beside inherents, as the runtime says when it is begun. */
export type InclusionMode = "all-extrinsics" | "only-inherents";

export interface InherentsCheck {
  readonly okay: boolean;
  readonly fatal: boolean;
  readonly errors: InherentData;
}

/** Where a transaction comes from, by position. */
const SOURCES = ["in-block", "local", "external"] as const;
export type TransactionSource = (typeof SOURCES)[number];

export interface TransactionToValidate {
  /** In its full encoding, compact length first. */
  readonly extrinsic: Uint8Array;
  /** Default "external". Runtimes with version 1 of the API are not told. */
  readonly source?: TransactionSource;
  /** The block on whose state it is validated. */
  readonly at: { readonly number: number; readonly hash: Uint8Array };
}

const EMPTY = new Uint8Array(0);
/** "meta" */
const MAGIC = Uint8Array.of(0x6d, 0x65, 0x74, 0x61);

/**
 * The runtime APIs that every node uses, typed (runtime-calls.md section 5). All calls are made with the same
 * options: on one `overlay`, where their changes add up, or each for itself on a `state`.
 *
 * All methods throw what `Runtime.call` throws, and RuntimeError `bad-output` where an answer does not decode.
 */
export class RuntimeCalls {
  readonly runtime: Runtime;
  readonly #options: CallOptions;
  readonly #onCall: ((result: CallResult) => void) | undefined;

  /** @param onCall is given the result of every call, for its gas and logs. */
  constructor(runtime: Runtime, options: CallOptions = {}, onCall?: (result: CallResult) => void) {
    this.runtime = runtime;
    this.#options = options;
    this.#onCall = onCall;
  }

  /** Version of an API by its trait's name; undefined if the runtime does not have it. */
  version(api: string): number | undefined {
    return apiVersion(this.runtime.version(), api);
  }

  /** As `Core_version` answers, whatever the custom sections say. */
  coreVersion(): Uint8Array {
    return this.#call("Core_version");
  }

  /** Executes a block without its seal. Returns if the runtime accepts it. */
  executeBlock(block: Block): void {
    this.#call("Core_execute_block", encodeBlock(block));
  }

  /** Begins a block. Its state root and extrinsics root are not looked at. */
  initializeBlock(header: Header): InclusionMode {
    // Core 1 spelled it otherwise.
    const names = ["Core_initialize_block", "Core_initialise_block"];
    const name = names.find((item) => this.#has(item)) ?? names[0]!;
    return this.#decode(name, this.#call(name, encodeHeader(header)), (reader) => {
      const isTold = reader.remaining > 0 && (this.version("Core") ?? 0) >= 5;
      return isTold && readMode(reader) === 1 ? "only-inherents" : "all-extrinsics";
    });
  }

  /** The runtime's metadata, in the version that it gives by default: "meta", a version byte, and what follows. */
  metadata(): Uint8Array {
    return this.#ask("Metadata_metadata", EMPTY, (reader) => reader.bytes());
  }

  /** The versions in which there is metadata. Runtimes that cannot be asked have one. */
  metadataVersions(): readonly number[] {
    const name = "Metadata_metadata_versions";
    if (!this.#has(name)) return [this.#versionOf(this.metadata())];
    return this.#ask(name, EMPTY, (reader) => reader.vec((r) => r.u32(), 4));
  }

  /** The metadata in a version; undefined if there is none in it. */
  metadataAtVersion(version: number): Uint8Array | undefined {
    const name = "Metadata_metadata_at_version";
    if (!this.#has(name)) {
      const metadata = this.metadata();
      return this.#versionOf(metadata) === version ? metadata : undefined;
    }
    const input = new ScaleWriter().u32(version).finish();
    return this.#ask(name, input, (reader) => reader.option((r) => r.bytes()));
  }

  /** The extrinsics that a block has to begin with, each in its full encoding. */
  inherentExtrinsics(data: InherentData): Uint8Array[] {
    return this.#ask("BlockBuilder_inherent_extrinsics", encodeInherentData(data), readExtrinsics);
  }

  /** Checks a block's inherents against what this node knows. */
  checkInherents(block: Block, data: InherentData): InherentsCheck {
    const input = new ScaleWriter().fixed(encodeBlock(block)).fixed(encodeInherentData(data)).finish();
    return this.#ask("BlockBuilder_check_inherents", input, (reader) => ({
      okay: reader.bool(),
      fatal: reader.bool(),
      errors: readInherentData(reader),
    }));
  }

  /** Applies an extrinsic, in its full encoding, to the block being built. */
  applyExtrinsic(extrinsic: Uint8Array): ApplyResult {
    return this.#ask("BlockBuilder_apply_extrinsic", extrinsic, readApplyResult);
  }

  /** Ends the block being built: its header, without a seal. */
  finalizeBlock(): Header {
    return this.#ask("BlockBuilder_finalize_block", EMPTY, readHeader);
  }

  /**
   * Whether a transaction may go to the pool. Runtimes with versions 1 and 2 of the API want a block to be begun
   * first, which is done for them.
   */
  validateTransaction({ extrinsic, source = "external", at }: TransactionToValidate): TransactionValidity {
    const version = this.version("TaggedTransactionQueue") ?? 3;
    const writer = new ScaleWriter();
    if (version >= 2) writer.u8(SOURCES.indexOf(source));
    writer.fixed(extrinsic);
    if (version >= 3) writer.fixed(at.hash);
    const input = writer.finish();
    return version >= 3 ? this.#validate(input) : this.#inNextBlock(at, (api) => api.#validate(input));
  }

  /** The next nonce of an account of 32 bytes. */
  accountNonce(account: Uint8Array): number {
    return this.#ask("AccountNonceApi_account_nonce", account, (reader) => reader.u32());
  }

  #validate(input: Uint8Array): TransactionValidity {
    return this.#ask("TaggedTransactionQueue_validate_transaction", input, readValidity);
  }

  /** Does something in the block after `at`, which is begun for it and dropped with all its changes. */
  #inNextBlock<T>(at: TransactionToValidate["at"], action: (api: RuntimeCalls) => T): T {
    const { overlay = new Overlay(this.#options.state ?? State.fromEntries([])), ...options } = this.#options;
    const api = new RuntimeCalls(this.runtime, { ...options, overlay }, this.#onCall);
    overlay.startTransaction();
    try {
      api.initializeBlock({
        parentHash: at.hash,
        number: at.number + 1,
        stateRoot: new Uint8Array(32),
        extrinsicsRoot: new Uint8Array(32),
        digest: [],
      });
      return action(api);
    } finally {
      overlay.rollbackTransaction();
    }
  }

  /** Metadata begins with "meta" and its version. */
  #versionOf(metadata: Uint8Array): number {
    const version = startsWith(metadata, MAGIC) ? metadata[MAGIC.length] : undefined;
    if (version === undefined) throw new RuntimeError("bad-output", "Metadata_metadata gave no metadata");
    return version;
  }

  #has(name: string): boolean {
    return this.runtime.module.exports.some((item) => item.kind === "func" && item.name === name);
  }

  #call(name: string, input: Uint8Array = EMPTY): Uint8Array {
    const result = this.runtime.call(name, input, this.#options);
    this.#onCall?.(result);
    return result.output;
  }

  /** Calls and decodes an answer that is used up by it. */
  #ask<T>(name: string, input: Uint8Array, read: (reader: ScaleReader) => T): T {
    return this.#decode(name, this.#call(name, input), (reader) => {
      const value = read(reader);
      reader.end();
      return value;
    });
  }

  #decode<T>(name: string, output: Uint8Array, read: (reader: ScaleReader) => T): T {
    try {
      return read(new ScaleReader(output, name));
    } catch (error) {
      if (!(error instanceof ScaleError)) throw error;
      throw new RuntimeError("bad-output", `the answer of ${name} does not decode: ${error.message}`, {
        cause: error,
      });
    }
  }
}

/** Version of the API with this trait's name in a runtime's version; undefined if it is not there. */
export function apiVersion(version: RuntimeVersion, api: string): number | undefined {
  const id = runtimeApiId(api);
  return version.apis.find((item) => item.id === id)?.version;
}

function readMode(reader: ScaleReader): number {
  const start = reader.offset;
  const mode = reader.u8();
  if (mode > 1) throw reader.error("invalid-value", `extrinsic inclusion mode is ${mode}`, start);
  return mode;
}

/** A list of opaque extrinsics, each with its length again. */
function readExtrinsics(reader: ScaleReader): Uint8Array[] {
  return reader.vec((r) => new ScaleWriter().bytes(r.bytes()).finish());
}
