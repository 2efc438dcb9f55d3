import { equalBytes } from "../bytes.ts";
import { bytesToHex } from "../hex.ts";
import type { LogRecord, OffchainIndexing, TransactionIndexing } from "../polkadot/host.ts";
import type { InherentData } from "../runtime/api/inherent-data.ts";
import { type InclusionMode, RuntimeCalls } from "../runtime/api/runtime-calls.ts";
import type { ApplyResult } from "../runtime/api/validity.ts";
import type { CallResult } from "../runtime/call.ts";
import { type CallOptions, Runtime } from "../runtime/runtime.ts";
import { Overlay, type StorageDiff } from "../state/overlay.ts";
import type { State } from "../state/state.ts";
import type { Block } from "./block.ts";
import { blockCode } from "./block-code.ts";
import type { DigestItem } from "./digest.ts";
import { blockHash, extrinsicsRoot, type Header } from "./header.ts";
import { extrinsicsTrieVersion, stateTrieVersion } from "./runtime-version.ts";

/**
 * Why no block came of it.
 * - `missing-code`: the state does not hold the code.
 * - `finished`: the block was finished before.
 * - `extrinsics-root-mismatch`, `state-root-mismatch`: the runtime's header does not fit what was built.
 */
export type BlockBuildErrorKind =
  | "missing-code"
  | "finished"
  | "extrinsics-root-mismatch"
  | "state-root-mismatch";

export class BlockBuildError extends Error {
  override readonly name = "BlockBuildError";
  readonly kind: BlockBuildErrorKind;

  constructor(kind: BlockBuildErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** A block to build, and where. */
export interface BlockToBuild {
  readonly parent: Header;
  /** The state after the parent. It is not changed. */
  readonly state: State;
  /** What stands in the digest from the beginning: the author's slot, and proof of it. Default none. */
  readonly digest?: readonly DigestItem[];
  /** Instead of the state's own code. */
  readonly runtime?: Runtime;
  /** For each call by itself. */
  readonly gasLimit?: bigint;
  readonly decorate?: CallOptions["decorate"];
}

/** A block as built; a seal is its author's to add. */
export interface BuiltBlock extends Block {
  readonly hash: Uint8Array;
  /** The state after the block. */
  readonly state: State;
  readonly diff: StorageDiff;
  /** Of all calls together. */
  readonly gasUsed: bigint;
  readonly logs: readonly LogRecord[];
  readonly offchainIndex: readonly OffchainIndexing[];
  readonly transactionIndex: readonly TransactionIndexing[];
}

/**
 * Builds one block as its author does (block-verification.md section 5): `Core_initialize_block` when it is made,
 * then inherents and extrinsics one by one, then `BlockBuilder_finalize_block`. Every call runs in an instance of
 * its own, all on one overlay.
 *
 *     const builder = new BlockBuilder({ parent, state });
 *     for (const inherent of builder.inherents(new Map([timestampData(now)]))) builder.push(inherent);
 *     builder.push(extrinsic);
 *     const { header, extrinsics, state: next } = builder.finish();
 *
 * Methods throw what runtime calls throw (RuntimeError, RuntimeTrap, WitnessIncomplete), after which the block is
 * as before the call.
 */
export class BlockBuilder {
  readonly runtime: Runtime;
  /** Whether the runtime wants other extrinsics than inherents in this block. */
  readonly mode: InclusionMode;
  readonly #overlay: Overlay;
  readonly #api: RuntimeCalls;
  readonly #extrinsics: Uint8Array[] = [];
  readonly #calls: CallResult[] = [];
  #finished = false;

  /** Begins the block. @throws BlockBuildError, RuntimeError, WitnessIncomplete */
  constructor(block: BlockToBuild) {
    const { parent, state, digest = [], gasLimit, decorate } = block;
    this.runtime = block.runtime ?? runtimeOf(state);
    this.#overlay = new Overlay(state);
    const options = {
      overlay: this.#overlay,
      context: "block",
      ...(gasLimit !== undefined && { gasLimit }),
      ...(decorate !== undefined && { decorate }),
    } as const;
    this.#api = new RuntimeCalls(this.runtime, options, (result) => this.#calls.push(result));
    this.mode = this.#api.initializeBlock({
      parentHash: blockHash(parent),
      number: parent.number + 1,
      stateRoot: new Uint8Array(32),
      extrinsicsRoot: new Uint8Array(32),
      digest,
    });
  }

  /** The extrinsics in the block so far. */
  get extrinsics(): readonly Uint8Array[] {
    return this.#extrinsics;
  }

  /** The extrinsics that the runtime makes of what the author tells it. They are not in the block yet. */
  inherents(data: InherentData): Uint8Array[] {
    this.#check();
    // Asking must not leave anything behind.
    this.#overlay.startTransaction();
    try {
      return this.#api.inherentExtrinsics(data);
    } finally {
      this.#overlay.rollbackTransaction();
    }
  }

  /**
   * Applies an extrinsic, in its full encoding. It is in the block unless the runtime refused it, also where its
   * call failed; what a refused one did to the state is undone.
   */
  push(extrinsic: Uint8Array): ApplyResult {
    this.#check();
    const depth = this.#overlay.transactionDepth;
    this.#overlay.startTransaction();
    try {
      const result = this.#api.applyExtrinsic(extrinsic);
      if (result.kind !== "refused") {
        this.#overlay.commitTransaction();
        this.#extrinsics.push(extrinsic.slice());
      }
      return result;
    } finally {
      this.#overlay.rollbackTo(depth);
    }
  }

  /** Ends the block. @throws BlockBuildError if the runtime's header has other roots than the block. */
  finish(): BuiltBlock {
    this.#check();
    const header = this.#api.finalizeBlock();
    this.#finished = true;
    const version = this.runtime.version();
    const body = extrinsicsRoot(this.#extrinsics, extrinsicsTrieVersion(version));
    checkRoot("extrinsics-root-mismatch", body, header.extrinsicsRoot);
    const state = this.#overlay.commit(stateTrieVersion(version));
    checkRoot("state-root-mismatch", state.root, header.stateRoot);
    return {
      header,
      extrinsics: this.#extrinsics,
      hash: blockHash(header),
      state,
      diff: this.#overlay.diff(),
      gasUsed: this.#calls.reduce((sum, { gasUsed }) => sum + gasUsed, 0n),
      logs: this.#calls.flatMap(({ logs }) => logs),
      offchainIndex: this.#calls.flatMap(({ offchainIndex }) => offchainIndex),
      transactionIndex: this.#calls.flatMap(({ transactionIndex }) => transactionIndex),
    };
  }

  #check(): void {
    if (this.#finished) throw new BlockBuildError("finished", "the block is finished");
  }
}

function runtimeOf(state: State): Runtime {
  const found = blockCode(state, undefined);
  if ("code" in found) return Runtime.fromCode(found.code);
  throw new BlockBuildError("missing-code", "the state does not hold the code that builds the block");
}

function checkRoot(kind: BlockBuildErrorKind, computed: Uint8Array, told: Uint8Array): void {
  if (equalBytes(computed, told)) return;
  const roots = `${bytesToHex(computed)}, the runtime's header says ${bytesToHex(told)}`;
  throw new BlockBuildError(kind, `the block built has root ${roots}`);
}
