import type { LogRecord, OffchainIndexing, TransactionIndexing } from "../polkadot/host.ts";
import type { CallOptions, Runtime, RuntimeOptions } from "../runtime/runtime.ts";
import type { StorageDiff } from "../state/overlay.ts";
import type { Witness } from "../state/proof/witness.ts";
import type { State } from "../state/state.ts";
import type { Header } from "./header.ts";
import type { ChainRules } from "./rules.ts";
import type { RuntimeVersion } from "./runtime-version.ts";
import type { VerificationCheck } from "./verify-error.ts";

/** How blocks are verified: one, or each of many. */
export interface VerificationOptions
  extends Pick<CallOptions, "gasLimit" | "decorate" | "observer" | "executor">,
    Pick<RuntimeOptions, "features" | "codeStore"> {
  /** The parent's header, to check the link to it and that `state` is its state. Of many blocks: the first's. */
  readonly parent?: Header;
  /**
   * The state's code, for a partial state that does not hold it. Where that has its hash the two must agree. Once a
   * block has changed the state's code, that one counts.
   */
  readonly code?: Uint8Array;
  /** What the chain's specification excepts: blocks to refuse, and code to use in place of the state's. */
  readonly rules?: ChainRules;
  /** Also record the witness of the block; "with-code": including the code that executes it. */
  readonly record?: boolean | "with-code";
  /** Tell the runtime the size of the storage proof so far, as nodes of parachains do. */
  readonly proofSize?: boolean;
}

/** A block to verify, and what to verify it against. */
export interface BlockToVerify extends VerificationOptions {
  /** The state after the parent block, whole or the part of it that a witness holds. It is not changed. */
  readonly state: State;
  /** Seal included, decoded or as bytes. */
  readonly header: Header | Uint8Array;
  /** Each in its full encoding, compact length first. */
  readonly extrinsics: readonly Uint8Array[];
  /** Instead of the state's own code, whatever the rules say. */
  readonly runtime?: Runtime;
}

/** Blocks to replay, and where to begin. A limit of gas is for each block by itself. */
export interface Replay extends VerificationOptions {
  /** The state after the parent of the first block. */
  readonly state: State;
  /** Each the parent of the next. */
  readonly blocks: Iterable<Pick<BlockToVerify, "header" | "extrinsics">>;
}

/** What verifying a good block found. A bad one throws a `VerificationError`. */
export interface BlockVerification {
  readonly ok: true;
  readonly number: number;
  /** Of the sealed header. */
  readonly hash: Uint8Array;
  readonly header: Header;
  /** As computed here; equal to the header's. */
  readonly stateRoot: Uint8Array;
  readonly expectedStateRoot: Uint8Array;
  readonly gasUsed: bigint;
  /** Net changes of storage, sorted. */
  readonly diff: StorageDiff;
  readonly logs: readonly LogRecord[];
  readonly hostCallCount: number;
  readonly checks: readonly VerificationCheck[];
  /** The state after the block, sharing with the one before what did not change. */
  readonly newState: State;
  readonly runtimeVersion: RuntimeVersion;
  readonly offchainIndex: readonly OffchainIndexing[];
  readonly transactionIndex: readonly TransactionIndexing[];
  /**
   * If it was to be recorded: all that this verification needed of the state before the block, and nothing more. In
   * a replay it is of the state before the first block, and enough for all blocks so far.
   */
  readonly witness: Witness | undefined;
}
