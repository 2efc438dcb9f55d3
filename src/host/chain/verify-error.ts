import type { LogRecord } from "../polkadot/host.ts";
import { blockHash, type Header } from "./header.ts";

/**
 * Why a block was refused.
 * - `bad-header`: the header does not decode, or is the genesis header.
 * - `parent-mismatch`: number or parent hash do not follow from the parent given.
 * - `parent-state-mismatch`: the state given is not the parent's.
 * - `bad-block`: the chain's specification lists it as bad. - `fork-mismatch`: it says that another one is at this height.
 * - `missing-code`: the state holds no code, or a partial state does not tell it and none was given.
 * - `code-mismatch`: the code given is not the one that the state holds. - `invalid-runtime`: its code is no runtime; `cause` says why.
 * - `extrinsics-root-mismatch`: the body is not the one the header commits to.
 * - `runtime-trap`: the runtime refused the block; `cause` is a RuntimeTrap.
 * - `out-of-gas`: execution reached the gas limit.
 * - `state-root-mismatch`: the block leaves another state than the header says.
 * - `invalid-state`: the state cannot be what a node would hold. - `witness-incomplete`: a partial state lacks a node.
 */
export type VerificationErrorKind =
  | "bad-header"
  | "parent-mismatch"
  | "parent-state-mismatch"
  | "bad-block"
  | "fork-mismatch"
  | "missing-code"
  | "code-mismatch"
  | "invalid-runtime"
  | "extrinsics-root-mismatch"
  | "runtime-trap"
  | "out-of-gas"
  | "state-root-mismatch"
  | "invalid-state"
  | "witness-incomplete";

/** One thing that was checked. */
export interface VerificationCheck {
  /** "header", "parent", "parent state", "rules", "runtime", "extrinsics root", "seal", "execution", "state root". */
  readonly name: string;
  readonly ok: boolean;
  /** For people: what was found, or what is wrong. */
  readonly detail: string;
}

interface Facts {
  readonly header: Header | undefined;
  readonly checks: readonly VerificationCheck[];
  readonly gasUsed: bigint;
  readonly logs: readonly LogRecord[];
  readonly stateRoot: Uint8Array | undefined;
  readonly cause: Error | undefined;
}

/** A block is not valid, or could not be verified. */
export class VerificationError extends Error {
  override readonly name = "VerificationError";
  readonly kind: VerificationErrorKind;
  /** Name of the check that failed. */
  readonly check: string;
  /** Absent if the header does not decode; so `hash` and `expectedStateRoot`. */
  readonly number: number | undefined;
  readonly hash: Uint8Array | undefined;
  readonly expectedStateRoot: Uint8Array | undefined;
  /** The root computed, where the block got so far. */
  readonly stateRoot: Uint8Array | undefined;
  /** All checks made, the failed one last. */
  readonly checks: readonly VerificationCheck[];
  /** By the execution; 0 if it was not reached. */
  readonly gasUsed: bigint;
  readonly logs: readonly LogRecord[];

  constructor(kind: VerificationErrorKind, check: string, detail: string, facts: Facts) {
    const block = facts.header === undefined ? "block" : `block ${facts.header.number}`;
    super(`${block}: ${check}: ${detail}`, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = kind;
    this.check = check;
    this.number = facts.header?.number;
    this.hash = facts.header && blockHash(facts.header);
    this.expectedStateRoot = facts.header?.stateRoot;
    this.stateRoot = facts.stateRoot;
    this.checks = facts.checks;
    this.gasUsed = facts.gasUsed;
    this.logs = facts.logs;
  }
}
